"""Which figures may be shown, and how: the release rule and everything computed after it."""
