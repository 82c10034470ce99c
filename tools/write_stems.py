"""Writes `bot/languages/data/stems.tsv`: the stems of the word list by part of speech, so that no start stems them all.

    python -m tools.write_stems

To be run after a change of `de_en.tsv` or of how words are stemmed; a test says so when it was forgotten.
"""

from bot.languages.lexicon import STEMS, stem_table

if __name__ == "__main__":
    STEMS.write_text(stem_table(), "utf-8")
