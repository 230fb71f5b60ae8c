"""Consume events in batches: effects, inbox and what is put aside are stored in one transaction.

Offsets are committed by the caller afterwards. Whatever happens in between, the next reader of the
same records finds their ids in the inbox (or among the parked) and drops them.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from infra.chassis.events import inbox, parked
from infra.chassis.events.copies import Copies
from infra.chassis.events.dead import buried
from infra.chassis.events.deciding import BEHIND, Decider, Verdict
from infra.chassis.events.parked import Parked
from infra.chassis.events.parser import Incoming, Reason, is_state
from infra.chassis.events.rounds import Conflict, Round, store_round
from infra.chassis.store.runner import Store
from infra.chassis.store.unit import Entry, Memory

Committed = Callable[[Sequence[Entry]], None]
PutAside = Callable[[Sequence[Parked]], None]
"""Told of events as they were put aside, once that is stored."""


class Contended(Exception):
    """A key's events met a conflict at every try; those of the other keys are stored."""


class BatchRunner:
    """Applies batches of events to a service's aggregates, each event exactly once.

    ``meanwhile`` is called when there is nothing to do but wait for the database.
    """

    careful_batches = 20
    """So many look first and have precedence from the start after a conflict: a log that repeats itself does
    so for long, and so does who plans what it has brought."""
    most_together, fewest_together = 512, 32
    """Events that are stored together: half as many after a conflict, for a round that takes less long is
    less often in somebody's way; twice as many after one that met none."""
    _together = most_together
    lasting_tries = 3
    key_tries = 20

    def __init__(
        self,
        service: str,
        store: Store,
        decider: Decider,
        copies: Copies,
        committed: Committed,
        put_aside: PutAside,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._service = service
        self._store = store
        self._decider = decider
        self._copies = copies
        self._committed = committed
        self._put_aside = put_aside
        self._meanwhile = meanwhile
        self._careful = 0

    async def run(self, batch: Sequence[Incoming]) -> None:
        """Apply events in order; returns when everything about them is stored."""
        facts: list[Incoming] = []
        unreadable: list[Incoming] = []
        states: list[Incoming] = []
        for incoming in batch:
            if incoming.envelope is None:
                unreadable.append(incoming)
            elif is_state(incoming.envelope, self._store.catalogue):
                states.append(incoming)
            elif self._decider.handles(incoming.envelope):
                facts.append(incoming)
        if states:
            unreadable.extend(await self._copies.apply(states))
        if facts or unreadable:
            await self._apply(facts, unreadable)

    async def _apply(self, facts: list[Incoming], unreadable: list[Incoming]) -> None:
        if not self._careful:
            with suppress(Conflict):
                await self._try(facts, unreadable)
                return
        async with self._store.precedence.taken():
            left = await self._with_precedence(facts, unreadable)
        if left:
            raise Contended(f"some met a conflict at each of {self.key_tries} tries: the batch is read again")

    async def _with_precedence(self, facts: list[Incoming], unreadable: list[Incoming]) -> set[str]:
        """The keys of which something could not be stored, nor what follows it."""
        self._careful = self._careful - 1 if self._careful else self.careful_batches
        left = set[str]()
        while facts or unreadable:
            some, facts = facts[: self._together], facts[self._together :]
            try:
                await self._try(some, unreadable, careful=True)
                self._together = min(self._together * 2, self.most_together)
            except Conflict:
                self._careful = self.careful_batches
                self._together = max(self._together // 2, self.fewest_together)
                if unreadable:
                    await self._insist([], unreadable)
                if unstored := await self._in_halves(some):
                    left |= unstored
                    facts = [incoming for incoming in facts if _key(incoming) not in unstored]
            unreadable = []
        return left

    async def _in_halves(self, facts: list[Incoming]) -> set[str]:
        """Store by halves of the keys what cannot be stored together; the keys of which something is not.

        What somebody else keeps changing is soon alone: it holds up nothing else, and the others of a
        long batch are not stored one key after the other.
        """
        keys = list(dict.fromkeys(map(_key, facts)))
        if len(keys) <= 1:
            try:
                await self._insist(facts, [])
            except Contended:
                return set(keys)
            return set()
        left = set[str]()
        for half in (frozenset(keys[: len(keys) // 2]), frozenset(keys[len(keys) // 2 :])):
            some = [incoming for incoming in facts if _key(incoming) in half]
            try:
                if len(half) > 1:
                    await self._try(some, [], careful=True)
                    continue
            except Conflict:
                pass
            left |= await self._in_halves(some)
        return left

    async def _insist(self, facts: list[Incoming], unreadable: list[Incoming]) -> None:
        for attempt in range(self.key_tries):
            try:
                await self._try(facts, unreadable, careful=True)
            except Conflict as conflict:
                if conflict.lasting is not None and attempt >= self.lasting_tries:
                    await self._one_by_one(facts, unreadable)
                    return
            else:
                return
            await asyncio.sleep(random.uniform(0, 0.005) * 2 ** min(attempt, 6))
        raise Contended(f"{self.key_tries} tries met a conflict each")

    async def _one_by_one(self, facts: list[Incoming], unreadable: list[Incoming]) -> None:
        """One of these is refused for good: put that one aside, and of a key also what follows it."""
        for incoming in facts:
            try:
                await self._try([incoming], [], careful=True)
            except Conflict as conflict:
                if conflict.lasting is None:
                    raise Contended(
                        "one by one, too, they met a conflict: the batch is read again"
                    ) from conflict
                await self._try([incoming], [], careful=True, doomed=conflict.lasting)
        for incoming in unreadable:
            try:
                await self._try([], [incoming], careful=True)
            except Conflict:
                await self._try([], [replace(incoming, record=incoming.record.bare())], careful=True)

    async def _try(
        self,
        facts: list[Incoming],
        unreadable: list[Incoming],
        *,
        careful: bool = False,
        doomed: Reason | None = None,
    ) -> None:
        """One attempt at a batch; ``Conflict`` when somebody else changed what it rests on.

        ``careful`` looks first which events were had before. Otherwise that shows when the inbox takes
        them in, and only a batch in which everything goes well is stored.
        """
        memory = Memory(careful=careful)
        fresh = await self._fresh(facts) if careful else _once(facts)
        lost = await self._not_yet_parked(unreadable)
        if not (fresh or lost):
            return
        # What means nothing here, whatever the state, is not remembered either: read again, it would
        # stand in the inbox after what followed it.
        chosen = [(verdict, cases) for verdict, cases in self._decider.choose(fresh) if cases != []]
        fresh = [verdict.incoming for verdict, _ in chosen]
        if not (fresh or lost):
            return
        # Before anything is loaded: a queue that empties in between has left its changes by then.
        blocked = await self._blocked(fresh)
        free = [(verdict, cases) for verdict, cases in chosen if _key(verdict.incoming) not in blocked]
        if doomed is None:
            await self._decider.load(free, memory)
            verdicts = await self._decider.decide(free, memory)
        else:
            verdicts = [Verdict(verdict.incoming, doomed) for verdict, _ in free]
        if not careful and (blocked or any(verdict.reason is not None for verdict in verdicts)):
            await self._try(facts, unreadable, careful=True, doomed=doomed)
            return
        verdicts += [Verdict(each, BEHIND) for each in fresh if _key(each) in blocked]
        now = self._store.system_clock.now()
        failed = [verdict for verdict in verdicts if verdict.reason is not None]
        aside = [self._aside(verdict, index, now) for index, verdict in enumerate(failed)]
        aside += [self._dead(each, len(failed) + index, now) for index, each in enumerate(lost)]
        outcome = Round(
            entries=[entry for entry in memory.entries.values() if entry.changed],
            done=[verdict.incoming.identity for verdict in verdicts if verdict.reason is None],
            aside=aside,
            emissions=[emission for verdict in verdicts for emission in verdict.emissions],
            behind=blocked,
        )
        self._meanwhile()
        await self._store_round(outcome)
        self._decider.tell(failed)
        self._committed(outcome.entries)
        self._put_aside(aside)

    async def _blocked(self, fresh: list[Incoming]) -> set[str]:
        if not fresh:
            return set()
        return await parked.blocked_keys(self._store.db, {_key(each) for each in fresh})

    async def _store_round(self, outcome: Round) -> None:
        await store_round(self._store, outcome)

    async def _fresh(self, facts: list[Incoming]) -> list[Incoming]:
        unique = {incoming.identity for incoming in facts}
        if not unique:
            return []
        seen = await inbox.known(self._store.db, unique)
        seen |= await parked.known(self._store.db, unique)
        return [incoming for incoming in _once(facts) if incoming.identity not in seen]

    async def _not_yet_parked(self, unreadable: list[Incoming]) -> list[Incoming]:
        unique = {incoming.record.place: incoming for incoming in unreadable}
        if not unique:
            return []
        there = await parked.known(self._store.db, unique) | await inbox.known(self._store.db, unique)
        return [incoming for place, incoming in unique.items() if place not in there]

    def _aside(self, verdict: Verdict, index: int, now: datetime) -> Parked:
        incoming = verdict.incoming
        assert incoming.envelope is not None
        assert verdict.reason is not None
        entry = Parked(
            id=incoming.identity,
            key=incoming.envelope.key,
            state="follower",
            order=time.time_ns() + index,
            record=incoming.record,
            reason=verdict.reason,
            first_at=now,
        )
        if verdict.reason is BEHIND:
            return entry
        if verdict.awaiting is not None:
            return parked.waits_for(entry, verdict.awaiting, verdict.reason, now)
        return parked.failed_again(entry, verdict.reason, now)

    def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
        assert incoming.reason is not None
        entry = Parked(
            id=incoming.record.place,
            key=None,
            state="dead",
            order=time.time_ns() + index,
            record=incoming.record,
            reason=incoming.reason,
            first_at=now,
        )
        return buried(self._service, entry, now, self._store.catalogue)


def _once(facts: list[Incoming]) -> list[Incoming]:
    once: dict[str, Incoming] = {}
    for incoming in facts:
        once.setdefault(incoming.identity, incoming)
    return list(once.values())


def _key(incoming: Incoming) -> str:
    assert incoming.envelope is not None
    return incoming.envelope.key
