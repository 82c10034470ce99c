"""The adapter answers one line per line, whatever it is sent."""

from __future__ import annotations

import base64
import hmac
import json
import subprocess
import sys
from pathlib import Path

from tests.eval.adapter import answer

HOUSE = Path(__file__).resolve().parents[2]


def ask(**request: object) -> dict[str, object]:
    return answer(json.dumps(request).encode())


def test_it_locates_a_quote_by_the_real_code() -> None:
    sources = {"a": "Der Steg ist zu.", "b": "The pier is shut."}
    assert ask(op="quote", id="1", sources=sources, cited="b", claim="“the pier is shut”") == {
        "verdict": "accept", "code": "", "source": "b", "start": 0, "end": 16, "text": "The pier is shut",
    }  # fmt: skip
    assert ask(op="quote", sources=sources, cited="a", claim="The pier is shut.")["code"] == "misattributed"
    assert ask(op="quote", sources=sources, cited="a", claim="The pier is open.") == {
        "verdict": "reject", "code": "fabricated",
    }  # fmt: skip


def test_what_it_cannot_answer_it_says() -> None:
    assert ask(op="ping") == {"ok": True}
    assert "no such operation" in str(ask(op="sing")["error"])
    assert ask(op="quote", sources={})["error"]
    assert answer(b"no json")["error"]
    assert answer(b"[]")["error"]


def test_it_speaks_lines() -> None:
    lines = b'{"op": "ping"}\n\n{"op": "?"}\n'
    run = subprocess.run([sys.executable, "-m", "tests.eval.adapter"], input=lines, capture_output=True, cwd=HOUSE, check=True)
    assert [list(json.loads(line)) for line in run.stdout.splitlines()] == [["ok"], ["error"]]


def test_it_gives_requests_to_the_door_for_slack() -> None:
    now, secret = 1_772_452_800, "shared-secret"
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "text": "hi", "channel": "C1", "ts": "1.1"}}
    raw = json.dumps(event).encode()
    digest = hmac.new(secret.encode(), f"v0:{now}:".encode() + raw, "sha256").hexdigest()
    headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": f"v0={digest}"}
    asked = {"op": "slack_request", "secret": secret, "now": now, "path": "/slack/events", "headers": headers, "body_b64": base64.b64encode(raw).decode()}
    changes: list[dict[str, object]] = [{}, {}, {"now": now + 301}, {"headers": {}}]
    lines = "\n".join(json.dumps({**asked, **changed}) for changed in changes)
    run = subprocess.run([sys.executable, "-m", "tests.eval.adapter"], input=lines.encode(), capture_output=True, cwd=HOUSE, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(one["status"], one["handled"]) for one in answers] == [(200, 1), (200, 0), (401, 0), (401, 0)]


def test_it_tells_when_something_fires_and_is_made_up_for() -> None:
    daily = {"tz": "Europe/Vienna", "spec": {"kind": "daily", "time": "02:30"}, "from": "2027-03-27T00:00:00Z"}
    assert ask(op="schedule", until="2027-03-28T12:00:00Z", **daily) == {"fires": ["2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z"]}
    lives = [["2027-03-27T00:00:00Z", "2027-03-27T01:00:00Z"], ["2027-03-28T03:00:00Z", "2027-03-29T02:00:00Z"]]
    assert ask(op="catchup", up=lives, grace_s=7200, **daily) == {
        "posts": [
            {"for": "2027-03-28T01:30:00Z", "at": "2027-03-28T03:00:00Z"},
            {"for": "2027-03-29T00:30:00Z", "at": "2027-03-29T00:30:00Z"},
        ]
    }  # fmt: skip
    back = [{"mono": 0, "wall": "2027-03-27T01:20:00Z"}, {"mono": 900, "wall": "2027-03-27T01:00:00Z"}]
    assert ask(op="clock", points=back, end_mono=7200, grace_s=7200, **daily) == {
        "posts": [{"for": "2027-03-27T01:30:00Z", "at_mono": 600.0}]
    }  # fmt: skip


def test_it_reads_a_feed_by_the_real_code(tmp_path: Path) -> None:
    body = tmp_path / "body.xml"
    body.write_text('<rss version="2.0"><channel><item><guid>1</guid><title>Lift & crane</title></item></channel></rss>')
    assert ask(op="parse", path=str(body), content_type="text/xml") == {
        "ok": True, "entries": [{"title": "Lift & crane", "link": "", "id": "1", "text": "", "text_type": "html"}],
    }  # fmt: skip
    body.write_text("/etc/passwd")
    assert ask(op="parse", path=str(body))["ok"] is False
