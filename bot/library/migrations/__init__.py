"""`migrations` brings the tables up to this release, step by numbered step; nothing here goes back a step.

A new step: change `tables`, add `versions/000N_….py`, add its number to `revisions.REVISIONS`. A test compares them.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def config() -> Config:
    """Alembic's settings for these migrations; there is no ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return settings


def upgrade(connection: Connection) -> None:
    """Run every step that is missing, inside the transaction of `connection`; nothing is done when none is."""
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
