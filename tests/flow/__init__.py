"""`flow` runs the real program as a person would: commands in a folder, a session in a terminal."""
