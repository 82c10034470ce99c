"""`tests.eval` runs the engine over packs of labelled or hostile data; it judges nothing itself."""
