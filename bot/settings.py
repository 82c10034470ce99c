"""The settings: one table of rows, and how a row's value is found, checked and shown.

A value comes from, later wins: its default, `verbatim.toml`, `.env`, the environment, the command line. In a file or the
environment it goes by `VERBATIM_<KEY>`, by the other names its row lists (ours wins over those: it was meant for us), or,
for a secret, by `VERBATIM_<KEY>_FILE`, the path of a file that holds it. An empty variable counts as not set, because
that is what Compose makes of a variable nobody set. Whatever cannot be used is reported at once, all of it, by
`SettingsError`, before anything is opened.

To add a setting, add a row to `Settings`: one line; then `make docs`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from bot.errors import SettingsError

PREFIX: Final = "VERBATIM_"
TEST_PREFIX: Final = "VERBATIM_TEST_"  # read by the tests alone
CONFIG_VARIABLE: Final = "VERBATIM_CONFIG"
CONFIG_NAME: Final = "verbatim.toml"
HIDDEN: Final = "••••••"
MAX_SECRET_BYTES: Final = 65_536

T = TypeVar("T")


class Secret:
    """A value that must not be seen: `reveal()` gives it, everything else shows `shown`."""

    __slots__ = ("_shown", "_value")

    def __init__(self, value: str, shown: str = HIDDEN) -> None:
        self._value = value
        self._shown = shown if value else ""

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"Secret({self._shown!r})"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one setting beside its type and its default, which the field of its table states."""

    help: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    allowed: str = ""  # in words, where the type does not say it
    check: Callable[[str], bool] | None = None  # of a text
    near: Callable[[], Iterable[str]] | None = None  # what a misspelt text may have meant
    show: Callable[[str], str] | None = None  # what of a secret may be seen
    also: tuple[str, ...] = ()  # other environment names, as people already have them


def setting(default: T, text: str, **facts: Any) -> T:
    """One row of a table: its default, one line of help, and what else `Row` knows."""
    return field(default=default, metadata={"row": Row(text, **facts)})


def hide_password(url: str) -> str:
    """A database address without what may be a secret: its password and its options."""
    scheme, found, rest = url.partition("://")
    if not found:
        return HIDDEN
    head, _, options = rest.partition("?")
    ending = "?…" if options else ""
    user_info, at, place = head.rpartition("@")
    if not at and "@" in options:  # an unescaped "?" in the password, or "@" in an option: nothing is certain
        return f"{scheme}://{HIDDEN}"
    user, colon, _ = user_info.partition(":")
    return f"{scheme}://{user}{':' + HIDDEN if colon else ''}{at}{place}{ending}"


def _is_database_url(text: str) -> bool:
    """What `library.addresses` can open, by its beginning."""
    known = r"postgres(ql)?(\+psycopg)?://.|sqlite(\+(aio|py)sqlite)?:///(?!:memory:)/?[^/]"
    return not text or re.match(known, text) is not None


def _is_time_zone(text: str) -> bool:
    if not text:
        return True
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (LookupError, ValueError, OSError):  # not there; a path out of the database; one of its folders
        return False
    return True


def _is_web_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text) > len("https://")


def _is_https_or_empty(text: str) -> bool:
    return not text or (text.startswith("https://") and len(text) > len("https://"))


def _time_zones() -> Iterable[str]:
    from zoneinfo import available_timezones

    return sorted(available_timezones())


def _are_networks(text: str) -> bool:
    if not text:
        return True
    from bot.sources.public_networks import read_networks

    return read_networks(text) is not None  # raises ValueError


def _are_ports(text: str) -> bool:
    if not text:
        return True
    from bot.sources.public_networks import read_ports

    return read_ports(text) is not None  # raises ValueError


def _are_model_urls(text: str) -> bool:
    from bot.language_model.endpoints import are_addresses

    return are_addresses(text)  # raises ValueError


def _are_prices(text: str) -> bool:
    from bot.language_model.costs import are_prices

    return are_prices(text)  # raises ValueError


def _are_hosts(text: str) -> bool:
    return all(re.fullmatch(r"[a-z0-9.-]{1,253}", host) for host in text.replace(",", " ").split())


def _is_seal_key(text: str) -> bool:
    from bot.library.sealing import are_seal_keys

    return not text or are_seal_keys(text)


