"""Asking models, the pure parts: addresses and keys, prices, budgets, the breaker, waits, what complaints teach."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.findings import Finding, Verdict
from bot.errors import SettingsError
from bot.language_model.abilities import Abilities, read_abilities
from bot.language_model.breaker import Breaker
from bot.language_model.budget import SCOPES, Limit, Limits, charges, limit, most_tokens, narrowed, no_room, person_key
from bot.language_model.chat_completions import BrokenOff, Reading, Said, body_of, without_thoughts
from bot.language_model.costs import FREE, Price, price_of, read_prices
from bot.language_model.cures import CURES, kind_of
from bot.language_model.endpoints import Endpoint, read_endpoints, root_address
from bot.language_model.opening import read_setup, setup_of
from bot.language_model.port import Charge, ModelFailed, ModelOutcome, ModelRequest, Payer
from bot.language_model.reasons import person_text
from bot.language_model.waits import length_s, pause_s, told_wait_s, used_up_s
from bot.language_model.wire import Trouble, trouble_of
from bot.settings import Secret, Settings


def chunk(choice: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


# --- endpoints ---


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("https://Models.Example/v1/", "https://models.example/v1"),
        ("https://models.example/openai/v1/chat/completions", "https://models.example/openai/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_an_address_leads_to_the_root_of_the_api(text: str, root: str) -> None:
    assert root_address(text) == root


@pytest.mark.parametrize(
    "text",
    [
        "models.example/v1", "ftp://models.example", "https://", "https://user:pw@models.example/v1", "https://[::1/v1",
        "https://models.example/v1?key=1", "https://models.example/v1#a", "http://a b", "http://mödel", "http://a:99999",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        root_address(text)


def test_each_key_goes_to_its_own_address_and_a_single_one_to_the_first() -> None:
    urls = "http://a/v1, https://b.example/v1,http://c/v1"
    assert [one.key for one in read_endpoints(urls, "m", "k1")] == ["k1", "", ""]
    assert [one.key for one in read_endpoints(urls, "m", ",k2")] == ["", "k2", ""]
    assert [(one.model, one.key) for one in read_endpoints(urls, "x,y,z", "1,2,3")] == [("x", "1"), ("y", "2"), ("z", "3")]
    assert read_endpoints("", "", "") == ()
    assert "k1" not in repr(read_endpoints(urls, "m", "k1"))


@pytest.mark.parametrize(
    ("urls", "models", "keys"),
    [("http://a", "", ""), ("http://a,http://b", "x,", ""), ("http://a,http://b,http://c", "x,y", ""),
     ("http://a", "x", "1,2"), ("http://a", "x", "with blank"), ("http://a", "x", "line\nfeed"), ("nowhere", "x", "")],
)  # fmt: skip
def test_settings_that_do_not_fit_together_are_refused_without_the_key(urls: str, models: str, keys: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_endpoints(urls, models, keys)
    assert not keys or keys not in refused.value.person + refused.value.log


def test_the_machines_key_for_openai_goes_to_openai_and_to_who_stands_in_its_place() -> None:
    def key(url: str, url_origin: str) -> str:
        origins = {"model_key": "OPENAI_API_KEY", "model_url": url_origin}
        return read_setup(model_url=url, model_name="m", model_key="sk-1", origins=origins).endpoints[0].key

    assert key("https://api.openai.com/v1", "VERBATIM_MODEL_URL") == "sk-1"
    assert key("http://localhost:1/v1", "OPENAI_BASE_URL in .env") == "sk-1"
    assert key("https://elsewhere.example/v1", "VERBATIM_MODEL_URL") == ""
    assert read_setup(model_url="http://a", model_name="m", model_key="sk-2").endpoints[0].key == "sk-2"


def test_every_setting_of_the_model_is_taken_and_no_other() -> None:
    table = {one.name for one in fields(Settings) if one.name.startswith(("model_", "embedding_", "budget_", "prompts_", "debug_model"))}
    taken = set(inspect.signature(read_setup).parameters) - {"origins"}
    assert taken == table
    theirs = Settings(model_url="https://elsewhere.example/v1", model_name="m", model_key=Secret("sk-1"))
    assert setup_of(theirs).endpoints[0].key == "sk-1"
    assert setup_of(replace(theirs, origins={"model_key": "OPENAI_API_KEY"})).endpoints[0].key == ""
    setup = read_setup(embedding_query_prefix="query:", embedding_url="http://e", embedding_name="e", budget_day_tokens=5)
    assert (setup.query_prefix, setup.passage_prefix) == ("query: ", "")
    assert setup.limits == Limits(day=Limit(tokens=5))
    with pytest.raises(SettingsError):
        read_setup(embedding_url="http://a,http://b", embedding_name="e")


def test_our_own_net_is_told_from_the_world() -> None:
    ours = ["http://localhost/v1", "http://127.0.0.1:1/v1", "http://10.0.0.5/v1", "http://model:11434/v1", "http://[::1]/v1"]
    assert all(Endpoint(url, "m").is_ours for url in ours)
    assert not any(Endpoint(url, "m").is_ours for url in ("https://api.openai.com/v1", "http://8.8.8.8/v1"))
    assert Endpoint("http://models.example/v1", "m", "k").sends_key_in_the_open
    assert not Endpoint("http://model:1/v1", "m", "k").sends_key_in_the_open


# --- prices and budgets ---


def test_what_a_call_costs_is_rounded_up_to_a_billionth() -> None:
    price = Price(Decimal("0.15"), Decimal("0.60"))
    assert price.of(1000, 100) == 210_000
    assert Price(Decimal("0.0001"), Decimal(0)).of(1, 0) == 1
    assert FREE.of(10**9, 10**9) == 0


def test_a_price_is_what_the_settings_say_else_what_is_known_else_unknown() -> None:
    openai = "https://api.openai.com/v1"
    own = read_prices("gpt-4o-mini=1/2, mine=0/0")
    assert price_of(Endpoint(openai, "gpt-4o-mini"), own) == Price(Decimal(1), Decimal(2))
    known = price_of(Endpoint(openai, "gpt-4o-mini-2024-07-18"), {})
    assert known == Price(Decimal("0.15"), Decimal("0.6"))
    assert price_of(Endpoint(openai, "gpt-4o-audio-preview"), {}) is None
    assert price_of(Endpoint("https://elsewhere.example/v1", "gpt-4o-mini"), {}) is None
    assert price_of(Endpoint("http://localhost/v1", "anything"), {}) == FREE
    assert price_of(Endpoint("http://localhost/v1", "anything"), read_prices("*=1/1")) == Price(Decimal(1), Decimal(1))


@pytest.mark.parametrize("text", ["x", "x=1", "x=1/y", "=1/2", "x=-1/2", "x=nan/1", "x=1e99/1"])
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_prices(text)


def test_a_call_counts_for_its_question_its_person_its_channel_its_workspace_and_the_day() -> None:
    limits = Limits(question=limit(10, 0), channel=limit(0, 0.5))
    late = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    assert charges(Payer("w", "c", "p", "q"), limits, late) == (
        Charge("question", "w/q", "", 10, None),
        Charge("user", "w/p", "2026-03-02"),
        Charge("channel", "w/c", "2026-03-02", None, 500_000_000),
        Charge("workspace", "w", "2026-03-02"),
        Charge("day", "", "2026-03-02"),
    )
    assert [one.scope for one in charges(Payer(), limits, late)] == ["day"]


def test_what_a_workspaces_admin_allows_narrows_what_the_settings_allow() -> None:
    wide, narrow = Limits(workspace=Limit(None, 7)), Limits(workspace=Limit(10, 7))
    assert narrowed(wide, None) == wide
    assert narrowed(wide, 50).workspace == Limit(50, 7)
    assert narrowed(narrow, 50).workspace == Limit(10, 7)
    assert narrowed(narrow, 0).workspace == Limit(0, 7), "nothing at all"


@given(st.text(), st.text())
def test_no_tokenizer_can_make_more_of_a_text_than_was_reserved(system: str, user: str) -> None:
    request = ModelRequest(task="t", prompt="t@1", system=system, user=user, max_tokens=5, time_limit_s=1)
    read, written = most_tokens(request)
    assert read > len((system + user).encode("utf-8", "replace"))
    assert written == 5


def test_a_budget_that_is_used_up_says_which_and_until_when() -> None:
    failed = no_room(Charge("user", "w/p", "2026-03-02", 500, None), 100, NOON)
    assert failed.outcome is ModelOutcome.BUDGET
    assert "Your budget" in failed.person
    assert failed.shortage is not None
    assert (failed.shortage.unit, failed.shortage.most) == ("tokens", 500)
    assert failed.shortage.until == datetime(2026, 3, 3, tzinfo=UTC)
    money = no_room(Charge("question", "w/q", "", None, 7), 100, NOON).shortage
    assert money is not None
    assert (money.unit, money.most, money.until) == ("money", 7, None)


def test_a_person_is_remembered_without_a_name() -> None:
    key = person_key("slack", "T1", "U123")
    assert key == person_key("slack", "T1", "U123")
    assert "U123" not in key
    assert len({key, person_key("slack", "T2", "U123"), person_key("discord", "T1", "U123")}) == 3


# --- the breaker ---


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_try() -> None:
    breaker = Breaker(failures=3, pause_s=10, longest_s=25)
    for _ in range(2):
        breaker.failed(0)
    breaker.succeeded()
    for _ in range(3):
        assert breaker.may_ask(0)
        breaker.failed(0)
    assert not breaker.may_ask(9.9)
    assert breaker.may_ask(10)
    assert not breaker.may_ask(10), "one at a time"
    breaker.failed(10)
    assert not breaker.may_ask(29)
    assert breaker.may_ask(30), "the pause doubles"
    breaker.abandoned()
    assert breaker.may_ask(30)
    breaker.failed(30)
    assert not breaker.may_ask(54)
    assert breaker.may_ask(55), "up to the longest"
    breaker.succeeded()
    assert breaker.may_ask(55)
    assert breaker.may_ask(55)


def test_what_only_a_person_can_mend_opens_the_breaker_at_once() -> None:
    breaker = Breaker()
    breaker.failed(0, for_good=True)
    assert not breaker.may_ask(599)
    assert breaker.may_ask(600)


def test_who_failed_after_it_opened_does_not_lengthen_the_pause() -> None:
    breaker = Breaker(failures=1, pause_s=10)
    for now_s in (0, 5, 9):
        breaker.failed(now_s)
    assert breaker.may_ask(10)


# --- waits ---


@pytest.mark.parametrize(
    ("head", "wait_s"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "7.5"}, 7.5),
        ({"retry-after": "Mon, 02 Mar 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 02 Mar 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "99999999"}, 86_400),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"x-ratelimit-reset-requests": "1m30s"}, 90),
        ({"x-ratelimit-reset-requests": "20ms", "x-ratelimit-reset-tokens": "6m0s"}, 360),
        ({"x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-tokens": "2s"}, 2),
        ({}, None),
    ],
)
def test_a_wait_is_what_the_server_says(head: dict[str, str], wait_s: float | None) -> None:
    assert told_wait_s(head, NOON) == wait_s


def test_only_a_limit_that_is_surely_used_up_keeps_others_waiting() -> None:
    assert used_up_s({"x-ratelimit-reset-requests": "9s"}) is None
    assert used_up_s({"x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "1"}) is None
    assert used_up_s({"x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "0"}) == 9


@given(st.text(max_size=40) | st.from_regex(r"[0-9.]{1,12}(ms|s|m|h|d|Z)?[0-9.smh]{0,12}", fullmatch=True))
def test_any_head_is_a_wait_within_a_day_or_none(text: str) -> None:
    for wait_s in (length_s(text), told_wait_s({"retry-after": text, "x-ratelimit-reset-tokens": text}, NOON)):
        assert wait_s is None or 0 <= wait_s <= 86_400


@given(st.integers(1, 50), st.floats(0, 1))
def test_pauses_grow_and_never_fall_together(failures: int, jitter: float) -> None:
    assert 0.25 <= pause_s(failures, jitter) <= 8
    assert pause_s(failures, 0) * 2 == pause_s(failures, 1)


# --- what servers say ---


def test_complaints_teach_what_to_leave_out() -> None:
    usual = Abilities()
    told = usual.after("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    assert told == Abilities(max_field="max_completion_tokens")
    assert usual.after("response_format.json_schema is not known") == Abilities(form="json_object")
    assert usual.after("Extra inputs are not permitted: stream_options") == Abilities(usage_in_stream=False)
    assert usual.after("'temperature' does not support 0") == Abilities(temperature=False)
    assert usual.after("System role not supported") == Abilities(system=False)
    assert usual.after("streaming is off").stream is False  # type: ignore[union-attr]
    left: Abilities | None = usual
    steps = 0
    while left is not None:
        left, steps = left.after("no"), steps + 1
    assert steps == 7, "and who says nothing is asked ever plainer, to an end"


def test_what_was_learned_is_read_again_or_forgotten() -> None:
    learned = Abilities(form="none", stream=False)
    assert read_abilities(learned.written()) == learned
    assert read_abilities("{") == read_abilities('{"form": "xml"}') == Abilities()


def test_a_model_without_system_messages_is_told_all_in_one() -> None:
    request = ModelRequest(task="a b", prompt="t@1", system="S\ud800", user="U", schema={"x": 1}, max_tokens=5, time_limit_s=1)
    body = body_of(request, Abilities(system=False, form="none", stream=False, temperature=False), "m")
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": 'S\ufffd\n\nThe JSON schema of your reply: {"x":1}\n\nU'}],
        "max_tokens": 5,
    }
    named = body_of(request, Abilities(), "m")["response_format"]["json_schema"]["name"]
    assert named == "a_b"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<think>so</think>\nYes.", "Yes."),
        ("\n<thinking>so</thinking>Yes.", "Yes."),
        ("<think>never ends", ""),
        ("Yes. <think> is a tag.", "Yes. <think> is a tag."),
    ],
)
def test_thoughts_are_left_out_where_they_stand_before_the_reply(text: str, kept: str) -> None:
    assert without_thoughts(text) == kept


@pytest.mark.parametrize(
    ("status", "words", "outcome", "code", "retry"),
    [
        (429, '{"error":{"code":"insufficient_quota"}}', ModelOutcome.LIMITED, "account-empty", False),
        (429, "slow", ModelOutcome.LIMITED, "rate-limit", True),
        (400, '{"error":{"code":"context_length_exceeded"}}', ModelOutcome.REFUSED, "too-long", False),
        (400, '{"error":{"code":"content_filter"}}', ModelOutcome.REFUSED, "unwanted", False),
        (500, "This exceeds the context window", ModelOutcome.REFUSED, "too-long", False),
        (504, "", ModelOutcome.SLOW, "status-504", True),
        (529, "", ModelOutcome.DOWN, "status-529", True),
        (505, "", ModelOutcome.DOWN, "status-505", False),
        (404, '{"error":{"code":"model_not_found"}}', ModelOutcome.REFUSED, "no-such-model", False),
        (404, '{"error":{"message":"model \\"small\\" not found, try pulling it"}}', ModelOutcome.REFUSED, "no-such-model", False),
        (404, '{"detail":"Not Found"}', ModelOutcome.REFUSED, "not-there", False),
        (404, "model " * 100_000, ModelOutcome.REFUSED, "not-there", False),
        (422, '{"detail":[{"input":"words of a person"}]}', ModelOutcome.REFUSED, "status-422", False),
        (400, '{"error":{"code":"words of a person"}}', ModelOutcome.REFUSED, "status-400", False),
        (400, "[" * 100_000, ModelOutcome.REFUSED, "status-400", False),
    ],
)
def test_a_refusal_is_understood_and_named_by_a_code(
    status: int, words: str, outcome: ModelOutcome, code: str, retry: bool
) -> None:
    trouble = trouble_of(status, {}, words, NOON)
    assert (trouble.outcome, trouble.code, trouble.retry) == (outcome, code, retry)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("no-access-401", "MODEL_KEY"), ("no-such-model", "MODEL_NAME"), ("not-there", "/v1"), ("a-page", "/v1"),
        ("certificate", "SSL_CERT_FILE"), ("no-tls", "http://"), ("account-empty", "MODEL_URL"), ("status-505", ""),
    ],
)  # fmt: skip
def test_the_owner_is_told_what_mends_it_in_both_languages(code: str, word: str) -> None:
    assert CURES["en"].keys() == CURES["de"].keys()
    finding = Finding("model", Verdict.BAD, code, "http://localhost/v1 small", f"model-{kind_of(code)}")
    for language in ("en", "de"):
        assert word in finding.line(language)
        assert finding.line(language).endswith(CURES[language][kind_of(code)])


@dataclass
class FakeAnswer:
    """The body of an answer, in pieces."""

    content: list[bytes]
    media_type: str = "text/event-stream"

    async def pieces(self, most_bytes: int) -> AsyncGenerator[bytes]:
        for piece in self.content:
            yield piece

    async def body(self, most_bytes: int) -> bytes:
        return b"".join(self.content)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ("choices", "delta", "message", "content", "text", "finish_reason", "usage", "prompt_tokens", "error", "refusal")
        ),
        inner,
        max_size=4,
    ),
    max_leaves=8,
)
LINES = st.one_of(
    st.binary(max_size=12),
    ODD.map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n"),
    st.text(max_size=6).map(lambda text: chunk({"delta": {"content": text}})),
    st.sampled_from([b"data: [DONE]\n\n", b": comment\r\n\r\n", b"event: x\ndata:", chunk({"finish_reason": "stop"})]),
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all examples."""
    with asyncio.Runner() as opened:
        yield opened


