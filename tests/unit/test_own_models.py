"""Models that workspaces bring: who is answered by which, which hosts may be named, and how keys are sealed."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LibraryBusy, LibraryError, SettingsError
from bot.language_model.budget import Limits, charges
from bot.language_model.endpoints import Endpoint
from bot.language_model.own_models import KNOWN_S, MOST_OPEN, OwnModel, OwnModels, OwnModelStore, checked
from bot.language_model.port import ModelFailed, ModelOutcome, ModelReply, ModelRequest, Payer
from bot.library.sealing import Seal, new_key, seal_of_file

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOST = "models.example"
SEAL = Seal("quite a long secret")


@dataclass
class FakeModel:
    """Says its name."""

    name: str
    fails: bool = False
    closed: bool = False

    async def complete(self, request: ModelRequest) -> ModelReply:
        if self.fails:
            raise ModelFailed(ModelOutcome.DOWN)
        return ModelReply(self.name, "m", "e", 1, 1, 0.0, Decimal(0), "stop")

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeStore:
    own: dict[str, OwnModel] = field(default_factory=dict)
    asked: int = 0
    error: LibraryError | None = None

    async def own_model(self, workspace: str) -> OwnModel | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.own.get(workspace)

    async def put_own_model(self, own: OwnModel, *, by: str, now: object) -> None:
        self.own[own.workspace] = own

    async def remove_own_model(self, workspace: str) -> bool:
        return self.own.pop(workspace, None) is not None

    async def own_models(self) -> list[OwnModel]:
        return list(self.own.values())


@dataclass
class House:
    store: FakeStore = field(default_factory=FakeStore)
    made: dict[str, FakeModel] = field(default_factory=dict)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        store: OwnModelStore = self.store
        self.models = OwnModels(
            FakeModel("house"), store, self.make, allowed_hosts=[HOST], clock=lambda: self.now_s
        )

    def make(self, endpoint: Endpoint) -> FakeModel:
        self.made[endpoint.model] = FakeModel(endpoint.model)
        return self.made[endpoint.model]

    async def says(self, workspace: str) -> str:
        request = ModelRequest(
            task="t", prompt="t@1", system="", user="", max_tokens=1, time_limit_s=1, payer=Payer(workspace)
        )
        return (await self.models.complete(request)).text


def brought(workspace: str, model: str = "theirs", url: str = f"https://{HOST}/v1") -> OwnModel:
    return OwnModel(workspace, url, model, "sk-1")


async def test_a_workspace_is_answered_by_its_own_model_and_others_by_the_houses() -> None:
    house = House()
    house.store.own["w1"] = brought("w1")
    assert [await house.says(workspace) for workspace in ("w1", "w2", "", "w1")] == ["theirs", "house", "house", "theirs"]
    assert house.store.asked == 2, "and is not looked up each time"
    house.made["theirs"].fails = True
    with pytest.raises(ModelFailed):
        await house.says("w1")  # the house does not pay in its place


async def test_a_change_is_noticed() -> None:
    house = House()
    assert await house.says("w1") == "house"
    house.store.own["w1"] = brought("w1")
    assert await house.says("w1") == "house"
    house.now_s += KNOWN_S
    assert await house.says("w1") == "theirs"
    del house.store.own["w1"]
    house.models.forget("w1")
    assert await house.says("w1") == "house"


async def test_connections_of_few_workspaces_are_kept() -> None:
    house = House()
    for number in range(MOST_OPEN + 3):
        house.store.own[f"w{number}"] = brought(f"w{number}", f"m{number}")
        await house.says(f"w{number}")
    assert [name for name, model in house.made.items() if model.closed] == ["m0", "m1", "m2"]
    await house.models.close()
    assert all(model.closed for model in house.made.values())


async def test_a_library_or_an_entry_that_cannot_be_read_costs_style_only() -> None:
    house = House()
    house.store.error = LibraryBusy("library-busy")
    with pytest.raises(ModelFailed):
        await house.says("w1")
    house.store.error = None
    house.store.own["w1"] = brought("w1", url="http://169.254.169.254/v1")
    with pytest.raises(ModelFailed) as failed:
        await house.says("w1")
    assert failed.value.code == "own-model-host"


@pytest.mark.parametrize(
    "url", [f"http://{HOST}/v1", "https://elsewhere.example", f"https://{HOST}.evil.example", f"https://{HOST}@evil.example",
            f"https://{HOST}/v1,https://{HOST}/v2", "", "https://127.0.0.1/v1"],
)  # fmt: skip
def test_only_allowed_hosts_over_https_may_be_named(url: str) -> None:
    with pytest.raises(SettingsError):
        checked(brought("w", url=url), [HOST])
    assert checked(brought("w"), [HOST]) == Endpoint(f"https://{HOST}/v1", "theirs", "sk-1")


def test_the_house_does_not_pay_for_a_workspaces_own_model() -> None:
    payer = Payer("w", "c", "p", "q")
    assert [one.scope for one in charges(payer, Limits(), NOON, own=True)] == ["question", "user", "channel", "workspace"]


# --- the seal ---


@given(st.text(), st.text())
def test_what_is_sealed_is_opened_where_it_belongs(text: str, place: str) -> None:
    sealed = SEAL.seal(text, place)
    assert SEAL.open(sealed, place) == text
    assert sealed != SEAL.seal(text, place)
    with pytest.raises(SettingsError):
        SEAL.open(sealed, place + "x")
    with pytest.raises(SettingsError):
        SEAL.open(sealed[:-1], place)


def test_a_key_is_changed_by_putting_the_new_one_before_the_old() -> None:
    old, new = new_key(), new_key()
    before = Seal(old).seal("sk-1", "w")
    both = Seal(f"{new}, {old}")
    assert both.open(before, "w") == "sk-1"
    assert Seal(new).open(both.seal("sk-1", "w"), "w") == "sk-1"
    with pytest.raises(SettingsError):
        Seal(new).open(before, "w")
    for bad in ("", " , ", "short", f"{new},short"):
        with pytest.raises(SettingsError):
            Seal(bad)


def test_the_key_lies_in_a_file_of_its_own_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    sealed = seal_of_file(path).seal("sk-1", "w")
    assert seal_of_file(path).open(sealed, "w") == "sk-1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["seal.key"]
    assert path.read_text().strip() not in repr(seal_of_file(path))
    path.write_text("short")
    with pytest.raises(SettingsError):
        seal_of_file(path)
    with pytest.raises(SettingsError):
        seal_of_file(tmp_path / "missing" / "seal.key")
