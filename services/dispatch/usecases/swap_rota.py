"""A technician asks another to be on call instead of him; he accepts or declines, a dispatcher may veto."""

from dataclasses import dataclass

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.rota_proposal import Asked, Candidate, barred
from services.dispatch.domain.swap import Swap, SwapState
from services.dispatch.store.rota import Rota, Swaps
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.agreed import limits_for
from services.dispatch.usecases.manage_rota import hand_over


@dataclass(frozen=True)
class AskSwap:
    """``by`` asks ``of``, another. What the law or an absence speaks against is refused at once."""

    id: str
    entry_id: str
    by: str
    of: str
    in_return: str | None = None

    def loads(self) -> Loads:
        return (Ref(Rota, self.entry_id), Ref(Technicians, self.by), Ref(Technicians, self.of))

    def decide(self, unit: Unit) -> None:
        if self.of == self.by:
            raise Refusal(
                "swap-with-oneself",
                Text(
                    f"{self.by} cannot swap with himself: name another technician.",
                    f"{self.by} ne peut pas échanger avec lui-même : nommez un autre technicien.",
                ),
                technician_id=self.by,
            )
        entry = unit.get(Rota, self.entry_id)
        if entry is None or entry.withdrawn or entry.technician_id != self.by:
            raise NotFound("rota entry", self.entry_id)
        swap = Swap(
            self.id,
            entry.id,
            self.by,
            self.of,
            unit.now,
            entry.from_at,
            entry.to_at,
            (self.by, self.of),
            self.in_return,
        )
        _both(unit, swap, self.by, self.of)
        unit.add(Swaps, swap)


@dataclass(frozen=True)
class AnswerSwap:
    """Whom it was asked of accepts, and is on call then; or declines."""

    swap_id: str
    by: str
    accept: bool
    reason: str | None = None

    def loads(self) -> Loads:
        return (Ref(Swaps, self.swap_id),)

    def decide(self, unit: Unit) -> str:
        swap = _of(unit, self.swap_id)
        if swap.asked_of != self.by:
            raise NotFound("swap", self.swap_id)
        swap.check("accept" if self.accept else "decline")
        if self.accept:
            _exchange(unit, swap, swap.asked_by, swap.asked_of, agreed=True)
        state = SwapState.ACCEPTED if self.accept else SwapState.DECLINED
        unit.save(Swaps, swap.ended(state, unit.cause.actor, unit.now, self.reason))
        return swap.id


@dataclass(frozen=True)
class WithdrawSwap:
    """Who asked does not ask any more."""

    swap_id: str
    by: str

    def loads(self) -> Loads:
        return (Ref(Swaps, self.swap_id),)

    def decide(self, unit: Unit) -> str:
        swap = _of(unit, self.swap_id)
        if swap.asked_by != self.by:
            raise NotFound("swap", self.swap_id)
        swap.check("withdraw")
        unit.save(Swaps, swap.ended(SwapState.WITHDRAWN, unit.cause.actor, unit.now))
        return swap.id


@dataclass(frozen=True)
class VetoSwap:
    """The dispatcher does not have it: what was swapped already, and has not begun, goes back.

    Neither asked for that: the notice that they have of it counts from now on (L3121-12).
    """

    swap_id: str
    reason: str

    def loads(self) -> Loads:
        return (Ref(Swaps, self.swap_id),)

    def decide(self, unit: Unit) -> str:
        swap = _of(unit, self.swap_id)
        swap.check("veto")
        if swap.state is SwapState.ACCEPTED:
            _exchange(unit, swap, swap.asked_of, swap.asked_by, agreed=False)
        unit.save(Swaps, swap.ended(SwapState.VETOED, unit.cause.actor, unit.now, self.reason))
        return swap.id


def _of(unit: Unit, id: str) -> Swap:
    swap = unit.get(Swaps, id)
    if swap is None:
        raise NotFound("swap", id)
    return swap


def _exchange(unit: Unit, swap: Swap, holder: str, other: str, *, agreed: bool) -> None:
    """The holder's period becomes the other's, and what is given in return the holder's."""
    given, returned = _both(unit, swap, holder, other)
    hand_over(unit, given, other, agreed=agreed)
    if returned is not None:
        hand_over(unit, returned, holder, agreed=agreed)


def _both(unit: Unit, swap: Swap, holder: str, other: str) -> tuple[RotaEntry, RotaEntry | None]:
    """What is swapped, refused where it is not theirs any more, has begun, or may not be the other's."""
    given = _to_come(unit, swap.entry_id, holder)
    if (given.from_at, given.to_at) != (swap.from_at, swap.to_at):
        raise _outdated(swap.entry_id)
    returned = _to_come(unit, swap.in_return, other) if swap.in_return is not None else None
    without = {given.id, returned.id} if returned is not None else {given.id}
    _may(unit, given, other, without)
    if returned is not None:
        _may(unit, returned, holder, without)
    return given, returned


def _to_come(unit: Unit, entry_id: str, holder: str) -> RotaEntry:
    entry = unit.get(Rota, entry_id)
    if entry is None or entry.withdrawn or entry.technician_id != holder or entry.from_at <= unit.now:
        raise _outdated(entry_id)
    return entry


def _outdated(entry_id: str) -> Refusal:
    return Refusal(
        "swap-outdated",
        Text(
            f"{entry_id} has begun, changed, or is another's by now: ask for a new swap.",
            f"{entry_id} a commencé, a changé ou est à un autre : demandez un nouvel échange.",
        ),
        entry_id=entry_id,
    )


def _may(unit: Unit, entry: RotaEntry, technician_id: str, without: set[str]) -> None:
    """Rests and absences hold for a swap as for any rota; the notice does not (L3121-12)."""
    technician = unit.require(Technicians, technician_id, as_="technician")
    known = tuple(
        each
        for each in unit.where(Rota, "technician_id", technician_id)
        if not each.withdrawn and each.id not in without
    )
    person = Candidate(technician, limits_for(unit, technician), known)
    rule = barred(person, (entry.from_at, entry.to_at), (), Asked(unit.now, {}))
    if rule is not None:
        raise Refusal(
            "cannot-be-on-call",
            Text(
                f"{technician_id} cannot be on call by {entry.id} ({rule}): ask somebody else.",
                f"{technician_id} ne peut pas être d'astreinte par {entry.id} ({rule}) : "
                "demandez à quelqu'un d'autre.",
            ),
            technician_id=technician_id,
            rule=rule,
        )
