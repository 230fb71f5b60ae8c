"""What speaks against a time that a dispatcher chose by hand; it is his to decide all the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from contracts.text import Text
from contracts.values import Window
from services.dispatch.domain.day import Slot
from services.dispatch.domain.need import local_text
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.planning.van_stock import VanStock

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Objection:
    """``rule`` is stable, ``text`` is for people."""

    rule: str
    text: Text


def objections(
    visit: Visit,
    plan: Plan,
    technician: Technician,
    slots: Iterable[Slot],
    stock: VanStock,
    travel: Travel,
    *,
    chosen: Window | None = None,
) -> tuple[Objection, ...]:
    """Every rule of the machine that the plan breaks; ``slots`` are those of the technician's days, and
    ``chosen`` is when the client had asked somebody to come."""
    moved = () if chosen is None else _moved(visit, plan, chosen)
    return (*_found(visit, plan, technician, slots, stock, travel), *moved)


def _moved(visit: Visit, plan: Plan, chosen: Window) -> Iterator[Objection]:
    if not chosen.from_at <= plan.start_at <= chosen.to_at:
        since, until = (local_text(at, visit.place.time_zone) for at in (chosen.from_at, chosen.to_at))
        yield Objection(
            "appointment-moved",
            Text(
                f"the client had chosen {since} to {until}; he is told of the new time",
                f"le client avait choisi du {since} au {until} ; il est prévenu du nouvel horaire",
            ),
        )


def _found(
    visit: Visit,
    plan: Plan,
    technician: Technician,
    slots: Iterable[Slot],
    stock: VanStock,
    travel: Travel,
) -> Iterator[Objection]:
    who = technician.id
    if visit.not_before_at is not None and plan.start_at < visit.not_before_at:
        until = local_text(visit.not_before_at, visit.place.time_zone)
        yield Objection(
            "on-hold", Text(f"the site is on hold until {until}", f"le site est en attente jusqu'au {until}")
        )
    if visit.wishes.released and visit.wishes.bound_to not in (None, who):
        yield Objection(
            "another-is-bound",
            Text(
                f"one technician was asked for, and {visit.wishes.bound_to} makes the others of the request",
                f"un même technicien était demandé, et {visit.wishes.bound_to} fait les autres de la demande",
            ),
        )
    if not technician.is_available(plan.start_at, plan.end_at, urgent=visit.urgent):
        yield Objection(
            "off-shift", Text(f"{who} does not work all that time", f"{who} ne travaille pas tout ce temps")
        )
    if visit.where is not None and not _is_open(visit, plan):
        yield Objection(
            "site-closed", Text("the site is closed at that time", "le site est fermé à cette heure")
        )
    for other in slots:
        if visit.where is None or other.place is None or other.visit_id == visit.id:
            continue
        there = timedelta(seconds=travel.seconds(other.place, visit.where, other.end_at))
        onward = timedelta(seconds=travel.seconds(visit.where, other.place, plan.end_at))
        if other.end_at <= plan.start_at < other.end_at + there:
            yield Objection(
                "travel",
                Text(
                    f"{who} cannot be there in time from visit {other.visit_id}",
                    f"{who} ne peut pas y être à temps depuis la visite {other.visit_id}",
                ),
            )
        if plan.end_at <= other.start_at < plan.end_at + onward:
            yield Objection(
                "travel",
                Text(
                    f"{who} cannot be in time at visit {other.visit_id} after it",
                    f"{who} ne peut pas être à temps à la visite {other.visit_id} ensuite",
                ),
            )
    if not stock.carries(who, visit):
        if stock.can_have(who, visit):
            yield Objection(
                "part-not-on-van",
                Text(
                    "parts that it needs are in a depot, not on the van",
                    "des pièces nécessaires sont dans un dépôt, pas dans la camionnette",
                ),
            )
        else:
            yield Objection(
                "part-missing",
                Text(
                    "neither the van nor a depot has the parts needed",
                    "ni la camionnette ni un dépôt n'a les pièces nécessaires",
                ),
            )


def _is_open(visit: Visit, plan: Plan) -> bool:
    opening = visit.place.open_intervals(plan.start_at, plan.start_at + MINUTE)
    return any(start <= plan.start_at < end for start, end in opening)
