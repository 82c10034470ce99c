"""`sources` finds out where new bytes lie and hands them on; nothing here knows what a document says."""
