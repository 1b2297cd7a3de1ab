"""Tribometer: pure functions and estimators; arrays and texts in, results out."""
