"""What came of asking for one web address: a value, whatever the web did; and the words for each of its codes.

A code is stable and greppable. `log` states facts without secrets (addresses are shown without the values of their
query), `person` says in plain English what happened and what can be done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.errors import AddressRefused

LEAST_RETRY_S: Final = 60
MOST_RETRY_S: Final = 86_400
USUAL_RETRY_S: Final = 600  # when a site asks to wait and does not say how long


class FetchOutcome(StrEnum):
    """What the asker has to do with an answer."""

    OK = "ok"  # `body` holds what was asked for, whole
    NOT_MODIFIED = "not-modified"  # as at the last time: the validators that were sent still hold
    GONE = "gone"  # the site says that it is gone for good: stop asking, and tell somebody
    RETRY = "retry"  # the site asks to come again after `retry_after_s`
    REFUSED = "refused"  # by a rule of ours or by the site's robots.txt: nothing was fetched
    FAILED = "failed"  # anything else; may be better next time


class Purpose(StrEnum):
    """Why an address is asked for. A page asks the site's robots.txt first; feeds are offered to programs."""

    FEED = "feed"
    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way: who answered so, and with which status."""

    address: str
    status: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer. Addresses, `etag`, `last_modified` and `body` are as they came: nothing in them is masked or safe."""

    address: str  # as it was asked for, in its one spelling
    outcome: FetchOutcome
    code: str
    log: str = ""
    person: str = ""  # "" for ok and not-modified
    final_address: str = ""  # where the redirects led; `address` when there were none
    status: int = 0  # of the last answer; 0 when none came
    media_type: str = ""  # lower case, without parameters
    charset: str = ""  # as the header declares it, lower case
    body: bytes = field(default=b"", repr=False)  # inflated
    etag: str = ""  # to be sent back unchanged, with last_modified
    last_modified: str = ""
    max_age_s: int | None = None  # Cache-Control or Expires; None: the answer does not say
    retry_after_s: int | None = None  # LEAST_RETRY_S … MOST_RETRY_S; always there for RETRY
    moved_to: str = ""  # final_address, when every redirect on the way was a permanent one (301, 308)
    hops: tuple[Hop, ...] = ()
    bytes_received: int = 0  # over all hops, heads included
    elapsed_s: float = 0.0  # without the time spent waiting for one's turn
    filename: str = ""  # of a Content-Disposition, without its folders

    @property
    def content_type(self) -> str:
        """Media type and charset together, as a header tells them."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type


class Trouble(Exception):
    """What went wrong on the way to an answer. It never leaves this folder: the fetcher makes a Fetched of it."""

    def __init__(self, code: str, log: str = "") -> None:
        self.code = code
        self.log = log
        super().__init__(f"{code}: {log}")


def person_text(code: str, host: str, facts: str = "") -> str:
    """The words for a code, about a host. `facts` fills what the code's words leave open, such as a limit."""
    text = PERSON.get(code)
    if text is None and code.startswith("http-"):
        status = code.removeprefix("http-")
        text = STATUS_CLASS.get(status[:1], STATUS_CLASS[""]).replace("{status}", status)
    return (text or PERSON["failed"]).replace("{host}", host or "The site").replace("{facts}", facts)


def refused(address: str, error: AddressRefused) -> Fetched:
    """What an address that may not be asked for comes to."""
    return Fetched(address, FetchOutcome.REFUSED, error.code, error.log, error.person, final_address=address)


_LATER: Final = "It is tried again later by itself."

# In English; each has its German beside it in `german`.
PERSON: Final = {
    "name-unknown": "There is no site called {host}. Check the spelling of the address; the site may also be gone.",
    "name-failed": f"The name {{host}} could not be looked up just now. {_LATER}",
    "connect-refused": f"{{host}} refuses connections: no web server answers there. {_LATER}",
    "connect-timeout": f"{{host}} could not be reached in time. {_LATER}",
    "connect-failed": f"{{host}} could not be reached. {_LATER}",
    "tls-certificate": "{host} cannot prove that it is {host}: {facts}. Nothing was read. The site's owner has to "
    f"renew or correct its certificate; {_LATER[:1].lower()}{_LATER[1:]}",
    "tls-failed": f"No secure connection to {{host}} came about. {_LATER}",
    "reset": f"{{host}} broke the connection off before its answer was complete. {_LATER}",
    "no-answer": f"{{host}} closed the connection without an answer. {_LATER}",
    "silent": f"{{host}} fell silent for {{facts}} seconds in the middle of its answer or before it. {_LATER}",
    "too-slow": f"{{host}} did not complete its answer within {{facts}} seconds. {_LATER}",
    "cut-short": f"The answer of {{host}} is shorter than it says it is. Nothing of it was used. {_LATER}",
    "not-http": f"What answers at {{host}} does not speak as web servers do. Check the address. {_LATER}",
    "head-too-large": "The head of the answer of {host} is larger than {facts} bytes. Nothing was read.",
    "body-too-large": "The answer of {host} is larger than {facts} bytes. Nothing of it was used. An admin can raise "
    "the limit: fetch_max_bytes.",
    "body-in-crumbs": "{host} sends its answer in crumbs, as only traps do. Nothing of it was used.",
    "encoding-stacked": "{host} compresses its answer more than once, as only traps do. Nothing was read.",
    "encoding-unknown": "{host} compresses its answer in a way that was not asked for ({facts}). Nothing was read.",
    "encoding-broken": f"The compressed answer of {{host}} is damaged. Nothing of it was used. {_LATER}",
    "too-many-redirects": "{host} forwards more than {facts} times. Open the address in a browser and take the "
    "address where it ends.",
    "redirect-loop": "{host} forwards in a circle. Open the address in a browser and take the address where it ends.",
    "redirect-nowhere": "{host} forwards without saying where to.",
    "robots-refuses": "The rules of {host} (robots.txt) ask programs not to read this page. It was not read. Its feed, "
    "if it has one, may be read; or ask the site's owner.",
    "robots-unreachable": f"The rules of {{host}} (robots.txt) cannot be read now, so its pages wait. {_LATER}",
    "http-304": "{host} says that nothing has changed, though it was not asked. Nothing was read.",
    "http-400": "{host} does not understand the request. Check the address.",
    "http-401": "{host} asks for a password. Pages behind a login are not read.",
    "http-402": "{host} wants to be paid for this page. It was not read.",
    "http-403": "{host} does not let this program read the address. Its owner can allow it; a feed of the site, if it "
    "has one, may be open.",
    "http-404": "There is nothing at this address of {host} (404). Check the address; the page may have moved.",
    "http-410": "{host} says that this is gone for good (410). It is no longer asked for. Find its new address, or "
    "remove it.",
    "http-429": "{host} asks for fewer requests. It is left alone for {facts}, then tried again by itself.",
    "http-451": "{host} may not show this for legal reasons (451).",
    "http-503": "{host} is overloaded or being worked on. It is left alone for {facts}, then tried again by itself.",
    "failed": f"{{host}} could not be read. {_LATER}",
}
STATUS_CLASS: Final = {
    "": f"{{host}} gave an answer that says nothing here ({{status}}). {_LATER}",
    "4": "{host} refuses this address ({status}). Check the address.",
    "5": f"{{host}} has a fault of its own ({{status}}). {_LATER}",
}
