"""What a person pastes or a feed says → a web address that is understood in one way only, or the reason why not.

Whatever two programs read differently is refused, not guessed: user names, backslashes, octal numbers, percent signs in
the host. What is left is plain ASCII, so that the host that is checked is the host that is asked.
Which addresses a *name* leads to is decided when it is connected, in `guarded_network`; no check of a spelling can.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, urljoin

from bot.errors import AddressRefused
from bot.sources.public_networks import Network, refusal

MAX_CHARS: Final = 4096
MAX_HOST_CHARS: Final = 253  # RFC 1035, without the final dot
USUAL_PORTS: Final = frozenset({80, 443, 8080, 8443})
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# Names that mean something only inside some network: RFC 6761 and its registry, RFC 8375, RFC 9476, those that ICANN
# has withheld for this use (.internal, .corp, .home, .mail), and those that routers are sold with.
_INNER_ENDINGS: Final = frozenset(
    "alt arpa corp domain home i2p internal intranet invalid lan local localdomain localhost localnet mail "
    "onion private router test workgroup".split()
)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{0,40}):")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PLAIN_IPV4 = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_BARE_NAME = re.compile(r"[^\s/?#@:\\]{1,250}\.[^\s/?#@:\\.]{2,63}\.?(?::[0-9]{1,5})?(?:[/?#]|$)")
# A letter or digit on its own that is long and mixed: the key of a private feed, not a word of a headline.
_KEY_IN_PATH = re.compile(r"(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[A-Za-z0-9_~.%+=-]{20,}")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address that can be fetched, in one spelling: ASCII, lower-case host, no fragment, no usual port."""

    scheme: str  # http or https
    host: str  # ASCII; an IPv6 address without its brackets
    port: int
    target: str  # path and query as they are sent, percent-encoded
    text: str

    @property
    def ip(self) -> IPv4Address | IPv6Address | None:
        """The address that stands there instead of a name."""
        return _literal(self.host)

    @property
    def site(self) -> str:
        """Scheme, host and port: whom a robots.txt speaks for."""
        return self.text[: len(self.text) - len(self.target)]

    @property
    def shown(self) -> str:
        """For logs: without the values of the query and without what looks like a key in the path."""
        path, mark, query = self.target.partition("?")
        shown = "/".join("…" if _looks_like_key(part) else part for part in path.split("/"))
        names = (name.partition("=") for name in query.split("&")) if mark else ()
        # A query without names ("?f3a9…") may be the key itself.
        told = [f"{name}=…" if equals and not _looks_like_key(name) else "…" for name, equals, _ in names]
        return f"{self.site}{shown}{mark}{'&'.join(told)}"


def check_address(text: str, *, networks: Collection[Network] = (), ports: Collection[int] = ()) -> WebAddress:
    """Read an address and say whether it may be asked for at all. Raises AddressRefused with the reason.

    `networks` and `ports` are what the settings allow beyond the public internet and its usual ports. Names that only
    an inner network knows pass when some network is allowed: what they lead to is checked when they are connected.
    """
    address = read_address(text)
    if address.port not in USUAL_PORTS and address.port not in ports:
        raise _refused(
            "address-port",
            f"port {address.port}",
            f"{address.host} is to be asked at port {address.port}, which is not a usual one for web pages "
            f"({', '.join(map(str, sorted(USUAL_PORTS)))}). An admin can allow it: fetch_extra_ports.",
        )
    literal = address.ip
    if literal is not None:
        reason = refusal(literal, networks)
        if reason:
            raise not_public(address.host, reason)
    elif is_inner_name(address.host) and not networks:
        raise inner_name(address.host)
    return address


def pasted_address(text: str, *, networks: Collection[Network] = (), ports: Collection[int] = ()) -> WebAddress:
    """`check_address` for what a person pastes: `<…>`, `feed:` and a missing `https://` are understood."""
    text = text.strip().strip("<>\"'“”„‘’«»").strip()
    lower = text[:20].lower()
    if lower.startswith("feed://"):
        text = "http" + text[4:]
    elif lower.startswith(("feed:http://", "feed:https://")):
        text = text[5:]
    elif "://" not in text[:50] and _BARE_NAME.match(text):
        text = "https://" + text
    return check_address(text, networks=networks, ports=ports)


