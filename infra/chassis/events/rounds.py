"""The one transaction in which everything about a round of events is stored."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bson.errors import InvalidDocument
from pymongo.errors import BulkWriteError, OperationFailure

from infra.chassis.events import inbox, parked
from infra.chassis.events.parked import Parked
from infra.chassis.events.parser import Reason
from infra.chassis.store.mongo import Session, open_session
from infra.chassis.store.runner import Store
from infra.chassis.store.unit import Emission, Entry
from infra.chassis.store.writing import DUPLICATE_KEY, Stale, UniqueViolation, write_together

CONFLICT_CODES = frozenset({DUPLICATE_KEY, 112, 251, 388})
"""Duplicate key, WriteConflict, NoSuchTransaction, TransactionTooLargeForCache (a part of it may not be)."""
TOO_LARGE_CODES = frozenset({10334, 17280, 17419, 17420})
"""BSONObjectTooLarge and its kin: what an update makes of a document would pass 16 MB."""


class Conflict(Exception):
    """Nothing of a round is stored, mostly because somebody else changed what it rests on: decide again.

    ``lasting`` is a reason that deciding again may not remove: a unique index, or a value that
    MongoDB cannot hold (an integer past 64 bits, a document past 16 MB).
    """

    def __init__(self, lasting: Reason | None = None) -> None:
        super().__init__(lasting)
        self.lasting = lasting


@dataclass(frozen=True)
class Round:
    """What one attempt at a batch, or at a queue of parked events, wants stored."""

    entries: list[Entry]
    done: list[str]
    aside: list[Parked]
    emissions: list[Emission]
    unparked: Sequence[Parked] = field(default=())
    again: Sequence[Parked] = field(default=())
    behind: Collection[str] = field(default=())


async def store_round(store: Store, round: Round) -> None:
    """Store all of it, or raise ``Conflict`` and store nothing.

    ``unparked`` leave the queue; ``again`` stay in it with what this try taught. Both must still be
    as they were read, or another process has had them. ``behind`` are the keys whose events were put
    aside only because an earlier one was: it must be there still.
    """
    now = store.system_clock.now()

    async def write(session: Session) -> None:
        await inbox.record(store.db, session, round.done, now)
        await write_together(store.db, session, round.entries, updated_at=now)
        await parked.insert(store.db, session, round.aside, round.behind)
        await parked.stay_behind(store.db, session, round.behind)
        await parked.settle(store.db, session, round.unparked, round.again)
        if round.emissions:
            await store.write_emissions(store.db, session, round.emissions, now)

    try:
        async with open_session(store.client) as session:
            await session.with_transaction(write)
    except UniqueViolation as unique:
        detail = f"{unique.place}: {unique.pattern} {unique.value}"
        raise Conflict(Reason("unique-violation", detail)) from unique
    except (InvalidDocument, OverflowError) as error:
        raise Conflict(Reason("cannot-be-stored", str(error)[:2000])) from error
    except (Stale, parked.Taken) as taken:
        raise Conflict from taken
    except BulkWriteError as error:
        refused = {each["code"]: each["errmsg"] for each in (error.details or {}).get("writeErrors", ())}
        for code in refused.keys() & TOO_LARGE_CODES:
            raise Conflict(Reason("cannot-be-stored", str(refused[code])[:2000])) from error
        if refused.keys() <= CONFLICT_CODES:
            raise Conflict from error
        raise
    except OperationFailure as error:
        if error.code in TOO_LARGE_CODES:
            raise Conflict(Reason("cannot-be-stored", str(error)[:2000])) from error
        if error.code in CONFLICT_CODES or error.has_error_label("TransientTransactionError"):
            raise Conflict from error
        raise
