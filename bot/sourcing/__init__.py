"""`sourcing` is what people do with sources: add, try, list, pause, change, remove, hand lists in and out, and ask why; it asks for nothing on its own, and knows neither a terminal nor a chat."""
