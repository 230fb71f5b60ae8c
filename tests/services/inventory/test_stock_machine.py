"""Whatever several people do to stock at the same instant, on the real database: the books balance.

Each step of a course is a handful of deeds begun together; their order is the database's to choose.
"""

import asyncio
import uuid
from collections import Counter, defaultdict
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from contracts.refusal import Refusal
from contracts.values import PartNeed, PartUsed
from infra.chassis.store.unit import Cause, UseCase
from infra.chassis.store.writing import UniqueViolation
from services.inventory.domain.lots import Lot, pieces
from services.inventory.domain.movement import MovementKind, VarianceReason
from services.inventory.domain.part import Part, Substitute
from services.inventory.domain.places import TRANSIT
from services.inventory.domain.reservation import Position, ReservationState
from services.inventory.domain.returned import ClaimKind, ReturnState
from services.inventory.store.reservations import Reservations
from services.inventory.store.returns import Returns
from services.inventory.store.stock import Movements, StockLevels, Transfers
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.issue_parts import IssueParts
from services.inventory.usecases.put_part import PutPart
from services.inventory.usecases.receive_stock import ReceiveStock
from services.inventory.usecases.receive_transfer import CancelTransfer, ReceiveTransfer
from services.inventory.usecases.release_parts import ReleaseParts
from services.inventory.usecases.reserve_parts import ReserveParts
from services.inventory.usecases.return_parts import ClaimReturn, SendReturn, SettleReturn, TakeBack
from services.inventory.usecases.send_transfer import SendTransfer, Sent
from services.inventory.usecases.transfer_stock import TransferStock
from tests.services.inventory.facts import number
from tests.services.inventory.running import Running
from tests.world import MONDAY_NINE

DEPOT, QUARANTINE = "depot:lyon", "quarantine:lyon"
ENDS = (ReturnState.REPLACED, ReturnState.SCRAPPED, ReturnState.KEPT)
SECONDS = 6
"""On a slow machine fewer deeds are done, rather than longer."""
PLACES = (DEPOT, "van:lea", "van:marc")
SKUS = ("psu", "spare")
IN_QUARANTINE = (ReturnState.QUARANTINED, ReturnState.CLAIMED)
CAUSE = Cause("tester", "c-machine")
LOST, NOTE = VarianceReason.LOST_IN_TRANSIT, "Manque à l'arrivée"

places, skus, few = st.sampled_from(PLACES), st.sampled_from(SKUS), st.integers(1, 3)
nth, visits, people = st.integers(0, 3), st.integers(0, 4), st.sampled_from(("lea", "marc"))
deeds = st.one_of(
    st.tuples(st.just("receive"), places, skus, few),
    st.tuples(st.just("receive_named"), places, st.sampled_from(("S-1", "S-2"))),
    st.tuples(st.just("receive_lot"), places, skus, few, st.sampled_from(("L-1", "L-2"))),
    st.tuples(st.just("transfer"), places, places, skus, few),
    st.tuples(st.just("count"), places, skus, st.integers(0, 3)),
    st.tuples(st.just("send"), places, places, skus, few),
    st.tuples(st.just("receive_sent"), nth, st.booleans()),
    st.tuples(st.just("call_back"), nth),
    st.tuples(st.just("plan"), visits, people, skus, few),
    st.tuples(st.just("plan"), visits, people, skus, few),
    st.tuples(st.just("cancel"), visits),
    st.tuples(st.just("close"), visits, people, skus, few),
    st.tuples(st.just("take_back"), skus, places, st.booleans()),
    st.tuples(st.just("claim"), nth),
    st.tuples(st.just("send_back"), nth),
    st.tuples(st.just("settle"), nth, st.sampled_from(ENDS)),
)


AT_FIRST: tuple[tuple[Any, ...], ...] = (
    ("receive", "van:lea", "psu", 1),
    ("send", DEPOT, "van:marc", "psu", 2),
    ("plan", 0, "lea", "psu", 1),
    ("plan", 1, "marc", "psu", 2),
    ("close", 2, "marc", "spare", 1),
    ("count", "van:lea", "spare", 2),
    ("take_back", "psu", DEPOT, False),
    ("transfer", "van:marc", DEPOT, "spare", 1),
)
"""However slow the machine is, each course has had these at once."""


