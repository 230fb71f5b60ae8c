"""Look after a mailbox: one replica at a time, mail by mail, again and again, whatever the server does."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from pymongo.errors import PyMongoError

from contracts.refusal import Refusal
from infra.chassis.mailboxes import AWAY
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.lease import LEASES, Lease
from services.ticket.domain.mail import Desk
from services.ticket.mail.mailbox import Account, Connection
from services.ticket.mail.taking import Fetched, Taker

R = TypeVar("R")

LEASE_LASTS = timedelta(seconds=30)
IDLE_SECONDS = 2.0
"""So long a thread waits for news: nobody who stops the service waits longer, and the lease is renewed."""
BACKOFF_SECONDS = (1, 2, 5, 10, 30, 60, 120)
SWEEP_SECONDS = 60.0
BREAKS = 3
IN_DOUBT = timedelta(hours=1)


@dataclass(frozen=True)
class Mailbox:
    """``poll_seconds``: how long it goes unlooked at where the server tells of nothing by itself."""

    account: Account
    desk: Desk
    poll_seconds: int = 30


@dataclass
class Polling:
    """How it goes with one mailbox, for /health: never a password, nor what mails say."""

    mailbox: Mailbox
    state: str = "starting"
    error: str | None = None
    failures: int = 0
    looked_at: datetime | None = None
    taken: int = 0
    broken: Counter[str] = field(default_factory=Counter)

    def figures(self) -> Mapping[str, Any]:
        return {
            "state": self.state,
            "error": self.error,
            "failures": self.failures,
            "looked_at": None if self.looked_at is None else self.looked_at.isoformat(),
            "taken": self.taken,
        }


@dataclass
class Mailboxes:
    """All of a service's. ``takes`` gives what takes a mail, once the service runs."""

    boxes: tuple[Mailbox, ...]
    takes: Callable[[Runtime], Taker]
    keeps: timedelta
    polled: list[Polling] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.polled = [Polling(each) for each in self.boxes]

    def figures(self) -> Mapping[str, Any]:
        """``mailboxes``, each by its name; nothing where there are none."""
        return {"mailboxes": {p.mailbox.desk.name: p.figures() for p in self.polled}} if self.polled else {}

    async def look_after(self, run: Runtime) -> None:
        """Until cancelled."""
        taker = self.takes(run)
        await asyncio.gather(
            self._sweep(run, taker), *(_look_after(each, run, taker) for each in self.polled)
        )

    async def _sweep(self, run: Runtime, taker: Taker) -> None:
        while True:
            try:
                await taker.sweep(self.keeps, IN_DOUBT)
            except (PyMongoError, Refusal) as error:
                run.log.warning("the quarantine is swept later: %s", error)
            await asyncio.sleep(SWEEP_SECONDS)


async def _look_after(polling: Polling, run: Runtime, taker: Taker) -> None:
    name = polling.mailbox.account.name
    lease = Lease(run.collection(LEASES), f"mailbox {name}", f"{run.service.name}:{new_id()}", LEASE_LASTS)
    try:
        while True:
            try:
                if await lease.is_mine(run.system_clock.now()):
                    await _Round(polling, run, taker, lease).run_on()
                polling.state = "elsewhere"
                await asyncio.sleep(LEASE_LASTS.total_seconds() / 3)
            except (*AWAY, PyMongoError, Refusal, TimeoutError) as error:
                polling.state, polling.error = "away", _said(error)
                wait = BACKOFF_SECONDS[min(polling.failures, len(BACKOFF_SECONDS) - 1)]
                polling.failures += 1
                run.log.warning("the mailbox %s is looked at again in %s s: %s", name, wait, polling.error)
                await asyncio.sleep(wait)
    finally:
        await lease.give_up()


@dataclass
class _Round:
    """As long as one connection lasts."""

    polling: Polling
    run: Runtime
    taker: Taker
    lease: Lease

    async def run_on(self) -> None:
        """Take what comes until the lease is somebody else's; raises where the server fails."""
        polling, account = self.polling, self.polling.mailbox.account
        threads = ThreadPoolExecutor(1, thread_name_prefix="imap")
        connection: Connection | None = None

        async def call(work: Callable[..., R], *given: Any) -> R:
            return await asyncio.get_running_loop().run_in_executor(threads, work, *given)

        try:
            since = await self._since()
            connection = await call(Connection.open, account, since)
            while await self.lease.is_mine(self.run.system_clock.now()):
                await self._take_all(connection, call)
                polling.state, polling.error, polling.failures = "polling", None, 0
                polling.looked_at = self.run.system_clock.now()
                if not await self._wait(connection, call):
                    return
        finally:
            if connection is not None:
                connection.close()
            threads.shutdown(wait=False, cancel_futures=True)

    async def _take_all(self, connection: Connection, call: Callable[..., Awaitable[Any]]) -> None:
        for uid in await call(connection.waiting):
            if not await self.lease.is_mine(self.run.system_clock.now()):
                return
            fetched = await self._fetched(connection, call, uid)
            if fetched is None:
                continue
            await self.taker.take(fetched, self.polling.mailbox.desk)
            await call(connection.done, uid)
            self.polling.taken += 1

    async def _fetched(
        self, connection: Connection, call: Callable[..., Awaitable[Any]], uid: int
    ) -> Fetched | None:
        """A mail over which the connection breaks time and again does not hold up those behind it."""
        broken, place = self.polling.broken, connection.place(uid)
        if broken[place] >= BREAKS:
            del broken[place]
            return Fetched(place, self.run.system_clock.now(), None)
        broken[place] += 1
        fetched: Fetched | None = await call(connection.fetch, uid)
        del broken[place]
        return fetched

    async def _wait(self, connection: Connection, call: Callable[..., Awaitable[Any]]) -> bool:
        """Until there is news, or it is time; False once the lease is somebody else's."""
        waited = 0.0
        while waited < self.polling.mailbox.poll_seconds:
            seconds = min(IDLE_SECONDS, self.polling.mailbox.poll_seconds - waited)
            if connection.idles:
                if await call(connection.idle, seconds):
                    return True
            else:
                await asyncio.sleep(seconds)
            waited += seconds
            if not await self.lease.is_mine(self.run.system_clock.now()):
                return False
        return True

    async def _since(self) -> date:
        """The day on which it was looked at for the first time: older mail that was read stays as it is."""
        mailboxes, name = self.run.collection("mailboxes"), self.polling.mailbox.account.name
        begun = {"$setOnInsert": {"begun_at": self.run.system_clock.now()}}
        await mailboxes.update_one({"_id": name}, begun, upsert=True)
        kept = await mailboxes.find_one({"_id": name})
        assert kept is not None, "it was put there"
        begun_at: datetime = kept["begun_at"]
        return begun_at.date()


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]