def clean_link(text: str, base: str = "") -> str:
    """A link as it is kept and shown: absolute, without trackers and fragment; "" when it is no link to the web.

    Whether it may be fetched is another question: that is asked when somebody does.
    """
    text = text.strip()
    if base:
        try:
            text = urljoin(base, text)
        except ValueError:
            return ""
    try:
        address = read_address(text)
    except AddressRefused:
        return ""
    path, mark, query = address.target.partition("?")
    if not mark:
        return address.text
    kept = [part for part in query.split("&") if not _is_tracker(part.partition("=")[0])]
    if len(kept) == query.count("&") + 1:
        return address.text
    return address.site + path + ("?" + "&".join(kept) if kept else "")


def read_address(text: str) -> WebAddress:
    """Read an address without asking whether it may be fetched. Raises AddressRefused for what is no web address."""
    text = text.strip(" \t\r\n")
    if not text:
        raise _refused("address-empty", "empty", "There is no address.")
    if len(text) > MAX_CHARS:
        raise _too_long(len(text))
    if _UNSEEN.search(text):
        raise _malformed("control characters", "it holds characters that cannot be seen")
    scheme, authority, rest = _parts(text)
    if "@" in authority:
        raise _refused(
            "address-has-password",
            "user information",
            "The address holds a user name or a password before an @. Such addresses are not fetched: they would be "
            "stored and shown. Ask the site for an address without it.",
        )
    host, port = _host_and_port(authority, DEFAULT_PORTS[scheme])
    target = _encoded(rest)
    literal = _literal(host)
    written = f"[{host}]" if isinstance(literal, IPv6Address) else host
    site = f"{scheme}://{written}" + ("" if port == DEFAULT_PORTS[scheme] else f":{port}")
    if len(site) + len(target) > MAX_CHARS:
        raise _too_long(len(site) + len(target))
    return WebAddress(scheme, host, port, target, site + target)


def is_inner_name(host: str) -> bool:
    """Whether a name means something only inside some network: one label, or an ending kept for such names."""
    *others, last = host.split(".")
    return ":" not in host and (not others or last in _INNER_ENDINGS)


def inner_name(host: str) -> AddressRefused:
    return _refused(
        "address-inner-name",
        f"inner name {host}",
        f"{host} is a name of an inner network, not of the public web. Only public addresses are fetched. An admin can "
        "allow a network: fetch_allowed_networks.",
    )


def not_public(host: str, reason: str) -> AddressRefused:
    """`reason` comes from `public_networks.refusal`."""
    return _refused(
        "address-not-public",
        f"{host}: {reason}",
        f"{host} leads to {reason}, not to the public web. Only public addresses are fetched. An admin can allow a "
        "network: fetch_allowed_networks.",
    )


def _parts(text: str) -> tuple[str, str, str]:
    """Scheme, host with port, and the rest without its fragment."""
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in DEFAULT_PORTS:
        raise _refused(
            "address-not-web",
            f"scheme {scheme[:40]!r}",
            "The address does not begin with http:// or https://. Only web addresses can be fetched.",
        )
    rest = text[match.end() :]
    if not rest.startswith("//"):
        raise _malformed("no // after the scheme", f"{scheme}: is not followed by //")
    rest = rest[2:]
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, rest = rest[:end], rest[end:].partition("#")[0]
    if "\\" in authority:
        raise _malformed("backslash in the host", "it holds a \\ where the name of the site stands")
    return scheme, authority, rest


