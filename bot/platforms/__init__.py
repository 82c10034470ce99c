"""`platforms` runs a client and a courier for each chat platform that has a token, and what is done beside them again and again; nothing is answered, worded or decided here."""
