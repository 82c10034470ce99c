"""Puts the parts together: from values as settings hold them to a language model, an embedder and their prompts."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.language_model import budget, costs
from bot.language_model.budget import Limits
from bot.language_model.chat_completions import ChatCompletions
from bot.language_model.costs import Price
from bot.language_model.embeddings import Embeddings, with_prefixes
from bot.language_model.endpoints import Endpoint, read_endpoints, split_list
from bot.language_model.metering import Meter, WorkspaceTokens
from bot.language_model.own_models import OwnModels, OwnModelStore
from bot.language_model.port import BudgetStore, Embedder, LanguageModel
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.language_model.switchboard import Line, Switchboard
from bot.language_model.wire import CONNECTIONS, Wire

log = logging.getLogger(__name__)

OPENAI_URL: Final = "OPENAI_BASE_URL"
OPENAI_KEY: Final = "OPENAI_API_KEY"
OPENAI_HOST: Final = "api.openai.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSetup:
    """What opening takes, checked."""

    endpoints: tuple[Endpoint, ...] = ()
    embedder: Endpoint | None = None
    embedder_folder: Path | None = None
    prices: dict[str, Price]
    workspace_hosts: frozenset[str] = frozenset()
    limits: Limits
    timeout_s: float = 30.0
    connections: int = CONNECTIONS
    thinking_tokens: int = 0
    query_prefix: str = ""
    passage_prefix: str = ""
    prompts_dir: Path | None = None
    keep_text: bool = False


@dataclass(frozen=True, slots=True)
class ModelRoom:
    """All that asks models. `model` and `embedder` are None where the settings name none."""

    setup: ModelSetup
    model: LanguageModel | None
    embedder: Embedder | None
    prompts: PromptFiles


def read_setup(
    *,
    model_url: str = "",
    model_name: str = "",
    model_key: str = "",
    model_timeout_s: float = 30.0,
    model_connections: int = CONNECTIONS,
    model_thinking_tokens: int = 0,
    model_prices: str = "",
    model_workspace_hosts: str = "",
    embedding_url: str = "",
    embedding_name: str = "",
    embedding_key: str = "",
    embedding_path: str = "",
    embedding_query_prefix: str = "",
    embedding_passage_prefix: str = "",
    prompts_dir: Path | None = None,
    budget_question_tokens: int = 0,
    budget_question_money: float = 0.0,
    budget_user_tokens: int = 0,
    budget_user_money: float = 0.0,
    budget_channel_tokens: int = 0,
    budget_channel_money: float = 0.0,
    budget_workspace_tokens: int = 0,
    budget_workspace_money: float = 0.0,
    budget_day_tokens: int = 0,
    budget_day_money: float = 0.0,
    debug_model_text: bool = False,
    origins: Mapping[str, str] = MappingProxyType({}),
) -> ModelSetup:
    """A setup from the settings, by their names. Raises SettingsError for what does not fit together.

    `origins` are those of the settings. The key that a machine holds for OpenAI is sent to OpenAI, and to the server
    that its owner put into OpenAI's place, and to nobody else.
    """
    if OPENAI_KEY in origins.get("model_key", "") and OPENAI_URL not in origins.get("model_url", ""):
        first = split_list(model_url)[:1]
        if not first or urlsplit(first[0]).hostname != OPENAI_HOST:
            log.warning("%s is not sent to the server of model_url; VERBATIM_MODEL_KEY would be", OPENAI_KEY)
            model_key = ""
    embedders = read_endpoints(embedding_url, embedding_name, embedding_key, setting="embedding")
    if len(embedders) > 1:
        what = "embedding_url names several servers; vectors of different models cannot be compared"
        raise SettingsError("embedding-endpoints", what, f"The settings of the model do not fit together: {what}.")
    if embedders and embedding_path:
        what = "embedding_url and embedding_path name two models; one of them has to be empty"
        raise SettingsError("embedding-endpoints", what, f"The settings of the model do not fit together: {what}.")
    return ModelSetup(
        endpoints=read_endpoints(model_url, model_name, model_key),
        embedder=embedders[0] if embedders else None,
        embedder_folder=Path(embedding_path).expanduser().absolute() if embedding_path else None,
        prices=costs.read_prices(model_prices),
        workspace_hosts=frozenset(model_workspace_hosts.replace(",", " ").split()),
        limits=Limits(
            question=budget.limit(budget_question_tokens, budget_question_money),
            user=budget.limit(budget_user_tokens, budget_user_money),
            channel=budget.limit(budget_channel_tokens, budget_channel_money),
            workspace=budget.limit(budget_workspace_tokens, budget_workspace_money),
            day=budget.limit(budget_day_tokens, budget_day_money),
        ),
        timeout_s=model_timeout_s,
        connections=model_connections,
        thinking_tokens=model_thinking_tokens,
        query_prefix=_prefix(embedding_query_prefix),
        passage_prefix=_prefix(embedding_passage_prefix),
        prompts_dir=prompts_dir,
        keep_text=debug_model_text,
    )


def setup_of(settings: Any) -> ModelSetup:
    """The setup of `bot.settings.Settings`, which this room knows by the names of its values. Raises SettingsError."""
    values = {name: getattr(settings, name) for name in signature(read_setup).parameters}
    return read_setup(**{name: value.reveal() if hasattr(value, "reveal") else value for name, value in values.items()})


def _prefix(text: str) -> str:
    """With the blank behind it, which no variable of an environment keeps."""
    return f"{text.rstrip()} " if text.strip() else ""


@asynccontextmanager
async def open_model_room(
    setup: ModelSetup,
    store: BudgetStore,
    *,
    workspace_tokens: WorkspaceTokens | None = None,
    own_models: OwnModelStore | None = None,
) -> AsyncIterator[ModelRoom]:
    """Open all that asks models, for one event loop. Nothing is sent before somebody asks.

    `workspace_tokens` tells what a workspace's own admin allows it a day, beside what the settings allow; `own_models`
    knows the models that workspaces brought.
    """
    async with AsyncExitStack() as stack:
        metered = partial(
            Meter, store, setup.limits, setup.prices, keep_text=setup.keep_text, workspace_tokens=workspace_tokens
        )
        meter, own_meter = metered(), metered(own=True)

        def switchboard(endpoints: Sequence[Endpoint], meter: Meter) -> Switchboard:
            width = setup.connections
            lines = [Line(ChatCompletions(Wire(endpoint, connections=width)), width=width) for endpoint in endpoints]
            return Switchboard(lines, meter, store, timeout_s=setup.timeout_s)

        model: LanguageModel | None = None
        if setup.endpoints:
            house = switchboard(setup.endpoints, meter)
            stack.push_async_callback(house.close)
            model = house
        if own_models is not None and setup.workspace_hosts:
            model = own = OwnModels(
                model,
                own_models,
                lambda endpoint: switchboard([endpoint], own_meter),
                allowed_hosts=setup.workspace_hosts,
            )
            stack.push_async_callback(own.close)
        embedder = await stack.enter_async_context(_embedder(setup, meter))
        prompts = PromptFiles(prompt_folders(setup.prompts_dir), thinking_tokens=setup.thinking_tokens)
        yield ModelRoom(setup, model, embedder, prompts)


def embedding_model(setup: ModelSetup) -> str:
    """By which the vectors of a setup's embedder are known, as `Embedder.model` says; "" without one. SettingsError."""
    if setup.embedder_folder is not None:
        from bot.language_model.local_embedder import LocalEmbedder

        folder, query, passage = setup.embedder_folder, setup.query_prefix, setup.passage_prefix
        return LocalEmbedder(folder, query_prefix=query, passage_prefix=passage).model
    return with_prefixes(setup.embedder.model, setup.query_prefix, setup.passage_prefix) if setup.embedder else ""


@asynccontextmanager
async def _embedder(setup: ModelSetup, meter: Meter) -> AsyncIterator[Embedder | None]:
    """The embedder of a setup, by its server or from its folder. Raises SettingsError."""
    if setup.embedder_folder is not None:
        from bot.language_model.local_embedder import LocalEmbedder

        folder, query, passage = setup.embedder_folder, setup.query_prefix, setup.passage_prefix
        yield LocalEmbedder(folder, query_prefix=query, passage_prefix=passage)
    elif setup.embedder is not None:
        embedder = Embeddings(
            Wire(setup.embedder),
            meter,
            query_prefix=setup.query_prefix,
            passage_prefix=setup.passage_prefix,
            timeout_s=setup.timeout_s,
        )
        try:
            yield embedder
        finally:
            await embedder.close()
    else:
        yield None
