"""``python -m tests.chaos.clocks RUN.json``: every clock worked out again from its ticket's log.

What was said of it, in the ticket and on the topic, is compared with that; a sentence each as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pymongo

from services.ticket.cli.replaying import replayed


async def told_otherwise(kafka: str, mongodb: str) -> list[str]:
    async with pymongo.AsyncMongoClient[dict[str, Any]](mongodb, tz_aware=True) as client:
        found = await replayed(client.astreinte_ticket, kafka)
    return [f"{each.target} of {each.number}: {each.said}, not {each.computed}" for each in found.differences]


if __name__ == "__main__":
    run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(asyncio.run(told_otherwise(run["kafka"], run["mongodb"]))))