class Course(RuleBasedStateMachine):
    """One stock, several people. ``done`` counts what was done, over all courses, which end at ``ends``."""

    inventory: Running
    loop: asyncio.AbstractEventLoop
    done: Counter[str]
    ends: float

    def __init__(self) -> None:
        super().__init__()
        self.name = f"m{uuid.uuid4().hex[:8]}"
        self.transfers: list[str] = []
        self.returns: list[str] = []
        self.told: Counter[int] = Counter()
        self._await(self._begin())

    @rule(together=st.lists(deeds, min_size=2, max_size=6))
    def at_the_same_instant(self, together: list[tuple[Any, ...]]) -> None:
        if self.loop.time() < self.ends:
            self._await(self._all(together))

    def teardown(self) -> None:
        self._await(self._end())

    async def _begin(self) -> None:
        spare, psu = self._sku("spare"), self._sku("psu")
        await self.inventory.runtime.do(PutPart(Part(spare, "Spare")), CAUSE)
        await self.inventory.runtime.do(PutPart(Part(psu, "PSU", substitutes=(Substitute(spare),))), CAUSE)
        await self._do("receive", ReceiveStock(DEPOT, psu, 3))
        await self._all(list(AT_FIRST))

    async def _all(self, together: list[tuple[Any, ...]]) -> None:
        await asyncio.gather(*(self._do(name, getattr(self, f"_{name}")(*rest)) for name, *rest in together))
        await self._what_is_set_aside_is_there()

    async def _do(self, name: str, use_case: UseCase[Any] | None) -> None:
        while use_case is not None:
            try:
                await self.inventory.runtime.do(use_case, CAUSE)
                self.done[name] += 1
                return
            except UniqueViolation:
                continue
            except Refusal as refusal:
                self.done[refusal.slug] += 1
                return

    # -- deeds ---------------------------------------------------------------------------------------

    def _sku(self, name: str) -> str:
        return f"{self.name}-{name}"

    def _receive(self, place: str, sku: str, n: int) -> UseCase[Any]:
        return ReceiveStock(place, self._sku(sku), n)

    def _receive_named(self, place: str, serial: str) -> UseCase[Any]:
        return ReceiveStock(place, self._sku("psu"), 1, (serial,))

    def _receive_lot(self, place: str, sku: str, n: int, lot: str) -> UseCase[Any]:
        return ReceiveStock(place, self._sku(sku), n, lots=(Lot(lot, n),))

    def _transfer(self, origin: str, to: str, sku: str, n: int) -> UseCase[Any]:
        return TransferStock(origin, to, self._sku(sku), n)

    def _count(self, place: str, sku: str, n: int) -> UseCase[Any]:
        return CountStock(place, self._sku(sku), n)

    def _send(self, origin: str, to: str, sku: str, n: int) -> UseCase[Any]:
        self.transfers.append(f"{self.name}-t{len(self.transfers)}")
        return SendTransfer(self.transfers[-1], origin, to, (Sent(self._sku(sku), n),))

    def _receive_sent(self, n: int, short: bool) -> UseCase[Any] | None:
        if n >= len(self.transfers):
            return None
        if not short:
            return ReceiveTransfer(self.transfers[n])
        return ReceiveTransfer(self.transfers[n], (), reason=LOST, note=NOTE)

    def _call_back(self, n: int) -> UseCase[Any] | None:
        return CancelTransfer(self.transfers[n]) if n < len(self.transfers) else None

    def _plan(self, n: int, who: str, sku: str, quantity: int) -> UseCase[Any]:
        wanted = (PartNeed(sku=self._sku(sku), quantity=quantity),)
        return ReserveParts(*self._visit(n), who, MONDAY_NINE, wanted, self._next(n))

    def _cancel(self, n: int) -> UseCase[Any]:
        return ReleaseParts(*self._visit(n), self._next(n))

    def _close(self, n: int, who: str, sku: str, quantity: int) -> UseCase[Any]:
        used = (PartUsed(sku=self._sku(sku), quantity=quantity),)
        return IssueParts(*self._visit(n), who, used, MONDAY_NINE, who, self._next(n))

    def _take_back(self, sku: str, origin: str, ours: bool) -> UseCase[Any]:
        self.returns.append(f"{self.name}-r{len(self.returns)}")
        at = origin if ours else None
        return TakeBack(self.returns[-1], self._sku(sku), 1, QUARANTINE, origin=at)

    def _claim(self, n: int) -> UseCase[Any] | None:
        return ClaimReturn(self.returns[n], ClaimKind.RMA) if n < len(self.returns) else None

    def _send_back(self, n: int) -> UseCase[Any] | None:
        return SendReturn(self.returns[n]) if n < len(self.returns) else None

    def _settle(self, n: int, outcome: ReturnState) -> UseCase[Any] | None:
        return SettleReturn(self.returns[n], outcome, location=DEPOT) if n < len(self.returns) else None

    def _visit(self, n: int) -> tuple[str, str, str]:
        return f"{self.name}-v{n}", self.name, "pasteur"

    def _next(self, n: int) -> Position:
        self.told[n] += 1
        return Position(0, self.told[n])

    # -- what always holds ---------------------------------------------------------------------------

    async def _what_is_set_aside_is_there(self) -> None:
        run = self.inventory.runtime
        ours = {"sku": {"$in": [self._sku(each) for each in SKUS]}}
        levels = [kept.value for kept in await run.find(StockLevels, ours)]
        reservations = [kept.value for kept in await run.find(Reservations, {"ticket_id": self.name})]
        promised: dict[str, int] = defaultdict(int)
        for reservation in reservations:
            given: Counter[str] = Counter()
            for held in reservation.held:
                promised[f"{held.location}/{held.sku}"] += held.quantity
                given[held.instead_of or held.sku] += held.quantity
            wanted = {each.sku: each.quantity for each in reservation.wanted}
            assert dict(given) == (wanted if reservation.state is ReservationState.RESERVED else {})
        for level in levels:
            assert level.on_hand >= level.reserved == promised[level.id] >= 0, level
            assert pieces(level.lots) <= level.on_hand
        named = Counter(serial for level in levels for serial in level.serials)
        assert all(n == 1 for n in named.values()), "a piece is in one place"
        sent = [kept.value for kept in await run.find(Transfers, {"lines.sku": ours["sku"]})]
        way = sum(level.on_hand for level in levels if level.location == TRANSIT)
        assert way == sum(line.open for each in sent for line in each.lines if each.ended_at is None)
        back = [kept.value for kept in await run.find(Returns, ours)]
        waiting = sum(each.quantity for each in back if each.state in IN_QUARANTINE)
        assert waiting == sum(level.on_hand for level in levels if level.location == QUARANTINE)

    async def _end(self) -> None:
        """Nothing is lost: the ledger has each line once, and moves neither make nor lose pieces."""
        await self.inventory.settled()
        run = self.inventory.runtime
        ours = {"sku": {"$in": [self._sku(each) for each in SKUS]}}
        levels = [kept.value for kept in await run.find(StockLevels, ours)]
        lines = [kept.value for kept in await run.find(Movements, ours, limit=0)]
        for level in levels:
            own = sorted((line for line in lines if line.level_id == level.id), key=lambda x: number(x.id))
            assert [number(line.id) for line in own] == list(range(1, level.moves + 1))
            assert level.on_hand == sum(line.quantity for line in own)
        between = (MovementKind.SENT, MovementKind.ARRIVED)
        assert sum(line.quantity for line in lines if line.kind in between) == 0

    def _await(self, deed: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(deed, self.loop).result(60)


async def test_no_piece_is_lost_or_promised_twice_whoever_does_what_at_once(inventory: Running) -> None:
    done: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    here: dict[str, Any] = {"inventory": inventory, "loop": loop, "done": done}
    here["ends"] = loop.time() + SECONDS
    machine: type[RuleBasedStateMachine] = type("HereCourse", (Course,), here)
    bounded = settings(
        max_examples=7,
        stateful_step_count=10,
        deadline=None,
        database=None,
        # What depends on who comes first is not made smaller by trying again.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=bounded)
    assert {"receive", "send", "plan", "close", "count", "take_back"} <= done.keys()
    assert done["not-enough-stock"], "nobody ever wanted more than there was"
