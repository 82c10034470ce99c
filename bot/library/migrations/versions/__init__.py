"""`versions` holds the steps, one file each, in the order of their numbers; a step that was released never changes."""
