"""Verbatim's tests; `python -m tests.eval` and `python -m tests.eval.adapter` measure it on packs of data."""
