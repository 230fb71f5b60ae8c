"""What the embedded MongoDB is set up for."""

import asyncio
from typing import Any

import pymongo

from tests.servers import RealServers

RECOVERY_SECONDS = 11.0
"""A killed service's work is taken up again after its consumers' session (6 s) and five seconds more."""


async def test_what_a_killed_process_left_in_a_transaction_blocks_nobody_for_longer_than_its_session(
    servers: RealServers, unique: str
) -> None:
    async with (
        pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb) as killed,
        pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb) as other,
    ):
        await other[unique].visits.insert_one({"_id": "v-1", "version": 1})
        session = killed.start_session()
        await session.start_transaction()
        await killed[unique].visits.update_one({"_id": "v-1"}, {"$set": {"version": 2}}, session=session)
        change = other[unique].visits.update_one({"_id": "v-1", "version": 1}, {"$set": {"by": "other"}})
        changed = await asyncio.wait_for(change, RECOVERY_SECONDS)
        assert changed.modified_count == 1
        await other.drop_database(unique)
        await asyncio.gather(session.end_session(), return_exceptions=True)
