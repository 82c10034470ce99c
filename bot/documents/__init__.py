"""`documents` turns bytes into one document draft with text of record, sentences and metadata; nothing here stores, fetches or asks a model."""
