"""Turns new lines of the numbered streams into webhooks, for each subscription from where it was."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.errors import PyMongoError

from contracts.refusal import Refusal
from infra.chassis.events.sequence import COUNTERS, Selection, rows_of
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import Document
from infra.chassis.store.unit import Cause
from services.notify.domain.line import Stream
from services.notify.domain.subscription import Feed, Subscription
from services.notify.domain.webhook import Webhook, webhook_id
from services.notify.store.subscriptions import Feeds, Subscriptions, Webhooks
from services.notify.usecases.feed_webhooks import FeedWebhooks, Unpark

LOOK_EVERY_SECONDS = 0.5
PAGE = 500
NOT_STORED_YET = PAGE
"""So many lines that are none of a subscription's may lie between where it is and where that is stored."""

MOST_SUBSCRIPTIONS = 5_000

_log = logging.getLogger(__name__)


_Mark = tuple[int, int, int]
"""What holds good only as long: the subscription's version, how often it was replayed, where it is stored."""


@dataclass
class _Reader:
    """A subscription with how far it is, in this process's memory as well."""

    subscription: Subscription
    feed: Feed
    mark: _Mark
    at: int

    @property
    def wanted(self) -> Selection:
        return Selection(self.subscription.conditions)


class WebhookFeeder:
    """``run`` feeds until cancelled. Every replica may: what was taken up is stored with where it ended."""

    def __init__(self, run: Runtime) -> None:
        self._run = run
        self._seen: dict[tuple[str, Stream], tuple[_Mark, int]] = {}

    async def run(self) -> None:
        changed = self._run.wakes_on(Subscriptions)
        self._run.busy.append(self._busy)
        try:
            while True:
                try:
                    moved = await self.look()
                except (PyMongoError, Refusal) as error:
                    _log.warning("webhooks cannot be fed: %s", error)
                    moved = False
                except Exception:
                    _log.exception("webhooks are fed again in a moment")
                    moved = False
                if not moved:
                    await changed.wait(LOOK_EVERY_SECONDS)
        finally:
            self._run.busy.remove(self._busy)

    async def look(self) -> bool:
        """Take up a page for each subscription; whether there may be more at once."""
        last, subscribed = await self._state()
        if not subscribed:
            self._seen.clear()
            return False
        await self._unpark(feed for _, feed in subscribed)
        more = False
        for stream in Stream:
            readers = [self._reader(kept, feed, stream) for kept, feed in subscribed]
            more |= await self._feed(stream, readers, last.get(stream.value, 0))
        return more

    async def _state(self) -> tuple[Mapping[str, int], list[tuple[Kept[Subscription], Feed]]]:
        """The number of each stream's newest line, and who is subscribed with where he is stored."""
        found = await self._run.find(Subscriptions, {"enabled": True}, limit=MOST_SUBSCRIPTIONS)
        if not found:
            return {}, []
        kept = {each.value.id: each for each in found}
        known = await self._run.find(Feeds, {"_id": {"$in": list(kept)}}, limit=MOST_SUBSCRIPTIONS)
        last = {row["_id"]: row["last"] async for row in self._run.collection(COUNTERS).find({})}
        return last, [(kept[each.value.id], each.value) for each in known]

    def _reader(self, kept: Kept[Subscription], feed: Feed, stream: Stream) -> _Reader:
        """It is where that is stored, or further where this process has seen that nothing was its."""
        stored = feed.position(stream)
        mark = (kept.version, feed.replays, stored)
        seen, at = self._seen.get((feed.id, stream), (None, stored))
        return _Reader(kept.value, feed, mark, at if seen == mark else stored)

    async def _feed(self, stream: Stream, readers: Iterable[_Reader], last: int) -> bool:
        behind = [each for each in readers if each.at < last]
        near = [each for each in behind if last - each.at <= PAGE]
        lines: Sequence[Document] = []
        if near:
            lines = await self._lines(stream, min(each.at for each in near), last)
        more = False
        for reader in behind:
            if last - reader.at <= PAGE:
                his = [row for row in lines if row["_id"] > reader.at and reader.wanted.matches(row)]
                await self._take_up(stream, reader, his, last)
            else:
                his = await self._lines(stream, reader.at, last, reader.wanted.query())
                upto = his[-1]["_id"] if len(his) == PAGE else last
                await self._take_up(stream, reader, his, upto, await self._missed(stream, reader.at))
                more |= upto < last
        return more

    async def _lines(
        self, stream: Stream, after: int, upto: int, wanted: Document | None = None
    ) -> list[Document]:
        query = {"_id": {"$gt": after, "$lte": upto}, **(wanted or {})}
        found = self._run.collection(rows_of(stream)).find(query)
        rows: list[Document] = await found.sort("_id", 1).limit(PAGE).to_list(None)
        return rows

    async def _missed(self, stream: Stream, after: int) -> int:
        """How many lines above number ``after`` are past retention."""
        oldest = await self._run.collection(rows_of(stream)).find_one({}, {"_id": 1}, sort=[("_id", 1)])
        return 0 if oldest is None else max(0, oldest["_id"] - after - 1)

    async def _take_up(
        self, stream: Stream, reader: _Reader, his: Sequence[Document], upto: int, missed: int = 0
    ) -> None:
        stored, key = reader.feed.position(stream), (reader.feed.id, stream)
        if not his and not missed and upto - stored < NOT_STORED_YET:
            self._seen[key] = (reader.mark, upto)
            return
        now = self._run.clock.now()
        webhooks = tuple(_webhook(reader.subscription, row, now) for row in his)
        feeding = FeedWebhooks(reader.subscription.id, stream, stored, upto, webhooks, missed)
        await self._run.do(feeding, Cause("notify", f"webhooks:{reader.subscription.id}"))
        self._seen.pop(key, None)

    async def _unpark(self, feeds: Iterable[Feed]) -> None:
        """What was put aside is due again where it may be sent: one to try an address that did not answer."""
        now = self._run.system_clock.now()
        open_ = [feed for feed in feeds if not feed.holds_at(now)]
        failing = [feed.id for feed in open_ if feed.failing]
        sound = [feed.id for feed in open_ if not feed.failing]
        parked = await self._run.find(Webhooks, {"parked": True, "subscription_id": {"$in": sound}})
        for id in failing:
            parked += await self._run.find(Webhooks, {"parked": True, "subscription_id": id}, limit=1)
        for webhook in (each.value for each in parked):
            await self._run.do(Unpark(webhook.id), Cause("notify", f"webhooks:{webhook.subscription_id}"))

    async def _busy(self) -> bool:
        """Whether there are lines that this process has not looked at for some subscription."""
        last, subscribed = await self._state()
        return any(
            self._reader(kept, feed, stream).at < last.get(stream.value, 0)
            for kept, feed in subscribed
            for stream in Stream
        )


def _webhook(subscription: Subscription, row: Document, now: datetime) -> Webhook:
    event: dict[str, Any] = json.loads(row["data"])
    return Webhook(
        id=webhook_id(subscription.id, f"{event['source']}/{event['id']}"),
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        type=row["type"],
        key=row["ticket_id"],
        body=row["data"],
        queued_at=now,
    )


async def run_feeder(run: Runtime) -> None:
    """Feed until cancelled."""
    await WebhookFeeder(run).run()
