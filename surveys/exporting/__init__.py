"""Files of what the pages show: CSV, XLSX, and the theme report."""
