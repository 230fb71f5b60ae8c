"""Dead letters: what a service could not take in, kept until a person replays or drops it.

They live among the parked, where they keep blocking the later events of their key, and are copied
to the service's dead-letter topic for whoever watches it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.events import inbox
from infra.chassis.events.parked import PARKED, PARKED_AUDIT, Parked, from_document, of_key
from infra.chassis.events.parser import read
from infra.chassis.store.mongo import Client, Database, Session, open_session

DEAD_STREAM = "dead-letters"
COPIED_HEADERS, COPIED_BODY = 64 * 1024, 768 * 1024
"""With what describes the letter well below the 1 MiB that a record may have."""


def topic_of(service: str) -> str:
    """The dead-letter topic of a service."""
    return f"{service}.dead-letters.v1"


def buried(service: str, letter: Parked, now: datetime, catalogue: Catalogue = CATALOGUE) -> Parked:
    """A dead event with its copy for the dead-letter topic.

    The copy of a state record has no body: states carry personal data, and the topic would keep
    what an erasure removes. What is not UTF-8 in headers is shown with its bytes escaped, and so is a
    NUL in a name, which no field of a document may have. What would make the copy too large for Kafka
    is cut, and ``dead-cut`` says so; the letter keeps it.
    """
    record = letter.record
    facts = {topic.name for topic in catalogue.topics if topic.kind == "facts"}
    body = record.value if record.topic in facts else None
    headers = {
        name.replace("\0", "\\x00"): (value or b"").decode("utf-8", "backslashreplace")
        for name, value in record.headers
    }
    cut = []
    if sum(len(name) + len(value) for name, value in headers.items()) > COPIED_HEADERS:
        headers = {}
        cut.append("headers")
    if body is not None and len(body) > COPIED_BODY:
        cut.append(f"body of {len(body)} bytes")
        body = body[:COPIED_BODY]
    headers |= {"dead-cut": ", ".join(cut)} if cut else {}
    headers |= {
        "dead-id": letter.id,
        "dead-service": service,
        "dead-topic": record.topic,
        "dead-partition": str(record.partition),
        "dead-offset": str(record.offset),
        "dead-reason": letter.reason.slug,
        "dead-detail": letter.reason.detail[:500],
        "dead-handler": letter.reason.handler or "",
    }
    item = {
        "stream": DEAD_STREAM,
        "n": letter.attempts + 1,
        "topic": topic_of(service),
        "key": letter.key or record.place,
        "headers": headers,
        "value": body or b"",
        "at": now,
    }
    return replace(letter, outbox=(item,))


async def listed(db: Database, limit: int = 200) -> list[Parked]:
    """The dead letters of a service, oldest first."""
    found = db[PARKED].find({"state": "dead"}).sort("order", 1).limit(limit)
    return [from_document(document) for document in await found.to_list(None)]


async def shown(db: Database, id: str) -> tuple[Parked, Sequence[Parked]]:
    """One dead letter and the events that wait behind it."""
    letter = await _dead(db, id)
    behind = [] if letter.key is None else [each for each in await of_key(db, letter.key) if each.id != id]
    return letter, behind


async def replay(db: Database, id: str, now: datetime, catalogue: Catalogue = CATALOGUE) -> None:
    """Put a dead letter, and what waits behind it, back into the queue of retries.

    A record that named no aggregate joins the queue of the one that it names by now (this version
    may read what an older one could not); while it still names none it is refused.
    """
    letter = await _dead(db, id)
    key = letter.key
    if key is None:
        incoming = read(letter.record, catalogue)
        if incoming.envelope is None:
            assert incoming.reason is not None
            raise Refusal(
                "still-unreadable",
                Text(
                    f"This version cannot read the record either ({incoming.reason.slug}): "
                    "deploy one that can, or drop it.",
                    f"Cette version ne sait pas non plus lire l'enregistrement ({incoming.reason.slug}) : "
                    "déployez-en une qui le sait, ou abandonnez-le.",
                ),
            )
        key = incoming.envelope.key
    await db[PARKED].update_one(
        {"_id": id, "state": "dead"},
        {"$set": {"state": "parked", "key": key, "attempts": 0, "next_due": now, "first_at": now}},
    )


async def drop(client: Client, db: Database, id: str, *, reason: str, by: str, now: datetime) -> None:
    """Give a dead letter up, and let what waits behind it go on. Who did it, and why, is kept.

    Its id goes to the inbox: read again after this, it would be applied after its followers.
    """
    if not reason.strip():
        raise Refusal(
            "reason-required",
            Text(
                "Say why this event may be lost: --reason TEXT.",
                "Dites pourquoi cet événement peut être perdu : --reason TEXTE.",
            ),
        )
    letter = await _dead(db, id)

    async def forget(session: Session) -> None:
        document = await db[PARKED].find_one_and_delete({"_id": id, "state": "dead"}, session=session)
        if document is None:
            raise NotFound("dead letter", id)
        audit = {"dropped_at": now, "dropped_by": by, "why": reason, "letter": document}
        await db[PARKED_AUDIT].insert_one(audit, session=session)
        await inbox.record(db, session, [id], now)
        if letter.key is not None:
            following = await db[PARKED].find_one(
                {"key": letter.key}, {"_id": 1}, sort=[("order", 1)], session=session
            )
            if following is not None:
                change = {"$set": {"state": "parked", "next_due": now, "first_at": now}}
                await db[PARKED].update_one({"_id": following["_id"]}, change, session=session)

    async with open_session(client) as session:
        await session.with_transaction(forget)


async def _dead(db: Database, id: str) -> Parked:
    document = await db[PARKED].find_one({"_id": id, "state": "dead"})
    if document is None:
        raise NotFound("dead letter", id)
    return from_document(document)
