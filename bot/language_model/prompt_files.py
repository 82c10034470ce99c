"""Prompts as files: `prompts/<task>/<version>.md`, the highest version of a task is the one in use.

A file begins with its name, its version, what it needs and how long a reply may be, between lines of `---`; then come a
part `======== system` and a part `======== user`, templates of Jinja in its sandbox. A file may be edited while the bot
runs: it is read again when it changed, and one that cannot be used is passed over for the last that could, with a line
in the log. Every prompt goes by name, version and the first letters of its hash ("answer@1+3f9a02bc"), so that a prompt
that was edited is another prompt to whoever remembers it.

Whatever a template prints of its values is put into one line: no line of a document can look like one of ours, and
documents stand between two lines that end with a word drawn anew each time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.language_model.language_names import language_name
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, ModelRequest, Payer

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

log = logging.getLogger(__name__)

TASKS: Final = ("answer", "card", "brief", "story_title", "translate", "rewrite_question")
OURS: Final = frozenset({"fence", "form"})  # values that every template may use
MOST_CHARACTERS: Final = 40_000  # of a file
FENCES: Final = 8
_CHECKOUT: Final = Path(__file__).parents[2] / "prompts"
_INSTALLED: Final = Path("share", "verbatim", "prompts")

_FILE: Final = re.compile(r"(\d{1,6})\.md")
_FACT: Final = re.compile(r"([a-z_]{1,30}):[ \t]*(.*)")
_SYSTEM: Final = "======== system"
_USER: Final = "======== user"
_WHITE: Final = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt."""

    name: str
    version: int
    source: str = field(repr=False)  # the whole file
    system: str = field(repr=False)
    user: str = field(repr=False)
    needs: frozenset[str]
    may: frozenset[str]  # empty where not given
    max_tokens: int
    temperature: float = 0.0

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}+{hashlib.sha256(self.source.encode()).hexdigest()[:8]}"


def prompt_folders(own: Path | None = None) -> tuple[Path, ...]:
    """Where prompts are looked for, task by task: the owner's folder, then what came with the program."""
    import sysconfig

    ours = [_CHECKOUT, Path(sysconfig.get_path("data")) / _INSTALLED]
    return tuple(folder for folder in ([own] if own else []) + ours if folder.is_dir())


class PromptFiles:
    """Prompts of some folders; the first that holds a usable prompt of a task is the one that counts for it."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        draw: Callable[[], str] = lambda: secrets.token_hex(8),
        thinking_tokens: int = 0,
    ) -> None:
        """`thinking_tokens`: what a reply may have beside its own, for a model that thinks before it answers."""
        self._folders = tuple(folders)
        self._thinking_tokens = thinking_tokens
        self._draw = draw
        self._read: dict[Path, tuple[tuple[int, int, int], Prompt | None]] = {}
        self._good: dict[tuple[Path, str], Prompt] = {}  # the last that could be used
        self._templates: dict[str, tuple[Template, Template]] = {}
        self._environment: SandboxedEnvironment | None = None

    def current(self, task: str) -> Prompt:
        """The prompt of a task that is in use now. Raises ModelFailed when there is none."""
        for folder in self._folders:
            for _, path in sorted(_versions(folder / task), reverse=True):
                if (prompt := self._usable(path)) is not None:
                    self._good[folder, task] = prompt
                    return prompt
                if (last := self._good.get((folder, task))) is not None:
                    return last
        raise ModelFailed(ModelOutcome.NOT_CONFIGURED, f"there is no prompt for {task}", code="prompt-missing")

    def version(self, task: str, version: int) -> Prompt | None:
        """A version of a task's prompt, an old one as well."""
        for folder in self._folders:
            for number, path in _versions(folder / task):
                if number == version and (prompt := self._usable(path)) is not None:
                    return prompt
        return None

    def request(
        self,
        task: str,
        values: Mapping[str, Any],
        *,
        schema: Mapping[str, Any] | None,
        time_limit_s: float,
        payer: Payer = OURSELVES,
        max_tokens: int | None = None,
    ) -> ModelRequest:
        """What to ask a model for a task. `values` are those that the prompt needs and may have; `language` is a code.

        Raises ModelFailed when the prompt cannot be used with them.
        """
        prompt = self.current(task)
        if missing := prompt.needs - values.keys():
            raise ModelFailed(
                ModelOutcome.NOT_CONFIGURED, f"{prompt.id} needs {', '.join(sorted(missing))}", code="prompt-broken"
            )
        given = {name: values.get(name, "") for name in prompt.needs | prompt.may}
        given["form"] = form_of(schema) if schema is not None else "plain text"
        system, user = self._rendered(prompt, given)
        return ModelRequest(
            task=task, prompt=prompt.id, system=system, user=user, schema=schema,
            max_tokens=min(max_tokens or prompt.max_tokens, prompt.max_tokens) + self._thinking_tokens,
            temperature=prompt.temperature, time_limit_s=time_limit_s, payer=payer, template=prompt.source,
        )  # fmt: skip

    def _rendered(self, prompt: Prompt, given: Mapping[str, Any]) -> tuple[str, str]:
        try:
            system, user = self._compiled(prompt)
            for _ in range(FENCES):  # nobody can have written a word that was drawn just now; if so, another is drawn
                fence = self._draw()
                asked = user.render(given, fence=fence).strip()
                if asked.count(fence) <= prompt.user.count("fence"):
                    return system.render(given, fence=fence).strip(), asked
            raise ValueError("no fence")
        except Exception as error:  # a template is a small program of whoever edits it: it may fail in any way
            raise ModelFailed(
                ModelOutcome.NOT_CONFIGURED, f"{prompt.id} cannot be filled in: {type(error).__name__}",
                code="prompt-broken",
            ) from error  # fmt: skip

    def _compiled(self, prompt: Prompt) -> tuple[Template, Template]:
        if prompt.id not in self._templates:
            environment = self._ready_environment()
            self._templates[prompt.id] = environment.from_string(prompt.system), environment.from_string(prompt.user)
        return self._templates[prompt.id]

    def _usable(self, path: Path) -> Prompt | None:
        """The prompt in a file, None when it cannot be used. Read again only when the file has changed."""
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._read.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            prompt: Prompt | None = read_prompt(path.read_text("utf-8"), path.parent.name, int(path.stem))
            self._check(prompt)
        except OSError:  # between looking and reading it went
            return None
        except ValueError as error:  # UnicodeError is one
            log.warning("a prompt cannot be used: %s", error, extra={"prompt": f"{path.parent.name}/{path.name}"})
            prompt = None
        self._read[path] = stamp, prompt
        return prompt

    def _check(self, prompt: Prompt | None) -> None:
        """Raises ValueError when a template is none, or uses what it does not declare."""
        from jinja2 import TemplateError, meta

        if prompt is None:
            return
        environment = self._ready_environment()
        try:
            used = set()
            for part in (prompt.system, prompt.user):
                used |= meta.find_undeclared_variables(environment.parse(part))
                environment.from_string(part)
        except TemplateError as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error
        if unknown := used - prompt.needs - prompt.may - OURS:
            raise ValueError(f"it uses {', '.join(sorted(unknown))}, which it does not declare")

    def _ready_environment(self) -> SandboxedEnvironment:
        if self._environment is None:
            from jinja2 import StrictUndefined
            from jinja2.sandbox import ImmutableSandboxedEnvironment

            self._environment = ImmutableSandboxedEnvironment(
                undefined=StrictUndefined,
                autoescape=False,  # a prompt is no page
                trim_blocks=True,
                lstrip_blocks=True,
                finalize=_in_one_line,
                cache_size=50,
            )
            self._environment.filters["language_name"] = language_name
        return self._environment


