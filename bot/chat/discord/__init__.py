"""`discord` translates between Discord and our words; it decides nothing that another platform would decide anew."""
