"""Makes the tables by which `bot.languages.detection` tells languages apart. The bot itself never needs this.

    python -m tools.learn_languages /usr/share/locale

What goes in, and what comes out of each:

* the model of py3langid (BSD-3-Clause, Adrien Barbaresi, Marco Lui): how likely a run of letters is in a language;
* the stop-word lists of jusText (BSD-2-Clause) and the names of countries, languages, months and currencies of the
  Unicode CLDR by way of Babel (Unicode-3.0, BSD-3-Clause): words;
* the translated messages of the programs installed on this machine (a folder of gettext catalogues): how often runs of
  letters and words occur. Only the counts are used: no message, and no sentence, is in the tables.

A table gives each run of letters a weight per language. The weights of py3langid are for the *longest* known run that
ends at a letter; here every run counts, so each weight has that of its longest known ending taken off, and the sum is
the same. To these are added, times `SHARE`, the logarithms of a naive Bayes model over the words (runs of 2 to 5
letters with their word's edges, and whole words). Rare runs are dropped; frequent words get the full sum as an entry of
their own, which also saves looking at their letters.

Written to `bot/languages/data`: `detection_latin.bin`, `detection_cyrillic.bin` (format: `_write`) and
`detection_han.bin` (`learn_han`). The same input writes the same bytes.
"""

from __future__ import annotations

import gettext
import importlib.util
import re
import sys
import unicodedata
import zlib
from collections import Counter, defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from babel import Locale
from py3langid.langid import MODEL_FILE, LanguageIdentifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DATA = Path(__file__).parent.parent / "bot" / "languages" / "data"

# The languages of a table: first those that any text may be given, then those that only a longer text may be given.
LATIN = (
    ("cs", "da", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "tr"),
    ("no", "fi", "hu", "ro", "ca", "sk", "hr", "sl", "et", "lt", "lv", "id"),
)
CYRILLIC = (("ru", "uk"), ("be", "bg", "mk", "sr"))
CATALOGUES = {"no": ("nb", "no"), "pt": ("pt", "pt_BR")}
STOP_LISTS = {
    "be": "Belarusian", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "nl": "Dutch", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
}  # fmt: skip

SHARE = 0.4  # of the word model beside py3langid's, for runs of letters; 0.3 to 0.5 measure alike
WHOLE_SHARE = 1.2  # the same for whole words, which the other model does not know; 0.4 to 2 measure alike
SMOOTHING = 0.2
FOREIGN = 0.05  # a word twenty times as frequent elsewhere is a foreign word, or from a message left untranslated
HAN_UNKNOWN = -1  # what a character speaks for Japanese that the table does not name
LONGEST = 5  # letters of a run, edges counted
UNIT = 0.5  # natural logarithms per unit of a stored weight; 0.1 to 0.75 measure alike
RUNS = {"latin": 100_000, "cyrillic": 14_000}  # 45,000 cost a point on word pairs; all 500,000 gain two on single words
WORDS = {"latin": 18_000, "cyrillic": 4_000}
NEIGHBOUR_WORDS = 150

WORD = re.compile(r"[^\W\d_]+")
SCRIPT = {"latin": re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]+"), "cyrillic": re.compile(r"[Ѐ-ԯ]+")}
# Places in a message where its own words are not: formats, options, variables, mark-up, file names, things in quotes.
NOT_PROSE = re.compile(
    r"%[-+ #0-9.*$]*(?:\(\w+\))?[a-zA-Z]*|\\[a-z]|<[^>]*>|\{[^}]*\}|[_&](?=\w)|--?[\w-]+|\$\w+|\w*[_=/.@:]\w+"
    r"|[\"'«»‘’“”`„][^\"'«»‘’“”`„ ]*[\"'«»‘’“”`„]"
)
NAME_LISTS = re.compile(r"iso_|xkeyboard|.*mime")

Vector = Any  # a numpy row of float32, one weight per language


