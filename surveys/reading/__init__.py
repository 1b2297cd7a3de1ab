"""Pair page, map of pairs, staff's page: from releases only."""
