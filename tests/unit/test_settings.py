"""Settings: where a value comes from, what is refused and how that is said, and what is never shown."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.library.addresses import sqlite_path
from bot.settings import (
    HIDDEN,
    Secret,
    Settings,
    Table,
    env_example,
    hide_password,
    load_settings,
    load_table,
    setting,
    settings_page,
    settings_rows,
)

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTable(Table):
    """A table as another part of the program might have it: a secret with a name that people already have set."""

    model_key: Secret = setting(Secret(""), "Key of the model server.", also=("OPENAI_API_KEY", "MODEL_KEY"))
    stream: bool = setting(True, "Show words as they come.")


def load(cwd: Path, env: dict[str, str] | None = None, **overrides: object) -> Settings:
    return load_settings(overrides, env or {}, cwd)


def complaint(cwd: Path, env: dict[str, str] | None = None, **overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load(cwd, env, **overrides)
    return caught.value.person


def shown(settings: Table, key: str) -> tuple[str, str]:
    return next((row.value, row.origin) for row in settings_rows(settings) if row.key == key)


def test_it_needs_nothing_set(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.data_dir == tmp_path / "data"
    assert settings.max_document_bytes == 25_000_000
    assert {row.origin for row in settings_rows(settings)} == {"default"}


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("fetch_allowed_networks", "192.168.7.0/24, fd12::/64", "192.168.7.1/24"),
        ("fetch_allowed_networks", "127.0.0.0/8", "0.0.0.0/0"),
        ("fetch_extra_ports", "8000, 9090", "70000"),
    ],
)
def test_what_is_opened_to_the_fetcher_is_written_exactly(tmp_path: Path, key: str, good: str, bad: str) -> None:
    opened: dict[str, Any] = {key: good}
    refused: dict[str, Any] = {key: bad}
    assert getattr(load(tmp_path, **opened), key) == good
    assert key in complaint(tmp_path, **refused)


def test_the_later_source_wins_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "verbatim.toml").write_text('data_dir = "a"\nseeds_dir = "a"\nlog_level = "error"\nlanguage = "de"\n')
    (tmp_path / ".env").write_text("VERBATIM_SEEDS_DIR=b\nVERBATIM_LOG_LEVEL=debug\nVERBATIM_LANGUAGE=en\n")
    env = {"VERBATIM_LOG_LEVEL": "info", "VERBATIM_LANGUAGE": "de"}
    settings = load(tmp_path, env, language="en", color=None)
    assert shown(settings, "data_dir") == (str(tmp_path / "a"), "data_dir in verbatim.toml")
    assert shown(settings, "seeds_dir") == (str(tmp_path / "b"), "VERBATIM_SEEDS_DIR in .env")
    assert shown(settings, "log_level") == ("info", "VERBATIM_LOG_LEVEL")
    assert shown(settings, "language") == ("en", "the command line")
    assert shown(settings, "color") == ("auto", "default")


def test_another_settings_file_can_be_named_in_three_ways(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('log_level = "error"\n')
    named = load(tmp_path, {"VERBATIM_CONFIG": "other.toml"})
    given_ = load_settings({}, {"VERBATIM_CONFIG": "absent.toml"}, tmp_path, tmp_path / "other.toml")
    (tmp_path / ".env").write_text("VERBATIM_CONFIG=other.toml\n")
    for settings in (named, given_, load(tmp_path)):
        assert settings.log_level == "error"


def test_a_named_settings_file_must_exist(tmp_path: Path) -> None:
    assert "absent.toml: there is no such file" in complaint(tmp_path, {"VERBATIM_CONFIG": "absent.toml"})


@pytest.mark.parametrize(
    ("env", "parts"),
    [
        ({"VERBATIM_MAX_DOCUMENT_BYTES": "25 MB"}, ["max_document_bytes = '25 MB'", "whole number from 1", "(bytes)"]),
        ({"VERBATIM_MAX_DOCUMENT_BYTES": "0"}, ["max_document_bytes = '0'", "from 1 to 1,000,000,000"]),
        ({"VERBATIM_READER_TIMEOUT_S": "nan"}, ["reader_timeout_s = 'nan'", "0.1 to 3,600 (seconds)"]),
        ({"VERBATIM_READER_TIMEOUT_S": "inf"}, ["reader_timeout_s"]),
        ({"VERBATIM_LOG_LEVEL": "warn"}, ["log_level = 'warn'", "debug, info, warning or error", "mean warning?"]),
        ({"VERBATIM_LANGUAGE": "fr"}, ["language = 'fr'", "empty, de or en"]),
        ({"VERBATIM_TIMEZONE": "Europe/Berln"}, ["timezone", "did you mean Europe/Berlin?"]),
        ({"VERBATIM_TIMEZONE": "../../etc/passwd"}, ["timezone"]),
        ({"VERBATIM_TIMEZONE": "Europe"}, ["timezone"]),
        ({"VERBATIM_DATABASE_URL": "mysql://host/db"}, ["database_url", "postgresql://user:password@host/name"]),
        ({"VERBATIM_DATABASE_URL": "sqlite:///:memory:"}, ["database_url"]),
    ],
)
def test_a_wrong_value_names_key_value_origin_and_what_is_allowed(
    tmp_path: Path, env: dict[str, str], parts: list[str]
) -> None:
    said = complaint(tmp_path, env)
    for part in [*parts, f"({next(iter(env))})"]:
        assert part in said


@pytest.mark.parametrize("line", ["log_level = 5", "max_document_bytes = true", "timezone = 2026-01-01", "data_dir = []"])
def test_a_value_of_the_wrong_kind_in_the_file_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "verbatim.toml").write_text(line)
    assert f"({line.partition(' ')[0]} in verbatim.toml)" in complaint(tmp_path)


def test_all_wrong_values_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "verbatim.toml").write_text('color = "blue"\n')
    said = complaint(tmp_path, {"VERBATIM_LANGUAGE": "xx", "VERBATIM_READER_MEMORY_MB": "1", "VERBATIM_WRONG": "1"})
    assert said.startswith("4 settings cannot be used. Nothing was opened.")
    for word in ("color", "language", "reader_memory_mb", "VERBATIM_WRONG"):
        assert word in said


def test_an_unknown_key_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "verbatim.toml").write_text('seed_dir = "s3cret"\n[logging]\nlevel = 1\n')
    (tmp_path / ".env").write_text("VERBATIM_DATADIR=s3cret\n")
    said = complaint(tmp_path, {"VERBATIM_POLL_INTERVAL": "s3cret"})
    assert "seed_dir (in verbatim.toml): there is no such setting; did you mean seeds_dir?" in said
    assert "VERBATIM_DATADIR (in .env): there is no such setting; did you mean VERBATIM_DATA_DIR?" in said
    assert "did you mean VERBATIM_POLL_INTERVAL_S?" in said
    assert "logging (in verbatim.toml)" in said
    assert "s3cret" not in said


def test_an_unknown_key_like_no_other_is_answered_with_all_there_are(tmp_path: Path) -> None:
    said = complaint(tmp_path, {"VERBATIM_ZZZZZZ": "1"})
    for field in dataclasses.fields(Settings):
        assert field.name == "origins" or f"VERBATIM_{field.name.upper()}" in said


def test_other_programs_may_have_variables_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OTHER=1\nthis line is not ours\nexport VERBATIM_COLOR='never' # as in a shell\n")
    assert load(tmp_path, {"HOME": "/", "LOG_LEVEL": "silly"}).color == "never"


def test_the_variables_kubernetes_adds_for_a_service_of_our_name_are_no_settings(tmp_path: Path) -> None:
    service = {"VERBATIM_SERVICE_HOST": "10.0.0.1", "VERBATIM_PORT": "tcp://10.0.0.1:80", "VERBATIM_PORT_80_TCP": "x"}
    load(tmp_path, {**service, "KUBERNETES_SERVICE_HOST": "10.0.0.2"})
    assert "VERBATIM_PORT_80_TCP" in complaint(tmp_path, service)


@pytest.mark.parametrize("url", ["postgres://h/x", "postgresql+psycopg:///x?host=/run", "sqlite:///a.db", "sqlite:////a"])
def test_the_addresses_the_library_can_open_are_let_through(tmp_path: Path, url: str) -> None:
    sqlite_path(url)  # raises where it cannot
    assert load(tmp_path, {"VERBATIM_DATABASE_URL": url}).database_url.reveal() == url


def test_a_variable_of_the_tests_is_no_setting(tmp_path: Path) -> None:
    load(tmp_path, {"VERBATIM_TEST_POSTGRES": "off"})


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VERBATIM_LOG_LEVEL=error\n")
    assert load(tmp_path, {"VERBATIM_LOG_LEVEL": " "}).log_level == "error"


def test_a_choice_may_be_written_in_capitals(tmp_path: Path) -> None:
    assert load(tmp_path, {"VERBATIM_LOG_LEVEL": "WARNING"}).log_level == "warning"


@pytest.mark.parametrize("written", ["{home}/news", "~/news", "news", "./a/../news"])
def test_paths_are_made_absolute_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load(tmp_path, {"VERBATIM_DATA_DIR": written.format(home=tmp_path)})
    assert settings.data_dir == tmp_path / "news"


def test_a_path_may_come_from_the_command_line_as_text_or_path(tmp_path: Path) -> None:
    assert load(tmp_path, data_dir="x").data_dir == load(tmp_path, data_dir=Path("x")).data_dir == tmp_path / "x"


def test_a_path_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "verbatim.toml").write_text('data_dir = "a\\u0000b"\nseeds_dir = ""\n')
    said = complaint(tmp_path)
    assert "data_dir = 'a\\x00b'" in said
    assert "seeds_dir = ''" in said


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("verbatim.toml", b"log_level = ", "verbatim.toml: not valid TOML"),
        ("verbatim.toml", b"a" + b"[" * 100_000, "verbatim.toml: not valid TOML"),
        ("verbatim.toml", b"\xff\xfe", "verbatim.toml: cannot be read"),
        (".env", b"\xff\xfe", ".env: cannot be read"),
        (".env", b"A=1\nVERBATIM_COLOR is never\n", ".env, line 2: not of the form NAME=value"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, part: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert part in complaint(tmp_path)


@pytest.mark.parametrize("name", ["verbatim.toml", ".env"])
def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert f"{name}: cannot be read: Is a directory" in complaint(tmp_path)


@pytest.mark.parametrize("name", ["verbatim.toml", ".env"])
def test_the_mark_that_windows_writes_first_is_read_over(tmp_path: Path, name: str) -> None:
    line = 'color = "never"' if name.endswith("toml") else "VERBATIM_COLOR=never"
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + line.encode())
    assert load(tmp_path).color == "never"


def test_a_dollar_in_a_value_is_a_dollar(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VERBATIM_DATA_DIR=${HOME}x\n")
    assert load(tmp_path, {"HOME": "/root"}).data_dir == tmp_path / "${HOME}x"


# Secrets


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\n")
    from_env = load_table(ModelTable, {}, {"VERBATIM_MODEL_KEY_FILE": "key"}, tmp_path)
    assert from_env.model_key.reveal() == "abc"
    assert shown(from_env, "model_key") == (HIDDEN, "VERBATIM_MODEL_KEY_FILE")
    (tmp_path / "verbatim.toml").write_text(f'model_key_file = "{tmp_path / "key"}"\n')
    assert load_table(ModelTable, {}, {}, tmp_path).model_key.reveal() == "abc"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff", b"x" * 70_000])
def test_a_secrets_file_that_holds_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(SettingsError, match="model_key") as caught:
        load_table(ModelTable, {}, {"VERBATIM_MODEL_KEY_FILE": "key"}, tmp_path)
    assert "allowed: the path of a file that holds it" in caught.value.person


def test_only_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    assert "VERBATIM_LOG_LEVEL_FILE" in complaint(tmp_path, {"VERBATIM_LOG_LEVEL_FILE": "x"})


def test_a_name_that_people_have_already_is_read_and_ours_wins(tmp_path: Path) -> None:
    theirs = {"OPENAI_API_KEY": "theirs", "MODEL_KEY": "weaker"}
    settings = load_table(ModelTable, {}, theirs, tmp_path)
    assert (settings.model_key.reveal(), settings.origins["model_key"]) == ("theirs", "OPENAI_API_KEY")
    assert load_table(ModelTable, {}, {**theirs, "VERBATIM_MODEL_KEY": "ours"}, tmp_path).model_key.reveal() == "ours"


@pytest.mark.parametrize(("written", "value"), [("false", False), ("0", False), ("1", True), ("True", True)])
def test_a_switch_is_read(tmp_path: Path, written: str, value: bool) -> None:
    assert load_table(ModelTable, {}, {"VERBATIM_STREAM": written}, tmp_path).stream is value


def test_a_secret_is_seen_nowhere(tmp_path: Path) -> None:
    settings = load_table(ModelTable, {}, {"VERBATIM_MODEL_KEY": "s3cret"}, tmp_path)
    exhibits: list[Any] = [settings, settings.model_key, settings_rows(settings), dataclasses.asdict(settings)]
    for exhibit in exhibits:
        assert "s3cret" not in f"{exhibit} {exhibit!r}"
    url = "postgresql://me:s3cret@host/news"
    settings_with_url = load(tmp_path, {"VERBATIM_DATABASE_URL": url})
    assert settings_with_url.database_url.reveal() == url
    assert shown(settings_with_url, "database_url")[0] == f"postgresql://me:{HIDDEN}@host/news"
    assert "s3cret" not in complaint(tmp_path, {"VERBATIM_DATABASE_URL": "mysql://me:s3cret@host/news"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@host/db",
        "postgresql://me:s3cret@host:5432/db?sslmode=require",
        "postgresql://me:a@s3cret@host/db",
        "postgresql://me:a/s3cret@host/db",
        "postgresql://me:a?s3cret@host/db",
        "postgresql://host/db?user=a@b&password=s3cret",
        "postgresql:///db?password=s3cret",
        "postgresql:me:s3cret@host",
        "s3cret",
    ],
)
def test_a_password_in_a_database_address_is_hidden(url: str) -> None:
    assert "s3cret" not in hide_password(url)


def test_a_secret_can_be_compared_and_is_false_when_empty() -> None:
    assert Secret("a") == Secret("a", shown="x")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
    assert str(Secret("")) == ""


# What always holds


WRITTEN = st.text(st.characters(blacklist_characters="\0", blacklist_categories=()), max_size=30)
FIELDS = [field.name for field in dataclasses.fields(Settings) if field.name != "origins"]


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([f"VERBATIM_{name.upper()}" for name in FIELDS]), WRITTEN))
def test_any_environment_gives_settings_or_a_settings_error(tmp_path: Path, env: dict[str, str]) -> None:
    refused = ""
    try:
        assert [row.key for row in settings_rows(load(tmp_path, env))] == FIELDS
    except SettingsError as error:
        refused = error.person
    assert not refused or any(f"({name})" in refused for name in env)


def test_every_row_says_what_it_does_and_its_unit_where_it_counts() -> None:
    for row in settings_rows(Settings()):
        assert row.help.endswith(".")
        assert "\n" not in row.help
        value = getattr(Settings(), row.key)
        assert bool(row.unit) == (isinstance(value, int | float) and not isinstance(value, bool))


def test_defaults_pass_their_own_checks(tmp_path: Path) -> None:
    rows = settings_rows(load(tmp_path))
    env = {f"VERBATIM_{row.key.upper()}": row.value for row in rows if row.value}
    assert load(tmp_path, env) == load(tmp_path)


# Pages made from the table. `make docs` writes them anew.


def test_the_example_file_lists_every_setting() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == env_example()


def test_the_settings_page_lists_every_setting() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == settings_page()


def test_the_example_file_works_with_every_line_switched_on(tmp_path: Path) -> None:
    switched_on = "\n".join(line.removeprefix("# ") for line in env_example().splitlines() if "=" in line)
    (tmp_path / ".env").write_text(switched_on)
    folders = {name: tmp_path / name.removesuffix("_dir") for name in ("data_dir", "seeds_dir", "prompts_dir")}
    assert load(tmp_path) == load_settings(folders, {}, tmp_path / "elsewhere")


def test_the_pages_tell_of_other_names_and_files() -> None:
    for page in (env_example(ModelTable), settings_page(ModelTable)):
        assert "VERBATIM_MODEL_KEY_FILE" in page
        assert "OPENAI_API_KEY" in page