def read_prompt(source: str, name: str, version: int) -> Prompt:
    """A prompt from the text of its file. Raises ValueError, in words for whoever edits it."""
    if len(source) > MOST_CHARACTERS:
        raise ValueError(f"it is longer than {MOST_CHARACTERS:,} characters")
    begin, first, rest = source.replace("\r\n", "\n").partition("---\n")
    head, second, body = rest.partition("\n---\n")
    if begin.strip() or not first or not second:
        raise ValueError("it does not begin with facts between two lines of ---")
    facts = {}
    for line in filter(str.strip, head.split("\n")):
        found = _FACT.fullmatch(line)
        if found is None:
            raise ValueError(f"{line[:60]!r} is no fact; one looks like max_tokens: 500")
        facts[found[1]] = found[2].strip()
    if facts.get("name") != name or facts.get("version") != str(version):
        raise ValueError(f"its facts do not say name: {name} and version: {version}, as its place does")
    before, found_system, parts = body.partition(f"{_SYSTEM}\n")
    system, found_user, user = parts.partition(f"\n{_USER}\n")
    if before.strip() or not found_system or not found_user:
        raise ValueError(f"it does not hold the parts {_SYSTEM!r} and {_USER!r}, in this order")
    return Prompt(
        name, version, source, system, user, _names(facts.get("needs", "")), _names(facts.get("may", "")),
        int(_number(facts, "max_tokens", 1, 32_000)), _number(facts, "temperature", 0, 2),
    )  # fmt: skip


def form_of(schema: Mapping[str, Any]) -> str:
    """A JSON schema as an example of what it asks for: what small models understand best."""
    return json.dumps(_example(schema, 0), ensure_ascii=False)


def _example(schema: Any, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > 8:
        return "…"
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: _example(part, depth + 1) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        part = schema.get("items", {})
        first = _example(part, depth + 1)
        return [1, 2] if first == 1 else [first]
    return {"integer": 1, "number": 1.5, "boolean": False, "null": None}.get(str(kind), "…")


def _versions(folder: Path) -> Iterator[tuple[int, Path]]:
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return
    for name in names:
        if found := _FILE.fullmatch(name):
            yield int(found[1]), folder / name


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _number(facts: Mapping[str, str], name: str, least: float, most: float) -> float:
    text = facts.get(name, "0")
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number <= most:
        raise ValueError(f"{name}: {text[:40]} is not from {least:g} to {most:g}")
    return number


def _in_one_line(value: Any) -> Any:
    return _WHITE.sub(" ", value).strip() if isinstance(value, str) else value
