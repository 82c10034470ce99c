"""`evaluation` says how well a model words answers, over a small set of questions of our own; it never looks at what people asked."""
