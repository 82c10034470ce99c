"""`verbatim eval answers`: a model that copies gets full marks, one that lies gets none."""

from __future__ import annotations

from pathlib import Path

from bot.evaluation.answers import Asked, evaluate, score_of
from bot.settings import load_settings
from tests.protocol.model_server import ModelServer


async def test_a_model_that_copies_is_scored_by_what_the_reports_say(tmp_path: Path) -> None:
    async with ModelServer() as server:
        values = {"data_dir": tmp_path / "data", "model_url": server.url, "model_name": server.model}
        score, asked = await evaluate(load_settings(values, env={}, cwd=tmp_path), only="de-s")
    assert [one.id for one in asked] == ["de-strom", "de-schaden"]
    assert (score.worded, score.citation_recall, score.numbers, score.false_refusals) == (2, 1.0, 1.0, 0)


def test_shares_are_of_what_there_was_to_judge() -> None:
    right = Asked("en-1", ("Nine.",), "", cited=2, fitting=1, found=1, gold=2, refused=False, offered=3, dropped={"number": 1, "language": 1})
    nothing = Asked("en-2", (), "dropped", cited=0, fitting=0, found=0, gold=1, refused=True, offered=1, dropped={"date": 1})
    invented = Asked("en-3", ("Ten.",), "", cited=1, fitting=0, found=0, gold=0, refused=False, offered=1)
    score = score_of([right, nothing, invented])
    assert (score.worded, score.answerable, score.false_refusals, score.failures) == (1, 2, 1, {"dropped": 1})
    assert (score.citation_precision, score.citation_recall, score.refusal) == (1 / 2, 1 / 3, 0.0)
    assert (score.language, score.numbers, score.borne_out) == (4 / 5, 3 / 5, 2 / 5)
    assert score_of([]).refusal is None
