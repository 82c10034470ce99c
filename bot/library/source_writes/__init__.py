"""`source_writes` is every write about sources on the web, each within a transaction that its caller has begun as the only writer; no transaction begins or ends here."""
