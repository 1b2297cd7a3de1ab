"""HR's theme pages: names, quotes, corrections."""
