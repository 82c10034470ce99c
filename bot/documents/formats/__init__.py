"""`formats` has one reader per file format, from bytes to `Extracted`; nothing here cleans text or judges news."""
