"""How Alembic runs our steps: in the transaction it is handed, or, from its command line, on VERBATIM_DATABASE_URL."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from bot.library import engines, revisions, tables


def run(connection: Connection) -> None:
    """Run the steps on a connection whose transaction the caller ends."""
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        version_table=revisions.TABLE,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by making it anew
    )
    context.run_migrations()


async def run_alone() -> None:
    """For `alembic revision --autogenerate` and its like, run by a developer."""
    engine = engines.open_async(os.environ["VERBATIM_DATABASE_URL"])
    async with engine.execution_options(**engines.WRITING).begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if (handed := context.config.attributes.get("connection")) is not None:
    run(handed)
else:
    asyncio.run(run_alone())