def catalogue_words(folder: Path, languages: Iterable[str], script: str) -> dict[str, Counter[str]]:
    """How often each word stands in the messages of each language."""
    messages: dict[str, set[str]] = {language: set() for language in languages}
    for language, mine in messages.items():
        for name in CATALOGUES.get(language, (language,)):
            for path in sorted((folder / name / "LC_MESSAGES").glob("*.mo")):
                if NAME_LISTS.match(path.name):
                    continue
                try:
                    with path.open("rb") as file:
                        catalogue: dict[Any, str] = vars(gettext.GNUTranslations(file))["_catalog"]
                except (OSError, ValueError, LookupError):
                    continue  # a catalogue in an encoding nobody knows teaches nothing
                for key, message in catalogue.items():
                    original = key[0] if isinstance(key, tuple) else key
                    if original and message != original:
                        mine.add(message)
                        if "en" in messages:
                            messages["en"].add(original.rsplit("\x04", 1)[-1])
    counts = {}
    for language, texts in messages.items():
        count: Counter[str] = Counter()
        for text in sorted(texts):
            for word in WORD.findall(unicodedata.normalize("NFC", NOT_PROSE.sub(" ", text))):
                if SCRIPT[script].fullmatch(word) and not (word.isupper() and len(word) > 1):
                    count[word.lower()] += 1
        counts[language] = count
    return counts


def stop_words(language: str) -> list[str]:
    """The most frequent words of a language, most frequent first."""
    spec = importlib.util.find_spec("justext")
    if spec is None or spec.origin is None:
        raise SystemExit("justext is not installed")
    path = Path(spec.origin).parent / "stoplists" / f"{STOP_LISTS[language]}.txt"
    words = (line.strip().strip(".,;:()").lower() for line in path.read_text("utf-8").splitlines())
    return list(dict.fromkeys(word for word in words if WORD.fullmatch(word)))


def cldr_words(language: str) -> Counter[str]:
    """The words in the names of countries, languages, scripts, currencies, months and days."""
    locale = Locale(language)
    names = [
        str(name)
        for table in (locale.territories, locale.languages, locale.scripts, locale.currencies)
        for name in table.values()
    ]
    for calendar in (locale.months, locale.days, locale.quarters):
        for forms in calendar.values():
            names += [str(name) for name in forms.get("wide", {}).values()]
    return Counter(word for name in names for word in WORD.findall(name.lower()) if len(word) > 1)


def gather(folder: Path, languages: tuple[str, ...], script: str) -> dict[str, dict[str, float]]:
    """The words of each language with their weight: about the square root of how often they are met."""
    counts = catalogue_words(folder, languages, script)
    total = {language: sum(count.values()) or 1 for language, count in counts.items()}
    # By Zipf's law the share of a word falls with its rank.
    frequent = {x: {word: 1 / (rank + 10) for rank, word in enumerate(stop_words(x))} for x in languages}
    words: dict[str, dict[str, float]] = {}
    for language in languages:
        mine: dict[str, float] = defaultdict(float)
        for word, count in counts[language].items():
            share = count / total[language]
            elsewhere = max((counts[k][word] / total[k] for k in languages if total[k] > 30_000), default=0.0)
            if share >= FOREIGN * elsewhere and (len(word) > 1 or not word.isascii()):
                mine[word] += min(count, 100) ** 0.5
        for word, share in frequent[language].items():
            if SCRIPT[script].fullmatch(word) and share >= FOREIGN * max(f.get(word, 0.0) for f in frequent.values()):
                mine[word] += (6000 * share) ** 0.5
        for word, count in cldr_words(language).items():
            if SCRIPT[script].fullmatch(word):
                mine[word] += min(count, 5)
        words[language] = dict(mine)
    return words


def runs(word: str) -> Iterator[str]:
    """All runs of letters of a word and its two edges, as `detection` takes them."""
    edged = f" {word} "
    for length in range(1, LONGEST + 1):
        for start in range(len(edged) - length + 1):
            if (run := edged[start : start + length]) != " ":
                yield run


