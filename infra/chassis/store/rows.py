"""Rows that lie in their aggregate's document although their own collection should have them.

A commit writes them beside the aggregate and moves them right afterwards. Where the process or the
database stops in between, the events beside them may be published and trimmed without them: rows are
found by themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from infra.chassis.store.collection import Document
from infra.chassis.store.mongo import Database, look_in
from infra.chassis.store.writing import move_rows

LIMIT = 500
OLDEST_ROW = "rows.0.document.updated_at"


async def holding(db: Database, names: Iterable[str], field: str, overdue: datetime) -> list[str]:
    """Those of the collections with a document in which the moment ``field`` lies before ``overdue``."""
    look: list[Document] = [
        {"$match": {field: {"$lte": overdue}}},
        {"$limit": 1},
        {"$project": {"_id": 1}},
    ]
    return [name for name, _ in await look_in(db, dict.fromkeys(names, look))]


async def move_left_behind(db: Database, names: Iterable[str], overdue: datetime) -> int:
    """Move what was written before ``overdue``, the oldest first; in how many documents it lay."""
    moved = 0
    for name in await holding(db, names, OLDEST_ROW, overdue):
        found = db[name].find({OLDEST_ROW: {"$lte": overdue}}, {"rows": 1})
        for document in await found.sort(OLDEST_ROW, 1).to_list(LIMIT):
            await move_rows(db, document["rows"])
            ids = [row["document"]["_id"] for row in document["rows"]]
            await db[name].update_one(
                {"_id": document["_id"]}, {"$pull": {"rows": {"document._id": {"$in": ids}}}}
            )
            moved += 1
    return moved
