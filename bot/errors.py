"""One tree of errors, each with two voices: `log` for the operator's log, `person` for whoever reads the channel.

    VerbatimError
    ├── SettingsError        a setting has a value that cannot be used
    ├── Unreadable           these bytes hold no document that we can read
    ├── QuoteRefused         this text may not be shown as a quote of that document
    ├── AddressRefused       a web address that is not fetched
    ├── NotFound             nothing by that name that the asker may see
    ├── LibraryError         the store cannot be used
    │   ├── LibraryBusy      another process holds it
    │   ├── LibraryNewer     it was written by a newer Verbatim
    │   └── DiskFull         nothing can be written
    └── IndexUnusable        the search index cannot be used; it can be rebuilt
"""

from __future__ import annotations


class VerbatimError(Exception):
    """Something went wrong.

    `code` is short, stable and greppable; `log` states facts for the operator; `person` says what happened, what is
    kept and what to do next. Neither ever holds a secret.
    """

    def __init__(self, code: str, log: str = "", person: str = "") -> None:
        self.code = code
        self.log = log or code
        self.person = person or (type(self).__doc__ or "").splitlines()[0]
        super().__init__(f"{code}: {self.log}")


class SettingsError(VerbatimError):
    """A setting has a value that cannot be used. Nothing was opened."""


class Unreadable(VerbatimError):
    """No document could be read from these bytes. They are kept with the reason."""


class QuoteRefused(VerbatimError):
    """This text does not stand in that document, character for character. Nothing was quoted."""


class AddressRefused(VerbatimError):
    """This web address may not be fetched. Nothing was sent to it."""


class NotFound(VerbatimError):
    """Nothing by that name is in the library."""


class LibraryError(VerbatimError):
    """The library cannot be used. What it holds is kept."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library. Nothing is lost; try again in a moment."""


class LibraryNewer(LibraryError):
    """The library was written by a newer Verbatim. Nothing was changed; upgrade to read it."""


class DiskFull(LibraryError):
    """The disk is full. What was stored is kept; nothing new is taken in until there is room."""


class IndexUnusable(VerbatimError):
    """The search index cannot be used. The documents are safe; `verbatim index rebuild` makes it anew."""


def what_and_where(error: BaseException) -> str:
    """A mistake of ours for the log: "KeyError at desk.py:12". Never its message, which may quote a document."""
    import traceback
    from pathlib import PurePath

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"
