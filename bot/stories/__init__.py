"""`stories` says which documents are copies of one report and which report the same event, and what figures they state; it stores nothing."""
