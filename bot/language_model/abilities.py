"""What an endpoint can do, as its own complaints teach it: which way a form is asked for, how tokens are limited.

Servers of one API differ. Measured: llama-server obeys a JSON schema; `llama_cpp.server` answers 500 to one and wants
"json_object"; `transformers serve` ignores it; OpenAI's reasoning models refuse `max_tokens` and any temperature;
templates of some models know no system message. So we begin with everything and step down by what is complained of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

import msgspec

Form = Literal["json_schema", "json_object", "none"]

REMEMBERED: Final = timedelta(days=7)  # then it is tried anew: servers are upgraded
_LOWER_FORM: Final[dict[Form, Form]] = {"json_schema": "json_object", "json_object": "none"}

_OF_USAGE: Final = re.compile(r"stream_options|include_usage", re.I)
_OF_SYSTEM: Final = re.compile(
    r"\bsystem[ '\"]{0,3}(role|message|prompt|instruction)|role[^a-z]{1,9}system\b|roles must alternate", re.I
)
_OF_FORM: Final = re.compile(r"response_format|json_schema|json_object|\bschema|grammar|structured|guided", re.I)
_OF_STREAM: Final = re.compile(r"\bstream", re.I)


@dataclass(frozen=True, slots=True)
class Abilities:
    """How a request to this endpoint is written."""

    form: Form = "json_schema"
    stream: bool = True
    usage_in_stream: bool = True
    max_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    system: bool = True

    def after(self, complaint: str) -> Abilities | None:
        """What to try when a server has complained of a request written like this; None when nothing is left."""
        if "max_completion_tokens" in complaint and self.max_field == "max_tokens":
            return replace(self, max_field="max_completion_tokens")
        if self.usage_in_stream and self.stream and _OF_USAGE.search(complaint):
            return replace(self, usage_in_stream=False)
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.form != "none" and _OF_FORM.search(complaint):
            return self.lower_form()
        if self.system and _OF_SYSTEM.search(complaint):
            return replace(self, system=False)
        if self.stream and _OF_STREAM.search(complaint):
            return replace(self, stream=False)
        return self._plainer()

    def lower_form(self) -> Abilities:
        """The next weaker way to ask for a form."""
        return replace(self, form=_LOWER_FORM.get(self.form, "none"))

    def _plainer(self) -> Abilities | None:
        """A step down when nobody says which."""
        if self.stream and self.usage_in_stream:
            return replace(self, usage_in_stream=False)
        if self.form != "none":
            return self.lower_form()
        if self.stream:
            return replace(self, stream=False)
        if self.temperature:
            return replace(self, temperature=False)
        return replace(self, system=False) if self.system else None

    def written(self) -> str:
        return msgspec.json.encode(self).decode()


USUAL: Final = Abilities()  # until something else is learned


def read_abilities(written: str) -> Abilities:
    """What `written` gave; the usual ones when it cannot be read."""
    try:
        return msgspec.json.decode(written, type=Abilities)
    except msgspec.MsgspecError:
        return USUAL
