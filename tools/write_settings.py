"""Writes the pages that are made from the table of settings: `.env.example` and `docs/settings.md`."""

from pathlib import Path

from bot.settings import env_example, settings_page

ROOT = Path(__file__).resolve().parent.parent

(ROOT / ".env.example").write_text(env_example(), "utf-8")
(ROOT / "docs" / "settings.md").write_text(settings_page(), "utf-8")
