"""What a site's robots.txt asks of programs, by RFC 9309: our own groups or those for all, the longest rule decides.

Matching takes linear time whatever the rules are: a `*` is no regular expression here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

MOST_BYTES: Final = 512_000  # RFC 9309, section 2.5: at least 500 KiB have to be read
_MOST_RULES: Final = 5000
_MOST_PATTERN_CHARS: Final = 2000

_LINE_END = re.compile(r"\r\n|\r|\n")
_PRODUCT = re.compile(r"[A-Za-z_-]{1,100}")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one site for one program."""

    rules: tuple[tuple[str, bool], ...] = ()  # pattern, whether it allows; the longest first, then what allows
    crawl_delay_s: float = 0.0

    def allows(self, target: str) -> bool:
        """Whether a path with its query may be asked for."""
        if target == "/robots.txt":
            return True
        # A literal * or $ of the path is written %2A or %24 in a rule.
        path = _normalised(target).replace("*", "%2A").replace("$", "%24")
        return next((allow for pattern, allow in self.rules if _matches(pattern, path)), True)

    @property
    def weight(self) -> int:
        """About how many characters it keeps in memory."""
        return 100 + sum(100 + len(pattern) for pattern, _ in self.rules)


ALLOW_ALL: Final = RobotsRules()


def read_robots(raw: bytes, product: str) -> RobotsRules:
    """The rules for the program with this product token. Whatever is not understood says nothing."""
    text = raw[:MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    current: list[str] = []
    naming = False  # the last line that counted named an agent: another one joins its group
    for line in _LINE_END.split(text):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            name = _agent(value)
            current = [*current, name] if naming else [name]
            naming = True
            groups.setdefault(name, [])
        elif key in ("allow", "disallow"):
            naming = False
            if value.startswith(("/", "*")) and len(value) <= _MOST_PATTERN_CHARS:
                rule = (_normalised(value), key == "allow")
                for name in current:
                    groups[name].append(rule)
        elif key == "crawl-delay":
            naming = False
            for name in current:
                delays.setdefault(name, _seconds(value))
    chosen = product.lower() if product.lower() in groups else "*"
    rules = sorted(set(groups.get(chosen, ())), key=lambda rule: (-len(rule[0]), not rule[1]))[:_MOST_RULES]
    return RobotsRules(tuple(rules), delays.get(chosen, 0.0))


def _agent(value: str) -> str:
    if value.startswith("*"):
        return "*"
    match = _PRODUCT.match(value)
    return match[0].lower() if match else ""


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _normalised(text: str) -> str:
    """One spelling for what is the same: RFC 9309, section 2.2.2."""
    text = quote(text, safe="/%!$&'()*+,;=:@~-._?|[]{}^`\"<>\\", errors="replace")
    return _ESCAPED.sub(_one_spelling, text)


def _one_spelling(match: re.Match[str]) -> str:
    octet = unquote_to_bytes(match[0])
    return octet.decode("ascii") if octet[0] in _UNRESERVED else match[0].upper()


def _matches(pattern: str, path: str) -> bool:
    """Each part between stars is looked for after the one before: the first place is always the best one."""
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not ends or path == first
    at = len(first)
    last = others.pop()
    for part in others:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if ends:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0
