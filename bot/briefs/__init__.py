"""`briefs` makes a document's card and a channel's brief out of quotes; nothing here sends, schedules or asks a model."""
