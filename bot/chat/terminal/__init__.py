"""`terminal` is the platform that needs no account: a session of questions, cards and briefs; nothing here is remembered."""
