"""Wait until nothing is on its way any more, seen from topics and databases alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo

from contracts.catalogue import SERVICES
from tests.chaos.watching import Sample

DUE_SOON = timedelta(seconds=1)

Database = pymongo.AsyncMongoClient[dict[str, Any]]


async def hurry(database: Database) -> None:
    """Make the next try of everything that failed due now: nobody waits eleven minutes here."""
    now = datetime.now(UTC)
    for service in SERVICES:
        parked = database[f"astreinte_{service}"].parked
        await parked.update_many({"state": "parked", "next_due": {"$gt": now}}, {"$set": {"next_due": now}})
    notify = database["astreinte_notify"]
    tried = {"attempt_at": {"$gt": now + DUE_SOON}, "state": {"$ne": "sending"}, "settles_at": None}
    leased = {"state": "sending", "attempt_at": {"$gt": now + timedelta(minutes=5)}}
    for messages in (notify.deliveries, notify.webhooks):
        await messages.update_many(tried, {"$set": {"attempt_at": now}})
        # Taken while the clock was an hour ahead: its lease would run out in an hour.
        await messages.update_many(leased, {"$set": {"attempt_at": now}})
    await notify.webhook_feeds.update_many({"held_until": {"$gt": now}}, {"$set": {"held_until": now}})


async def unrest(database: Database, sample: Sample) -> list[str]:
    """What is still on its way; empty when all is quiet."""
    reasons = [_unread(service, sample) for service in SERVICES if sample.lag(service)]
    if not sample.ends:
        reasons.append("Kafka does not answer")
    for service in SERVICES:
        db = database[f"astreinte_{service}"]
        waiting = {"state": {"$in": ["parked", "awaiting"]}}
        if count := await db.parked.count_documents(waiting):
            reasons.append(f"{service} has {count} events to try again")
        for name in await db.list_collection_names():
            unpublished = {"outbox.0": {"$exists": True}}
            if count := await db[name].count_documents(unpublished):
                reasons.append(f"{service}.{name}: {count} have unpublished events")
            if count := await db[name].count_documents({"rows.0": {"$exists": True}}):
                reasons.append(f"{service}.{name}: {count} have rows to move")
    unplanned = {"state": "waiting", "attention": None, "held": False}
    if count := await database["astreinte_dispatch"].visits.count_documents(unplanned):
        reasons.append(f"{count} visits wait for the planner")
    now = datetime.now(UTC)
    due = {"attempt_at": {"$lte": now + DUE_SOON}}
    if count := await database["astreinte_notify"].deliveries.count_documents(due):
        reasons.append(f"{count} messages are due")
    if count := await database["astreinte_notify"].deliveries.count_documents({"state": "sending"}):
        reasons.append(f"{count} messages are being sent")
    unsent = {"state": {"$in": ["queued", "sending"]}}
    if count := await database["astreinte_notify"].webhooks.count_documents(unsent):
        reasons.append(f"{count} webhooks are on their way")
    return reasons


def _unread(service: str, sample: Sample) -> str:
    behind = sample.behind(service)
    (topic, partition), most = max(behind.items(), key=lambda each: each[1])
    return f"{service} has {sum(behind.values())} records to read, {most} of them in {topic}/{partition}"
