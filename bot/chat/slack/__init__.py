"""`slack` translates between Slack and our words; it decides nothing that another platform would decide anew."""
