"""The base of known repairs of this process, kept in step with what is stored."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import Collection
from services.ticket.lookup.searching import Base, Indexed
from services.ticket.store.articles import ArticleRecords, Articles

OVERLAP = timedelta(minutes=3)
"""Writes are stamped before they are stored, and a transaction may be tried for two minutes: what was stored
late is looked for so far back."""
LOOKS_BACK_EVERY = timedelta(seconds=5)
PAGE = 1_000


@dataclass
class _Followed:
    """How far a collection was read: versions by id, the latest stamp, and when somebody looked back."""

    kind: Collection[Any]
    versions: dict[str, int] = field(default_factory=dict)
    latest: datetime | None = None
    looked_back_at: datetime | None = None

    async def news(self, run: Runtime) -> list[Kept[Any]]:
        """What changed since the last look."""
        query = {} if self.latest is None else {"updated_at": {"$gte": self._since(run.system_clock.now())}}
        shown = {"version": 1, "updated_at": 1}
        fresh, latest = dict[str, int](), self.latest
        for document in await run.collection(self.kind.name).find(query, shown).to_list(None):
            if self.versions.get(document["_id"]) != document["version"]:
                fresh[document["_id"]] = document["version"]
            latest = document["updated_at"] if latest is None else max(latest, document["updated_at"])
        found, changed = list[Kept[Any]](), sorted(fresh)
        for page in (changed[n : n + PAGE] for n in range(0, len(changed), PAGE)):
            found += await run.find(self.kind, {"_id": {"$in": page}}, limit=PAGE)
        # Only now: what could not be read is news the next time, too.
        self.versions |= fresh
        self.latest = latest
        return found

    def _since(self, now: datetime) -> datetime:
        assert self.latest is not None
        if self.looked_back_at is not None and now < self.looked_back_at + LOOKS_BACK_EVERY:
            return self.latest
        self.looked_back_at = now
        return self.latest - OVERLAP


class KnownRepairs:
    """``await`` it for the base as of now: it is indexed anew only where an article has changed."""

    def __init__(self, run: Runtime) -> None:
        self._run = run
        self._indexed: dict[str, Indexed] = {}
        self._articles = _Followed(Articles)
        self._records = _Followed(ArticleRecords)
        self._known: dict[str, Any] = {}
        self._base = Base(())
        self._reading = asyncio.Lock()

    async def __call__(self) -> Base:
        async with self._reading:
            articles = await self._articles.news(self._run)
            if articles:
                self._base = await asyncio.to_thread(self._reindexed, articles)
                for record in self._known.values():
                    self._base.count(record)
            for kept in await self._records.news(self._run):
                self._known[kept.value.id] = kept.value
                self._base.count(kept.value)
            return self._base

    def _reindexed(self, articles: list[Kept[Any]]) -> Base:
        for kept in articles:
            article = kept.value
            self._indexed.pop(article.id, None)
            if article.found is not None:
                self._indexed[article.id] = Indexed.of(article.id, article.found)
        return Base(self._indexed.values())
