"""Scores, intervals, trends, effects: the statistics, as pure functions."""
