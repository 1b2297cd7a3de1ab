"""The tables, one file per family; imported all at once only by `tables` (for migrations)."""
