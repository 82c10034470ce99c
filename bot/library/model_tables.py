"""The tables of calls of a language model and what they cost; `tables` tells of the columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, Table, Text

from bot.library.tables import Key, metadata

model_call = Table(
    "model_call",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("person", Text, nullable=False),  # a hash
    Column("question", Text, nullable=False),
    Column("tokens", Integer, nullable=False),  # the most that it can be
    Column("money", BigInteger, nullable=False),  # in billionths, the most that it can cost
    Column("charges", Text, nullable=False),  # JSON: the keys of the budgets that it counts against
    Column("verdict", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("ended_at", Text),  # NULL: it has not ended, or its process has
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("cost", BigInteger, nullable=False),  # in billionths
    Column("seconds", Float, nullable=False),
    Column("said", LargeBinary),  # NULL, unless the settings ask for it
    Index("ix_model_call_at", "at"),
)

model_budget = Table(  # what counts against each budget by now, what is reserved included
    "model_budget",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("day", Text, primary_key=True),  # empty where days do not count
    Column("tokens", BigInteger, nullable=False),
    Column("money", BigInteger, nullable=False),  # in billionths
    Column("touched_at", Text, nullable=False),
    Index("ix_model_budget_touched_at", "touched_at"),
)

workspace_model = Table(  # the endpoint that a workspace brought
    "workspace_model",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("set_at", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),  # sealed
)

model_prompt = Table(  # the file behind each prompt that was ever used
    "model_prompt",
    metadata,
    Column("prompt", Text, primary_key=True),
    Column("first_used_at", Text, nullable=False),
    Column("template", LargeBinary, nullable=False),
)

model_ability = Table(  # what each endpoint was found to be able to do
    "model_ability",
    metadata,
    Column("endpoint", Text, primary_key=True),
    Column("learned_at", Text, nullable=False),
    Column("abilities", Text, nullable=False),  # JSON
)

model_writing = Table(  # what a model wrote and the gate let through, for a few days
    "model_writing",
    metadata,
    Column("key", Text, primary_key=True),  # SHA-256 of everything that it was made of
    Column("kept_at", Text, nullable=False),
    Column("written", LargeBinary, nullable=False),
    Index("ix_model_writing_kept_at", "kept_at"),
)
