"""An address that has moved for good; when the new one is watched already, the two become one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.library import rows
from bot.library.rows import instant_column
from bot.library.source_store import CheckClaim, Note
from bot.library.source_writes.claims import is_ours
from bot.library.source_writes.statements import change, update_watched
from bot.library.source_writes.trail import note_address
from bot.library.writes import run_on


def move(connection: Connection, claim: CheckClaim, address: str, host: str, now: datetime) -> bool:
    old = claim.watched
    if not is_ours(connection, "watched", old.id, claim.holder):
        return False
    where = {"kind": str(old.kind), "address": rows.to_column(address)}
    found = run_on(connection)("SELECT id FROM watched WHERE kind = :kind AND address = :address", where)
    note = Note("moved", "moved-for-good", f"from {old.address} to {address}")
    fresh = {
        "etag": "",
        "last_modified": "",
        "moved_to": "",
        "moved_times": 0,
        "next_check_at": instant_column(now),
        "lease_holder": "",
        "lease_until": None,
    }
    if not found:
        update_watched(connection, old.id, fresh | {"address": where["address"], "host": rows.to_column(host)})
        note_address(connection, old.id, note, now)
        return True
    target = int(found[0][0])
    _merge_items(connection, old.id, target)
    both = {"old": old.id, "target": target}
    followed = "UPDATE source_choice SET watched_id = :target, needs_body = :yes WHERE watched_id = :old"
    change(connection, followed, both | {"yes": True})
    change(connection, "UPDATE trail SET watched_id = :target WHERE watched_id = :old", both)
    change(connection, "DELETE FROM watched WHERE id = :old", both)
    due = "UPDATE watched SET next_check_at = :now WHERE id = :target"
    change(connection, due, both | {"now": instant_column(now)})
    note_address(connection, target, note, now)
    return True


def _merge_items(connection: Connection, old: int, target: int) -> None:
    """Hang the items of one address under another; those that both have become one."""
    pairs = run_on(connection)(
        "SELECT a.id, min(b.id) FROM item a JOIN item b ON b.watched_id = :target AND "
        "((a.guid_key <> '' AND b.guid_key = a.guid_key) OR (a.link_key <> '' AND b.link_key = a.link_key) "
        "OR b.name = a.name) WHERE a.watched_id = :old GROUP BY a.id",
        {"old": old, "target": target},
    )
    both = [{"old": a, "target": b} for a, b in pairs]
    change(
        connection,
        "UPDATE item_outcome SET item_id = :target WHERE item_id = :old AND NOT EXISTS "
        "(SELECT 1 FROM item_outcome o WHERE o.item_id = :target AND o.source_id = item_outcome.source_id)",
        both,
    )
    change(connection, "DELETE FROM item_outcome WHERE item_id = :old AND item_id <> :target", both)
    change(connection, "UPDATE trail SET item_id = :target WHERE item_id = :old", both)
    # what the one still had to read, the other has to read now
    change(
        connection,
        "UPDATE item SET due_at = coalesce(due_at, (SELECT due_at FROM item a WHERE a.id = :old)), "
        "content = coalesce(content, (SELECT content FROM item a WHERE a.id = :old)) WHERE id = :target",
        both,
    )
    change(connection, "DELETE FROM item WHERE id = :old AND id <> :target", both)
    hang = "UPDATE item SET watched_id = :target, lease_holder = '', lease_until = NULL WHERE watched_id = :old"
    change(connection, hang, {"old": old, "target": target})
