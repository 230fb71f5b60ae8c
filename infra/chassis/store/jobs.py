"""Commands on their way through the runner: nobody who waits for one waits for ever."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.unit import Cause, Place, Unit, UseCase

R = TypeVar("R")
MAX_TRIES = 12
NO_SNAPSHOT = 246
"""SnapshotUnavailable."""
AWAY = frozenset({91, 189, 10107, 11600, 11602, 13435, NO_SNAPSHOT})


@dataclass(frozen=True)
class Done(Generic[R]):
    """What a command gave. ``version`` and ``stored_at`` are those of the one aggregate that it changed."""

    result: R
    again: bool = False
    version: int | None = None
    stored_at: datetime | None = None


@dataclass(eq=False)
class Job:
    use_case: UseCase[Any]
    cause: Cause
    key: KeyedBy | None
    future: "asyncio.Future[Done[Any]]"
    loads: Loads
    tries: int = 0
    places: tuple[Place, ...] = ()
    done: Done[Any] | None = None
    wants: list[Ref | Where] = field(default_factory=list)
    unit: Unit | None = None
    at_one_instant: bool = False
    """Decided on what one snapshot of the database shows."""


class Unavailable(Refusal):
    """The database did not answer: whether the command was stored is unknown; repeat it with its key."""

    def __init__(self) -> None:
        super().__init__(
            "not-ready",
            Text(
                "The database does not answer: repeat the request, with the same Idempotency-Key.",
                "La base de données ne répond pas : répétez la demande, avec le même Idempotency-Key.",
            ),
            retry_after_seconds=2,
        )


async def guarded(jobs: list[Job], work: Any) -> None:
    """No caller waits for ever: whatever breaks reaches every job that has no answer yet."""
    try:
        await work
    except Exception as error:
        for job in jobs:
            fail(job, error)
    except asyncio.CancelledError:
        for job in jobs:
            job.future.cancel()
        raise


def is_away(error: Exception) -> bool:
    """Whether the database did not answer, or is between two primaries: the same request may work soon."""
    return isinstance(error, PyMongoError) and (
        isinstance(error, ConnectionFailure | ExecutionTimeout)
        or error.has_error_label("RetryableWriteError")
        or error.has_error_label("TransientTransactionError")
        or (isinstance(error, OperationFailure) and error.code in AWAY)
    )


def to_be_decided_again(job: Job, error: Exception) -> bool:
    """Whether a decision went wrong on several documents, which may never have been like this together.

    It writes nothing, so that no version tells: such a job is decided once more, ``at_one_instant``. Where a
    collection or an index of it is just being made there is no such instant yet, and it is tried again.
    """
    if job.at_one_instant and isinstance(error, OperationFailure) and error.code == NO_SNAPSHOT:
        job.tries += 1
        return job.tries < MAX_TRIES
    if job.at_one_instant or isinstance(error, PyMongoError):
        return False
    job.at_one_instant = job.unit is not None and job.unit.looked_twice
    return job.at_one_instant


def contended() -> Refusal:
    return Refusal(
        "contended",
        Text(
            "Too many commands change this at the same time: try again in a moment.",
            "Trop de commandes modifient ceci en même temps : réessayez dans un instant.",
        ),
        retry_after_seconds=1,
    )


def answer(job: Job, stored_at: datetime | None = None) -> None:
    if not job.future.done() and job.done is not None:
        job.future.set_result(job.done if stored_at is None else replace(job.done, stored_at=stored_at))


def fail(job: Job, error: Exception) -> None:
    if is_away(error):
        error = Unavailable()
    if not job.future.done():
        with suppress(asyncio.InvalidStateError):
            job.future.set_exception(error)
