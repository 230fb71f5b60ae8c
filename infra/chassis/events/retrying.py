"""Give parked events another try when they are due, each followed by those that wait behind it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from pymongo.errors import ConnectionFailure

from infra.chassis.events import inbox, parked
from infra.chassis.events.batch import Committed, PutAside
from infra.chassis.events.copies import Copies
from infra.chassis.events.dead import buried
from infra.chassis.events.deciding import Decider, Verdict
from infra.chassis.events.parked import Parked
from infra.chassis.events.parser import Incoming, Reason, is_state, read
from infra.chassis.events.rounds import Conflict, Round, store_round
from infra.chassis.store.runner import Store
from infra.chassis.store.unit import Memory

_log = logging.getLogger(__name__)


class Retrier:
    """Every process of a service runs one; the transaction lets one of them have an event."""

    def __init__(
        self,
        service: str,
        store: Store,
        decider: Decider,
        copies: Copies,
        committed: Committed,
        put_aside: PutAside,
    ) -> None:
        self._service = service
        self._store = store
        self._decider = decider
        self._copies = copies
        self._committed = committed
        self._put_aside = put_aside

    async def run_due(self) -> int:
        """Try the keys that are due; how many there were. What goes wrong with one is no other's affair."""
        keys = await parked.due_keys(self._store.db, self._store.system_clock.now())
        for key in keys:
            try:
                await self._try_or_doom(key)
            except ConnectionFailure:
                raise
            except Exception:
                _log.exception("the retry of %s failed and comes again later", key)
                await self._postpone(key)
        return len(keys)

    async def _try_or_doom(self, key: str) -> None:
        try:
            await self._try(key)
        except Conflict as conflict:
            if conflict.lasting is not None:
                await self._try(key, doomed=conflict.lasting)

    async def _postpone(self, key: str) -> None:
        await parked.postpone(self._store.db, key, self._store.system_clock.now())

    async def _try(self, key: str, doomed: Reason | None = None) -> None:
        queue = await parked.of_key(self._store.db, key)
        if not queue or queue[0].state == "dead":
            return
        memory = Memory(careful=True)
        readable = await self._with_states([read(each.record, self._store.catalogue) for each in queue])
        had = await inbox.known(self._store.db, (each.identity for each in readable))
        handled = [
            each
            for each in readable
            if each.envelope and each.identity not in had and self._decider.handles(each.envelope)
        ]
        if doomed is None:
            prepared = self._decider.choose(handled)
            await self._decider.load(prepared, memory)
            verdicts = {v.incoming.identity: v for v in await self._decider.decide(prepared, memory)}
        else:
            verdicts = {each.identity: Verdict(each, doomed) for each in handled}
        through, again = self._outcome(queue, readable, verdicts)
        done = [each.identity for each in readable[: len(through)] if each.identity not in had]
        outcome = Round(
            entries=[entry for entry in memory.entries.values() if entry.changed],
            done=done,
            aside=[],
            emissions=[e for each in done if each in verdicts for e in verdicts[each].emissions],
            unparked=through,
            again=again,
        )
        await store_round(self._store, outcome)
        self._decider.tell(verdicts[each.id] for each in again if each.id in verdicts)
        self._committed(outcome.entries)
        self._put_aside(again)

    async def _with_states(self, readable: list[Incoming]) -> list[Incoming]:
        """Apply the states among replayed letters; those that cannot be read come back as such."""
        states = [
            each for each in readable if each.envelope and is_state(each.envelope, self._store.catalogue)
        ]
        if not states:
            return readable
        broken = {each.record.place: each for each in await self._copies.apply(states)}
        return [broken.get(each.record.place, each) for each in readable]

    def _outcome(
        self, queue: Sequence[Parked], readable: Sequence[Incoming], verdicts: dict[str, Verdict]
    ) -> tuple[list[Parked], list[Parked]]:
        """Those that went through, and the first that did not, as it goes on waiting."""
        now = self._store.system_clock.now()
        through: list[Parked] = []
        for each, incoming in zip(queue, readable, strict=True):
            verdict = verdicts.get(incoming.identity)
            reason = incoming.reason or (verdict.reason if verdict else None)
            if reason is None:
                through.append(each)
                continue
            fresh = replace(each, first_at=now) if each.state == "follower" else each
            if verdict is not None and verdict.awaiting is not None:
                waiting = parked.waits_for(fresh, verdict.awaiting, reason, now)
            elif incoming.envelope is None:
                waiting = parked.died(replace(fresh, key=None), reason)
            else:
                waiting = parked.failed_again(fresh, reason, now)
            if waiting.state == "dead":
                waiting = buried(self._service, waiting, now, self._store.catalogue)
            return through, [waiting]
        return through, []
