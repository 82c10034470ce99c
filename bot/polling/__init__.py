"""`polling` asks the addresses that are due and reads what is new there into documents; it does not decide who follows what, and says nothing to people."""
