"""People and teams: import, rename, undo, and who signs in."""
