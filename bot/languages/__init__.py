"""`languages` knows how words, numbers, dates and names are written; nothing here reads a document, a network or a store."""