def _are_slack_ids(text: str) -> bool:
    return all(re.fullmatch(r"[USW][A-Z0-9]{2,20}", one) for one in text.replace(",", " ").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What every table of settings has: where each of its values came from."""

    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Table):
    """Every setting the program uses. Loaded paths are absolute."""

    # fmt: off
    data_dir: Path = setting(Path("data"), "Folder of the library, its search index and the bot's own files.")
    seeds_dir: Path = setting(Path("seeds"), "Folder whose files are read, now and as they arrive.")
    database_url: Secret = setting(Secret(""), "Database of the library; empty: a SQLite file in data_dir.", allowed="postgresql://user:password@host/name, sqlite:///path or empty", check=_is_database_url, show=hide_password)
    language: Literal["", "de", "en"] = setting("", "Language of the bot's own words; empty: the asker's.")
    timezone: str = setting("", "Time zone in which times are shown; empty: the machine's.", allowed="a name such as Europe/Berlin, or empty", check=_is_time_zone, near=_time_zones)
    max_document_bytes: int = setting(25_000_000, "A larger file is not read; it is kept as failed.", unit="bytes", least=1, most=1_000_000_000)
    reader_timeout_s: float = setting(30.0, "Reading one document may take this long.", unit="seconds", least=0.1, most=3600)
    reader_memory_mb: int = setting(1024, "Reading one document may take this much memory.", unit="MB", least=128, most=65_536)
    poll_interval_s: float = setting(60.0, "How often seeds_dir is looked through when no event told of a change.", unit="seconds", least=0.1, most=86_400)
    dictionary_file: Path = setting(Path("/usr/share/trans/de-en"), "German–English dictionary in ding's format, asked where it is there for what our word list does not know.")
    fetch_allowed_networks: str = setting("", "Networks beyond the public internet from which may be fetched, exactly these.", allowed="networks such as 192.168.7.0/24, fd12:3456::/48, or empty", check=_are_networks)
    fetch_extra_ports: str = setting("", "Ports that may be asked beside 80, 443, 8080 and 8443.", allowed="ports such as 8000, 9090, or empty", check=_are_ports)
    fetch_contact: str = setting("", "Where the owner of a site reaches you: a web or mail address, sent with each request.")
    fetch_max_bytes: int = setting(15_000_000, "A larger answer from the web, unpacked, is not used.", unit="bytes", least=1000, most=1_000_000_000)
    fetch_timeout_s: float = setting(25.0, "One fetch may take this long, its redirects included.", unit="seconds", least=0.1, most=3600)
    fetch_idle_s: float = setting(10.0, "A site may be silent this long before it has answered to the end.", unit="seconds", least=0.1, most=3600)
    fetch_host_distance_s: float = setting(1.0, "Least time between two requests to one host; there is never more than one at a time.", unit="seconds", least=0, most=3600)
    briefs_dir: str = setting("", "Folder to which each channel's briefs are written as web pages, Markdown and an Atom feed; empty: none.", allowed="a folder, or empty")
    cards_at_most: int = setting(10, "So many cards a channel gets in one window; what is over stands in its next brief.", unit="cards", least=1, most=1000)
    cards_window_min: int = setting(60, "Length of that window.", unit="minutes", least=1, most=1440)
    discord_token: Secret = setting(Secret(""), "The Discord bot's token; empty: no Discord.", also=("DISCORD_TOKEN", "DISCORD_BOT_TOKEN"))
    discord_shards: int = setting(0, "Shards of the Discord connection; 0: as many as Discord recommends.", unit="shards", least=0, most=10_000)
    discord_api: str = setting("https://discord.com/api/v10", "Where Discord's API is reached; another address only through a proxy of yours.", allowed="an address that begins with http:// or https://", check=_is_web_address)
    slack_bot_token: Secret = setting(Secret(""), "The Slack app's bot token (xoxb-…); empty: no Slack.", also=("SLACK_BOT_TOKEN",))
    slack_app_token: Secret = setting(Secret(""), "The Slack app's app-level token (xapp-…), for Socket Mode.", also=("SLACK_APP_TOKEN",))
    slack_signing_secret: Secret = setting(Secret(""), "The Slack app's signing secret, for HTTP mode.", also=("SLACK_SIGNING_SECRET",))
    slack_http_port: int = setting(0, "Port on which Slack's requests are taken, in HTTP mode; 0: Socket Mode.", unit="port", least=0, most=65_535)
    slack_http_host: str = setting("127.0.0.1", "Address on which Slack's requests are taken, in HTTP mode; a proxy with TLS stands before it.")
    slack_client_id: str = setting("", "Client id of a Slack app that several workspaces install (HTTP mode only); empty: one workspace, by its bot token.", also=("SLACK_CLIENT_ID",))
    slack_client_secret: Secret = setting(Secret(""), "The same app's client secret.", also=("SLACK_CLIENT_SECRET",))
    slack_address: str = setting("", "Where browsers reach the proxy before slack_http_port, to install the app; /slack/install begins there.", allowed="an address that begins with https://, or empty", check=_is_https_or_empty)
    slack_managers: str = setting("", "Who manages sources on Slack beside its admins and owners.", allowed="ids of people and user groups such as U0123ABC, S0456DEF, or empty", check=_are_slack_ids)
    slack_admins: str = setting("", "Who is an admin of the bot on Slack beside its owners.", allowed="ids of people and user groups such as U0123ABC, S0456DEF, or empty", check=_are_slack_ids)
    slack_api: str = setting("https://slack.com/api/", "Where Slack's API is reached; another address only through a proxy of yours.", allowed="an address that begins with http:// or https://", check=_is_web_address)
    model_url: str = setting("", "Servers of a language model that speak OpenAI's API, in order of preference; empty: no model.", allowed="addresses such as http://localhost:11434/v1, separated by commas, or empty", check=_are_model_urls, also=("OPENAI_BASE_URL",))
    model_name: str = setting("", "The model to ask; with several servers one for all of them, or one each, separated by commas.", also=("OPENAI_MODEL",))
    model_key: Secret = setting(Secret(""), "Key of the first server; several servers' keys are separated by commas, and an empty place is no key. OPENAI_API_KEY goes to OPENAI_BASE_URL or to OpenAI alone.", also=("OPENAI_API_KEY",))
    model_timeout_s: float = setting(30.0, "One reply of a model may take this long.", unit="seconds", least=0.1, most=3600)
    model_connections: int = setting(4, "Requests that are sent to one server at a time.", unit="requests", least=1, most=1000)
    model_thinking_tokens: int = setting(0, "What a reply may have beside its own tokens, for a model that thinks before it answers.", unit="tokens", least=0, most=100_000)
    model_prices: str = setting("", "What a million tokens cost, read/written, for models of which it is not known; servers in your own network cost nothing.", allowed="prices such as gpt-4o-mini=0.15/0.60, *=1/3, or empty", check=_are_prices)
    model_workspace_hosts: str = setting("", "Hosts of models that workspaces may bring with a key of their own; empty: none may.", allowed="hosts such as api.openai.com, api.mistral.ai, or empty", check=_are_hosts)
    seal_key: Secret = setting(Secret(""), "Key with which tokens and keys of workspaces are encrypted in the library (`verbatim setup key` prints one); of several, separated by commas, the first encrypts; empty: one that is made in data_dir.", allowed="keys of 16 characters or more, or empty", check=_is_seal_key)
    embedding_url: str = setting("", "A server of an embedding model that speaks OpenAI's API; empty: none.", allowed="an address such as http://localhost:11434/v1, or empty", check=_are_model_urls)
    embedding_name: str = setting("", "The embedding model to ask.")
    embedding_key: Secret = setting(Secret(""), "Key of the embedding model's server.")
    embedding_path: str = setting("", "Folder of an embedding model, used instead of a server: in model2vec's format (extra “embedder”) or as ONNX (extra “onnx”); nothing is downloaded.", allowed="a folder, or empty")
    embedding_query_prefix: str = setting("", "What that model wants to stand before a question, such as “query:”.")
    embedding_passage_prefix: str = setting("", "What that model wants to stand before a passage, such as “passage:”.")
    prompts_dir: Path = setting(Path("prompts"), "Folder of your own prompts, a folder for each task; tasks that it lacks use those that came with the bot.")
    budget_question_tokens: int = setting(60_000, "Most tokens for one question; 0: no limit.", unit="tokens", least=0, most=1_000_000_000)
    budget_question_money: float = setting(0.0, "Most money for one question, in the currency of the prices; 0: no limit.", unit="of the prices' currency", least=0, most=1_000_000)
    budget_user_tokens: int = setting(0, "Most tokens for one person and day (UTC); 0: no limit.", unit="tokens", least=0, most=1_000_000_000)
    budget_user_money: float = setting(0.0, "Most money for one person and day; 0: no limit.", unit="of the prices' currency", least=0, most=1_000_000)
    budget_channel_tokens: int = setting(0, "Most tokens for one channel and day; 0: no limit.", unit="tokens", least=0, most=1_000_000_000)
    budget_channel_money: float = setting(0.0, "Most money for one channel and day; 0: no limit.", unit="of the prices' currency", least=0, most=1_000_000)
    budget_workspace_tokens: int = setting(0, "Most tokens for one workspace and day; 0: no limit.", unit="tokens", least=0, most=1_000_000_000)
    budget_workspace_money: float = setting(0.0, "Most money for one workspace and day; 0: no limit.", unit="of the prices' currency", least=0, most=1_000_000)
    budget_day_tokens: int = setting(0, "Most tokens for all together and day; 0: no limit.", unit="tokens", least=0, most=1_000_000_000)
    budget_day_money: float = setting(0.0, "Most money for all together and day; 0: no limit.", unit="of the prices' currency", least=0, most=1_000_000)
    debug_model_text: bool = setting(False, "Whether the words that a model is shown, and says, are kept in the library; they hold documents and questions.")
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", "The least important log line that is written.")
    color: Literal["auto", "always", "never"] = setting("auto", "Colours in the terminal; auto: only when it is one.")
    # fmt: on


TableT = TypeVar("TableT", bound=Table)


class ShownSetting(NamedTuple):
    """One line of `verbatim settings`. Secrets are hidden in `value`."""

    key: str
    value: str
    origin: str
    unit: str
    help: str


class _Found(NamedTuple):
    """A value as somebody wrote it, and where."""

    value: object
    origin: str
    path: bool = False  # the value is the path of a file that holds it


class _Column(NamedTuple):
    key: str
    hint: Any
    default: Any
    row: Row

    @property
    def secret(self) -> bool:
        return self.hint is Secret

    @property
    def own_variable(self) -> str:
        return PREFIX + self.key.upper()

    @property
    def keys(self) -> tuple[str, ...]:
        """Its names in a settings file, weakest first."""
        return (f"{self.key}_file", self.key) if self.secret else (self.key,)

    @property
    def variables(self) -> tuple[str, ...]:
        """Its names in the environment, weakest first."""
        return (*reversed(self.row.also), *(PREFIX + key.upper() for key in self.keys))

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        row = self.row
        if row.allowed:
            return row.allowed
        if get_origin(self.hint) is Literal:
            return _listed([choice or "empty" for choice in get_args(self.hint)])
        kind = {bool: "true or false", int: "a whole number", float: "a number", Path: "a path"}.get(self.hint, "text")
        least, most = row.least, row.most
        if least is not None and most is not None:
            kind += f" from {least:,} to {most:,}"
        return f"{kind} ({row.unit})" if row.unit else kind


def load_settings(
    overrides: Mapping[str, object] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    config: Path | None = None,
) -> Settings:
    """Find and check every setting. Raises SettingsError naming all that cannot be used.

    `overrides` come from the command line (None: not given there); `config` is the path of a `verbatim.toml` that must
    exist, else `VERBATIM_CONFIG` names one, else `verbatim.toml` in `cwd` is read if it is there. `env` and `cwd` are
    those of the process unless given. Relative paths count from `cwd`.
    """
    return load_table(Settings, overrides, env, cwd, config)


def load_table(
    table: type[TableT],
    overrides: Mapping[str, object] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    config: Path | None = None,
) -> TableT:
    """`load_settings` for any table of settings."""
    env = os.environ if env is None else env
    cwd = Path.cwd() if cwd is None else cwd
    complaints: list[str] = []
    dotenv = _read_dotenv(cwd / ".env", complaints)
    named = str(config or env.get(CONFIG_VARIABLE) or dotenv.get(CONFIG_VARIABLE) or "")
    config_name = named or CONFIG_NAME
    in_file = _read_toml(cwd / config_name, config_name, complaints, must_exist=bool(named))

    columns = _columns(table)
    complaints += _unknown(in_file, {key for column in columns for key in column.keys}, config_name)
    variables = {CONFIG_VARIABLE, *(name for column in columns for name in column.variables)}
    complaints += _unknown(_meant_for_us(dotenv), variables, ".env")
    complaints += _unknown(_meant_for_us(env), variables, "the environment")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for column in columns:
        found = _Found(column.default, "default")
        for written in _written_values(column, in_file, config_name, dotenv, env, overrides or {}):
            found = written  # the last one wins
        origins[column.key] = found.origin
        try:
            values[column.key] = _converted(column, found, cwd)
        except _Wrong as wrong:
            complaints.append(str(wrong))
    if complaints:
        raise _settings_error(complaints)
    return table(**values, origins=origins)


def settings_rows(settings: Table) -> list[ShownSetting]:
    """Every setting as it may be shown to anyone, in the order of the table."""
    rows = []
    for column in _columns(type(settings)):
        value = getattr(settings, column.key)
        origin = settings.origins.get(column.key, "default")
        rows.append(ShownSetting(column.key, _written(value), origin, column.row.unit, column.row.help))
    return rows


def env_example(table: type[Table] = Settings) -> str:
    """The text of `.env.example`: every setting with its default, switched off."""
    lines = [
        "# Every setting, with its default. Copy this file to .env and take the # away from what you change.",
        f"# The same keys, lower case and without {PREFIX}, may stand in {CONFIG_NAME}; `verbatim settings` shows what holds.",
    ]
    for column in _columns(table):
        lines += ["", f"# {column.row.help}", f"# Allowed: {column.allowed}."]
        if column.secret:
            lines.append(f"# {column.own_variable}_FILE may name a file that holds it instead.")
        if column.row.also:
            lines.append(f"# Also read from {_listed(column.row.also)}.")
        lines.append(f"# {column.own_variable}={_written(column.default)}")
    return "\n".join(lines) + "\n"


def settings_page(table: type[Table] = Settings) -> str:
    """The text of `docs/settings.md`: the table for people."""
    lines = [
        "# Settings",
        "",
        f"Each may stand in `{CONFIG_NAME}` under its key, in `.env` or the environment under its variable, and some on",
        "the command line; the later of these wins. Another file than the working directory's is named by `--config` or",
        f"`{CONFIG_VARIABLE}`. Relative paths count from the working directory. An empty variable counts as not set.",
        "`verbatim settings` shows what holds and where it comes from. This page is made by `make docs`.",
        "",
        "| Key | Variable | Default | Allowed | What it does |",
        "| --- | --- | --- | --- | --- |",
    ]
    for column in _columns(table):
        names = [f"`{name}`" for name in reversed(column.variables)]
        default = _written(column.default)
        shown = f"`{default}`" if default else "empty"
        lines.append(f"| `{column.key}` | {', '.join(names)} | {shown} | {column.allowed} | {column.row.help} |")
    return "\n".join(lines) + "\n"


def _columns(table: type[Table]) -> tuple[_Column, ...]:
    hints = get_type_hints(table)
    rows = (entry for entry in fields(table) if "row" in entry.metadata)
    return tuple(_Column(row.name, hints[row.name], row.default, row.metadata["row"]) for row in rows)


# Finding


def _read_dotenv(path: Path, complaints: list[str]) -> Mapping[str, str]:
    text = _read_text(path, ".env", complaints)
    if not text:
        return {}
    import io

    from dotenv.parser import parse_stream  # the parser itself, because `dotenv_values` only logs a line it cannot read

    values = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
        elif binding.error and PREFIX in binding.original.string:  # the file may be shared with other programs
            complaints.append(f".env, line {binding.original.line}: not of the form NAME=value")
    return values


def _read_toml(path: Path, name: str, complaints: list[str], *, must_exist: bool) -> Mapping[str, object]:
    text = _read_text(path, name, complaints, must_exist=must_exist)
    if not text:
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        complaints.append(f"{name}: not valid TOML: {error}")
        return {}


def _read_text(path: Path, name: str, complaints: list[str], *, must_exist: bool = False) -> str:
    """A file's text, empty when it is absent; what keeps it from being read becomes a complaint."""
    try:
        return path.read_bytes().decode("utf-8-sig")  # Windows' editor writes the mark
    except FileNotFoundError:
        if must_exist:
            complaints.append(f"{name}: there is no such file")
    except OSError as error:
        complaints.append(f"{name}: cannot be read: {error.strerror or error}")
    except ValueError as error:  # not UTF-8, or a path with a NUL in it
        complaints.append(f"{name}: cannot be read: {error}")
    return ""


def _written_values(
    column: _Column,
    in_file: Mapping[str, object],
    file_name: str,
    dotenv: Mapping[str, str],
    env: Mapping[str, str],
    overrides: Mapping[str, object],
) -> Iterator[_Found]:
    """Every value somebody wrote for this row, weakest first."""
    for key in column.keys:
        if key in in_file:
            yield _Found(in_file[key], f"{key} in {file_name}", key != column.key)
    for variables, where in ((dotenv, " in .env"), (env, "")):
        for name in column.variables:
            if value := variables.get(name, "").strip():
                yield _Found(value, f"{name}{where}", column.secret and name == column.own_variable + "_FILE")
    if overrides.get(column.key) is not None:
        yield _Found(overrides[column.key], "the command line")


# Checking


class _Wrong(Exception):
    """One value that cannot be used, in words."""


def _converted(column: _Column, found: _Found, cwd: Path) -> Any:
    """The value in its row's type. Raises _Wrong."""
    value, hint, row = found.value, column.hint, column.row
    if found.path:
        value = _secret_of_file(column, found, cwd)
    if isinstance(value, Secret):
        value = value.reveal()
    if get_origin(hint) is Literal and isinstance(value, str):
        value = value.lower()
    plain: Any = str if hint in (Secret, Path) else hint
    if row.least is not None or row.most is not None:
        plain = Annotated[plain, msgspec.Meta(ge=row.least, le=row.most)]
    try:
        value = msgspec.convert(os.fspath(value) if isinstance(value, Path) else value, plain, strict=False)
        if row.check is not None and not row.check(value):
            raise _wrong_value(column, found)
        if hint is Path:
            return _path(value, cwd)
        if hint is Secret:
            return Secret(value, row.show(value) if row.show else HIDDEN)
    except (msgspec.ValidationError, ValueError, RuntimeError) as error:
        raise _wrong_value(column, found) from error
    return value


def _path(text: str, cwd: Path) -> Path:
    """Raises ValueError or, where `~` means nothing, RuntimeError."""
    if not text or "\0" in text:
        raise ValueError("not a path")
    return Path(os.path.normpath(cwd / Path(text).expanduser()))


def _secret_of_file(column: _Column, found: _Found, cwd: Path) -> str:
    problems: list[str] = []
    text = ""
    if isinstance(found.value, str) and found.value:
        path = cwd / found.value
        text = _read_text(path, found.value, problems, must_exist=True).strip()
    if not problems and not text:
        problems.append(f"{found.value!r} is empty")
    if len(text) > MAX_SECRET_BYTES:
        problems.append(f"{found.value!r} is larger than {MAX_SECRET_BYTES:,} bytes")
    if problems:
        raise _Wrong(f"{column.key} ({found.origin}): {problems[0]}; allowed: the path of a file that holds it")
    return text


def _wrong_value(column: _Column, found: _Found) -> _Wrong:
    if column.secret:
        shown = column.row.show(found.value) if column.row.show and isinstance(found.value, str) else HIDDEN
    else:
        shown = f"{found.value!r:.120}"
    options: Iterable[str] = map(str, get_args(column.hint)) if get_origin(column.hint) is Literal else ()
    if column.row.near is not None:
        options = column.row.near()
    return _Wrong(
        f"{column.key} = {shown} ({found.origin}): allowed: {column.allowed}{_did_you_mean(str(found.value), options)}"
    )


def _unknown(names: Iterable[str], known: Collection[str], where: str) -> list[str]:
    complaints = []
    for name in sorted(set(names).difference(known)):
        hint = _did_you_mean(name, known) or f"; there are {_listed(sorted(known), 'and')}"
        complaints.append(f"{name} (in {where}): there is no such setting{hint}")
    return complaints


# Kubernetes adds these to every container of a namespace for each service in it, a service called "verbatim" too:
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_OF_KUBERNETES = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w{1,80})?|PORT(_\d{1,5}_\w{1,20})?)$")


def _meant_for_us(env: Mapping[str, str]) -> list[str]:
    ours = [name for name in env if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX)]
    if "KUBERNETES_SERVICE_HOST" in env:
        return [name for name in ours if not _OF_KUBERNETES.search(name)]
    return ours


def _did_you_mean(text: str, options: Iterable[str]) -> str:
    from difflib import get_close_matches

    by_lower = {option.removeprefix(PREFIX).lower(): option for option in options if option}
    close = get_close_matches(text[:100].removeprefix(PREFIX).lower(), by_lower, n=1)
    return f"; did you mean {by_lower[close[0]]}?" if close else ""


def _settings_error(complaints: list[str]) -> SettingsError:
    count = "One setting" if len(complaints) == 1 else f"{len(complaints)} settings"
    listed = "\n".join(f"  {complaint}" for complaint in complaints)
    person = f"{count} cannot be used. Nothing was opened.\n{listed}"
    return SettingsError("settings", "; ".join(complaints), person)


# Showing


def _written(value: object) -> str:
    if value is MISSING:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _listed(words: Iterable[str], joined_by: str = "or") -> str:
    *most, last = words
    return f"{', '.join(most)} {joined_by} {last}" if most else last
