"""Verbatim: a news bot whose every sentence is backed by a quote that stands, character for character, in a document
it stored."""

__version__ = "0.1.0"
