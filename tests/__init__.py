"""Tests with real components. A package, so that no other one of this name is found first."""