def _host_and_port(authority: str, default_port: int) -> tuple[str, int]:
    if authority.startswith("["):
        inside, bracket, after = authority[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise _malformed("brackets", "the brackets around its number do not match")
        return _ipv6(inside), _port(after[1:], default_port)
    name, _, digits = authority.partition(":")
    if ":" in digits:
        raise _malformed("colons", "there is more than one colon where the site and its port stand")
    return _name(name), _port(digits, default_port)


def _port(digits: str, default: int) -> int:
    if not digits:
        return default
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and 0 < int(digits) < 65_536):
        raise _malformed("port", "what stands after the colon is no port")
    return int(digits)


def _ipv6(inside: str) -> str:
    if "%" in inside:
        raise _malformed("zone", "it names a zone of this machine (%)")
    try:
        return str(IPv6Address(inside))
    except AddressValueError:
        raise _malformed("IPv6", "what stands in brackets is no IPv6 address") from None


def _name(name: str) -> str:
    """The host in lower-case ASCII: a name, or an IPv4 address in its usual spelling."""
    was_ascii = name.isascii()
    host = (name if was_ascii else _to_ascii(name)).lower().removesuffix(".")
    if not host:
        raise _malformed("no host", "it names no site")
    labels = host.split(".")
    if len(host) > MAX_HOST_CHARS or not all(map(_LABEL.fullmatch, labels)):
        raise _malformed("host", "the name of the site is not written as such names are")
    # The system's resolver understands 127.1, 0x7f000001, 2130706433 and 017700000001; people do not write so.
    plain = was_ascii and _PLAIN_IPV4.fullmatch(host) and all(int(label) < 256 for label in labels)
    if _NUMBER.fullmatch(labels[-1]) and not plain:
        raise _refused(
            "address-odd-number",
            "odd spelling of a number",
            "The address names the site by a number in an unusual spelling. Use its name, or four numbers with dots.",
        )
    return host


def _to_ascii(name: str) -> str:
    """A name with other letters, as the DNS knows it (UTS #46, not transitional, as browsers do)."""
    import idna

    if len(name) <= MAX_HOST_CHARS:  # the library takes quadratic time
        try:
            return idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError, ValueError):
            pass
    raise _malformed("IDNA", "the name of the site holds characters that no name may have")


def _encoded(rest: str) -> str:
    """Path and query in ASCII, with a path of at least "/"; what is percent-encoded stays as it is."""
    path, mark, query = rest.partition("?")
    path = quote(path or "/", safe="/%!$&'()*+,;=:@~-._|[]")
    return path + mark + quote(query, safe="/%!$&'()*+,;=:@~-._?|[]{}^`")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    if ":" in host:
        return IPv6Address(host)
    return IPv4Address(host) if _PLAIN_IPV4.fullmatch(host) else None


def _looks_like_key(part: str) -> bool:
    # Headlines in addresses have many hyphens, keys have few: a UUID has four.
    return part.count("-") <= 4 and _KEY_IN_PATH.fullmatch(part) is not None


# courlan takes these for trackers, too; but in some content systems they are what tells one article from the next, and
# two articles kept as one are worse than a tracker too many.
_MAY_NAME_AN_ARTICLE = re.compile(
    r"(?:c|cl|e|u)id(?:[^a-z]|$)|g(?:a|l)(?!_)|keyword|kwd|session(?!_?id)|medium(?:_?id)?$|aff(?!i|_|$)|ref(?!_|$|err?er)",
    re.IGNORECASE,
)


@lru_cache(4096)
def _is_tracker(name: str) -> bool:
    if not name or len(name) > 100 or _MAY_NAME_AN_ARTICLE.match(name):
        return False
    from courlan.clean import clean_query

    return clean_query(f"{quote(name, safe='%')}=1") == ""


def _too_long(length: int) -> AddressRefused:
    return _refused("address-too-long", f"{length} characters", f"The address is longer than {MAX_CHARS:,} characters.")


def _malformed(log: str, person: str) -> AddressRefused:
    return _refused("address-malformed", log, f"This is not a web address that can be read: {person}.")


def _refused(code: str, log: str, person: str) -> AddressRefused:
    return AddressRefused(code, log, person)
