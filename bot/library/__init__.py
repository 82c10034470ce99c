"""`library` keeps documents for good and finds them again; nothing here reads a format, judges a quote or posts."""
