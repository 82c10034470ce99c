"""`grounding` decides what of a model's words may be said: sentences that stored quotes bear out. Nothing here talks to a model, and nothing here writes a quote."""
