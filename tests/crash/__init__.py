"""`crash` kills the real program at random moments and looks from outside at what it left behind."""
