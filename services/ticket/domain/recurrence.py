"""How often a cause came back, on one machine or on one model."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.ticket.domain.problem import About

KEPT = 50
"""The newest entries of a count; a rule that asks for more finds no more."""


@dataclass(frozen=True)
class Occurrence:
    ticket_id: str
    customer_id: str
    at: datetime


@dataclass(frozen=True)
class CauseCount:
    """The resolved tickets of one cause on what it is ``about``, oldest first, within the rule's days.

    ``problem_id`` is what was proposed last: the tickets of which are not counted again.
    """

    id: str
    about: About
    seen: tuple[Occurrence, ...] = ()
    problem_id: str | None = None

    @property
    def ticket_ids(self) -> tuple[str, ...]:
        return tuple(each.ticket_id for each in self.seen)

    def with_ticket(self, occurrence: Occurrence, within: timedelta) -> "CauseCount":
        """With one more; those that lie ``within`` or more before the newest are forgotten."""
        others = self.without(occurrence.ticket_id).seen
        seen = sorted((*others, occurrence), key=lambda each: (each.at, each.ticket_id))
        since = seen[-1].at - within
        return replace(self, seen=tuple(each for each in seen if each.at > since)[-KEPT:])

    def without(self, *ticket_ids: str) -> "CauseCount":
        return replace(self, seen=tuple(each for each in self.seen if each.ticket_id not in ticket_ids))

    def proposed(self, problem_id: str) -> "CauseCount":
        """Its tickets are the problem's from now on: another one takes as many anew."""
        return replace(self, seen=(), problem_id=problem_id)


def places_of(asset_id: str, model: str | None, key: str | None, customer_id: str) -> tuple[About, ...]:
    """What a cause is counted for, the narrowest first: the machine, the model at its customer, anywhere."""
    machine = About(customer_id, asset_id, model, key)
    if key is None:
        return (machine,)
    return (machine, About(customer_id, None, model, key), About(None, None, model, key))


def count_id(about: About, gist: str) -> str:
    """The id of the count of a cause, whatever its words are."""
    if about.asset_id is not None:
        place = f"asset/{about.asset_id}"
    else:
        place = f"model/{about.customer_id or '*'}/{about.key}"
    return hashlib.sha256(f"{place}\n{gist}".encode()).hexdigest()[:40]
