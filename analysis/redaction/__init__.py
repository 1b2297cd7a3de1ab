"""Names and identifiers in free text."""
