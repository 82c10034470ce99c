"""`quotes` finds, cuts and proves spans of stored documents; nothing here is fuzzy, stores anything or asks a model."""
