"""The example company: fourteen months played through the same doors as real data."""