@given(parts=st.lists(LINES, max_size=6), whole=st.booleans(), piece=st.integers(1, 7))
def test_whatever_a_server_sends_is_a_reply_a_part_of_one_or_trouble(
    runner: asyncio.Runner, parts: list[bytes], whole: bool, piece: int
) -> None:
    content = b"".join(parts)
    answer: Any = FakeAnswer([content[at : at + piece] for at in range(0, len(content), piece)])
    reading = Reading(500)

    async def read() -> Said:
        await (reading.whole(answer, 1000) if whole else reading.stream(answer, 1000))
        return reading.end()

    try:
        said = runner.run(read())
    except BrokenOff as broken:
        said = broken.said
        assert said.finish == "cut"
    except Trouble:
        return
    assert said.text.strip()
    assert said.text.encode("utf-8")


@given(words=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=1, max_size=8), piece=st.integers(1, 9))
def test_a_stream_is_put_together_wherever_it_is_torn(runner: asyncio.Runner, words: list[str], piece: int) -> None:
    content = b"".join(chunk({"delta": {"content": word}}) for word in words) + chunk({"finish_reason": "stop"})
    answer: Any = FakeAnswer([content[at : at + piece] for at in range(0, len(content), piece)])
    reading = Reading(500)
    runner.run(reading.stream(answer, 1000))
    assert reading.text == "".join(words)


def test_every_outcome_is_said_in_both_voices() -> None:
    for outcome in ModelOutcome:
        failed = ModelFailed(outcome)
        assert failed.person.endswith(".")
        assert failed.code == f"model-{outcome}"
        assert person_text(failed, "en") == failed.person
        assert "Sprachmodell" in person_text(failed, "de")
    for scope in SCOPES:
        used_up = no_room(Charge(scope, "", "", 1), 2, NOON)
        assert person_text(used_up, "de") != person_text(ModelFailed(ModelOutcome.BUDGET), "de") or scope == "day"


def test_nothing_heavy_is_loaded_before_a_model_is_asked() -> None:
    script = (
        "import sys, bot.language_model.opening as o\n"
        "o.read_setup(model_url='http://a', model_name='m')\n"
        "print(sorted({'httpx', 'jinja2', 'h2', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


