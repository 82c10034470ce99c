"""`sources` finds, fetches and hands on what people follow, and reads feeds and lists; nothing here knows what a document says."""
