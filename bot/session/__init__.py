"""`session` is an evening at the terminal: what was read, the brief, questions and new files; it decides nothing that the parts behind it decide, and knows no chat."""