def word_model(words: dict[str, dict[str, float]]) -> dict[str, Vector]:
    """Naive Bayes over the runs of the words, each run's mean taken off. Whole words have a space on both sides."""
    languages = list(words)
    counts: dict[str, Vector] = defaultdict(lambda: np.zeros(len(languages), np.float32))
    for column, language in enumerate(languages):
        for word, weight in words[language].items():
            for run in dict.fromkeys((*runs(word), f" {word} ")):
                if len(run) > 1:
                    counts[run][column] += weight
    total = np.sum(list(counts.values()), axis=0, dtype=np.float64) + SMOOTHING * len(counts)
    model = {}
    for run, count in counts.items():
        row = np.log((count + SMOOTHING) / total)
        model[run] = row - row.mean()
    return model


class Teacher:
    """The model of py3langid, and what of it can be told as runs of letters within a word."""

    def __init__(self) -> None:
        self.model = LanguageIdentifier.from_model_file(MODEL_FILE)
        self.weights = self.model.nb_ptc.astype(np.float32)
        self.features = dict(self._features())

    def _features(self) -> Iterator[tuple[str, int]]:
        moves, bases, outputs = self.model.tk_nextmove, self.model._rowbase, self.model.tk_output  # noqa: SLF001 - no other way in
        queue: deque[tuple[int, bytes]] = deque([(0, b"")])
        seen = {0}
        while queue:
            state, path = queue.popleft()
            for byte in range(256):
                after = moves[bases[state] + byte]
                if after in seen:
                    continue
                seen.add(after)
                run = path + bytes([byte])
                queue.append((after, run))
                if outputs[after] >= 0:
                    try:
                        text = run.decode()
                    except UnicodeDecodeError:
                        continue  # part of a character
                    if re.fullmatch(r" ?[^\W\d_]+ ?", text):
                        yield text, outputs[after]

    def columns(self, languages: tuple[str, ...]) -> Vector:
        labels = list(self.model.nb_classes)
        return np.stack(
            [self.weights[:, [i for i, x in enumerate(labels) if x == lang]].max(1) for lang in languages], 1
        )

    def additive(self, languages: tuple[str, ...]) -> dict[str, Vector]:
        """A weight per run such that summing over all runs gives what summing over the longest ones gives there."""
        weights = self.columns(languages)
        table = {}
        for run, feature in self.features.items():
            row = weights[feature]
            ending = next((run[k:] for k in range(1, len(run)) if run[k:] in self.features), None)
            row = row - (weights[self.features[ending]] if ending else row.mean())
            table[run] = row - row.mean()
        return table

    def alone(self, character: str) -> tuple[float, float]:
        """How likely a lone character is in Chinese and in Japanese."""
        scores = dict(self.model.rank(f" {character} "))
        return scores["zh"], scores["ja"]


