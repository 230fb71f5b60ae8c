"""A tip for the people whose machines it is about: what was learned keeps the next fault away."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.ticket.events import Wording
from services.inventory.domain.asset import Asset, Status

AT_ONCE = 500
"""People that one event names."""


@dataclass(frozen=True)
class Person:
    """A contact; ``site_ids`` are the sites that he answers for."""

    id: str
    customer_id: str
    site_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """Those of one customer's who are told."""

    customer_id: str
    contact_ids: tuple[str, ...]


@dataclass(frozen=True)
class Campaign:
    """``kind`` and ``model`` (as it was asked for) say which machines, ``machines`` how many those were."""

    id: str
    title: Wording
    text: Wording
    told: tuple[Told, ...]
    machines: int
    sent_at: datetime
    sent_by: str
    kind: str | None = None
    model: str | None = None

    @property
    def recipients(self) -> int:
        return sum(len(each.contact_ids) for each in self.told)

    @property
    def packets(self) -> tuple[Told, ...]:
        """The same in pieces that an event may name."""
        return tuple(
            Told(each.customer_id, each.contact_ids[start : start + AT_ONCE])
            for each in self.told
            for start in range(0, len(each.contact_ids), AT_ONCE)
        )


def concerned(assets: Iterable[Asset], kind: str | None, model: str | None) -> tuple[Asset, ...]:
    """Machines that are in use, of that kind and of that model however it is written."""
    wanted = None if model is None else _plain(model)
    return tuple(
        each
        for each in assets
        if each.status in (Status.IN_USE, Status.LENT)
        and kind in (None, each.kind)
        and (wanted is None or _plain(each.model or (each.seen.model if each.seen else None) or "") == wanted)
    )


def people_of(machines: Iterable[Asset], people: Iterable[Person]) -> tuple[Told, ...]:
    """Owners and users of the machines; of one that has neither, whoever answers for its site."""
    known = {each.id: each for each in people}
    at_site = defaultdict[str, list[str]](list)
    for person in known.values():
        for site in person.site_ids:
            at_site[site].append(person.id)
    told: Mapping[str, dict[str, None]] = defaultdict(dict)
    for machine in machines:
        own = [each for each in (machine.owner_id, *machine.users) if each in known]
        for id in own or at_site[machine.site_id]:
            if known[id].customer_id == machine.customer_id:
                told[machine.customer_id][id] = None
    return tuple(Told(customer, tuple(sorted(ids))) for customer, ids in sorted(told.items()) if ids)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
