"""`chat` is what people type and see, one folder a platform; nothing here decides what is true or new."""