def learn(folder: Path, script: str, languages: tuple[tuple[str, ...], tuple[str, ...]], teacher: Teacher) -> None:
    main, others = languages
    every = main + others
    words = gather(folder, every, script)
    model, additive = word_model(words), teacher.additive(every)
    zero = np.zeros(len(every), np.float32)

    def weight(run: str) -> Vector:
        whole = len(run) > 2 and run[0] == run[-1] == " "
        return additive.get(run, zero) + (WHOLE_SHARE if whole else SHARE) * model.get(run, zero)

    def weigh(word: str) -> Vector:
        whole = f" {word} "
        return sum((weight(run) for run in runs(word)), zero) + (weight(whole) if len(whole) > LONGEST else zero)

    use: dict[str, float] = defaultdict(float)
    for mine in words.values():
        for word, count in mine.items():
            for run in runs(word):
                use[run] += min(count, 8) ** 0.5
    lower = [
        run
        for run in sorted(additive.keys() | model.keys())
        if run == run.lower() and len(run) <= LONGEST and SCRIPT[script].search(run)
    ]
    worth = {run: use.get(run, 0.3) ** 0.5 * float(np.ptp(weight(run)[: len(main)])) for run in lower}
    kept = sorted(sorted(lower, key=lambda run: -worth[run])[: RUNS[script]])

    # What a capital adds at the head of a word: the runs "De" and " De" come together, so the second stands for both.
    titles: dict[str, Vector] = {}
    for run in lower:
        if run.startswith(" ") and len(run) > 1:
            title = run[0] + run[1].upper() + run[2:]
            if title != run and len(title) == len(run):
                bare, bare_title = run[1:], title[1:]
                titles[title] = (
                    additive.get(title, zero) - additive.get(run, zero)
                    + additive.get(bare_title, zero) - additive.get(bare, zero)
                )  # fmt: skip
    for title, row in titles.items():
        worth[title] = use.get(title.lower(), 0.3) ** 0.5 * float(np.ptp(row[: len(main)]))
    kept_titles = sorted(sorted(titles, key=lambda title: (-worth[title], title))[: RUNS[script] // 8])

    met: dict[str, float] = defaultdict(float)
    for language in main:
        for word, count in words[language].items():
            met[word] = max(met[word], count)
    for language in others:
        for word in stop_words(language)[:NEIGHBOUR_WORDS]:
            met[word] = max(met[word], 20.0)
    frequent = sorted(sorted(met, key=lambda word: (-met[word], word))[: WORDS[script]])

    _write(
        DATA / f"detection_{script}.bin",
        languages,
        kept + kept_titles,
        [weight(run)[: len(main)] for run in kept] + [titles[run][: len(main)] for run in kept_titles],
        frequent,
        [weigh(word) for word in frequent],
    )


def _write(
    path: Path,
    languages: tuple[tuple[str, ...], tuple[str, ...]],
    runs: list[str],
    rows: list[Vector],
    words: list[str],
    sums: list[Vector],
) -> None:
    """zlib over six lines and then bytes. All fields of a line have a tab between.

    The lines: the main languages; their neighbours; the unit; the number of different rows of weights; the runs; the
    words. The bytes: a column per main language with a byte for each row; two bytes for each run, little end first,
    saying which row is its; a column per language with a byte for each word. A weight is in units above the lowest of
    its row.
    """

    def units(part: list[Vector]) -> Any:
        values = np.stack(part)
        values = np.round((values - values.min(1, keepdims=True)) / UNIT)
        return np.clip(values, 0, 255).astype(np.uint8)

    different, which = np.unique(units(rows), axis=0, return_inverse=True)
    if len(different) > 0xFFFF:
        raise SystemExit(f"{path.name}: more rows than two bytes can number")
    lines = [
        "\t".join(line).encode() + b"\n" for line in (*languages, (str(UNIT),), (str(len(different)),), runs, words)
    ]
    parts = [*lines, different.T.tobytes(), which.astype("<u2").tobytes(), units(sums).T.tobytes()]
    packed = zlib.compress(b"".join(parts), 9)
    path.write_bytes(packed)
    print(f"{path.name}: {len(runs)} runs, {len(words)} words, {len(packed) // 1024} KiB")


def learn_han(teacher: Teacher) -> None:
    """How much a Chinese character speaks for Japanese, in natural logarithms: a line per strength but the usual."""
    strengths: dict[int, list[str]] = defaultdict(list)
    for code in (*range(0x4E00, 0x9FA6), 0x3005):
        zh, ja = teacher.alone(chr(code))
        strength = max(-3, min(4, round(ja - zh)))
        if strength != HAN_UNKNOWN:
            strengths[strength].append(chr(code))
    text = "\n".join(f"{s}\t{''.join(c)}" for s, c in sorted(strengths.items()))
    (DATA / "detection_han.bin").write_bytes(zlib.compress(text.encode(), 9))
    print("detection_han.bin:", {s: len(c) for s, c in sorted(strengths.items())})


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder, teacher = Path(sys.argv[1]), Teacher()
    learn(folder, "latin", LATIN, teacher)
    learn(folder, "cyrillic", CYRILLIC, teacher)
    learn_han(teacher)


if __name__ == "__main__":
    main()
