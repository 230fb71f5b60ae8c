"""A working day of the sample firm: what clients ask, how each visit is lived; a seed gives one day."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from contracts.calendars import public_holidays
from contracts.values import rfc3339
from infra.sample.calls import Call, Json
from infra.sample.firm import Firm
from infra.sample.living import Lived, lived
from infra.sample.rota import PARIS
from infra.sample.script import Line
from infra.sample.trade import WORKS, Work

_WORK = {work.id: work for work in WORKS}
IMPACTS = {"H": "high", "M": "medium", "L": "low"}
"""Impact and urgency by their letter."""
_ORDINARY = Line("", "", (), "", "M", "M")
_UNKNOWN = Work("", "", "", "incident", 45, {}, (), "Panne levée, essai fait avec l'utilisateur.")
"""What somebody else asked for."""
_MACHINE = {"server": "server", "printing": "copier", "hardware": "workstation", "workstation": "workstation"}


@dataclass(frozen=True)
class Request:
    """One ``POST /v1/tickets`` at its time, by whom it is made: the client's portal or the hotline.

    ``agent`` is who of the hotline looks after it, in ``remote_minutes`` where it is solved remotely;
    ``missing`` is a SKU that turns out not to be in the van once its visit is planned.
    """

    n: int
    at: datetime
    role: str
    subject: str
    customer: str | None
    key: str
    body: Json
    work: Work
    line: Line
    agent: str
    remote_minutes: int

    @property
    def missing(self) -> str | None:
        return self.line.missing


@dataclass(frozen=True)
class Day:
    """``requests`` in the order of their times."""

    on: date
    seed: int
    firm: Firm
    requests: tuple[Request, ...]

    def lived(self, request: Request, site_id: str, *, asked: int = 0, follow_up: bool = False) -> Lived:
        """How a technician lives the visit of a request at one of its sites.

        ``asked`` counts the technicians who were told to go before him; ``follow_up``: it goes on
        with the work of an earlier visit.
        """
        chance = random.Random(f"{self.seed} {self.on} {request.n} {site_id} {asked} {follow_up}")
        return lived(request.line, request.work, chance, asked=asked, follow_up=follow_up)

    def left_over(self, visit_id: str, category: str, minutes: int) -> Lived:
        """How a technician lives a visit that no request of this day asked for: without surprises."""
        work = replace(_WORK.get(category, _UNKNOWN), minutes=minutes)
        chance = random.Random(f"{self.seed} {self.on} {visit_id}")
        return lived(_ORDINARY, work, chance, asked=1, follow_up=True)


def day(on: date, firm: Firm, seed: int = 1) -> Day:
    """The requests of ``on``, which should be a working day."""
    chance = random.Random(f"{seed} {on}")
    return Day(on, seed, firm, tuple(_requests(on, firm, seed, chance)))


def working_day(on: date) -> date:
    """``on``, or the next day that is neither a Saturday, a Sunday nor a national holiday."""
    while on.weekday() >= 5 or on in public_holidays("FR", on.year):
        on += timedelta(days=1)
    return on


def loss(location: str, sku: str, at: datetime) -> Call:
    """The stock-keeper finds that a place has none of a part left, whatever was set aside there."""
    body = {"location": location, "sku": sku, "quantity": 0, "occurred_at": rfc3339(at)}
    return Call("POST", "/v1/stock/count", body)


def _requests(on: date, firm: Firm, seed: int, chance: random.Random) -> Iterator[Request]:
    agents = [subject for subject, role in firm.house.staff.items() if role == "agent"]
    for n, line in enumerate(firm.house.script, start=1):
        hour, minute = map(int, line.at.split(":"))
        at = datetime.combine(
            on + timedelta(days=line.by_night), time(hour, minute, chance.randrange(60)), PARIS
        ).astimezone(UTC)
        by_portal = line.channel == "portal"
        work, agent = _WORK[line.work], chance.choice(agents)
        body = _body(f"{on:%y%m%d}-{seed}-{n:02d}", line, work, firm, chance)
        if line.typed:
            body["occurred_at"] = rfc3339(at - timedelta(minutes=line.typed))
        yield Request(
            n=n,
            at=at,
            role="portal" if by_portal else "agent",
            subject=f"portal-{line.client}" if by_portal else agent,
            customer=line.client if by_portal else None,
            key=f"day-{on:%Y%m%d}-{seed}-{n:02d}",
            body=body,
            work=work,
            line=line,
            agent=agent,
            remote_minutes=round(work.minutes * chance.uniform(0.3, 0.7)),
        )


def _body(reference: str, line: Line, work: Work, firm: Firm, chance: random.Random) -> dict[str, object]:
    site = firm.sites[line.sites[0]]
    where = site["name"] if len(line.sites) == 1 else f"{len(line.sites)} sites"
    complaint = chance.choice(work.complaints)
    body: dict[str, object] = {
        "kind": work.kind,
        "summary": f"{complaint} ({where})",
        "description": f"{complaint}. Signalé par {firm.contact_at(line.sites[0])['name']}.",
        "category": work.id,
        "impact": IMPACTS[line.impact],
        "urgency": IMPACTS[line.urgency],
        "sites": list(line.sites),
        "requester": firm.contact_at(line.sites[0]),
        "channel": line.channel,
        "external_reference": reference,
    }
    if len(line.sites) == 1:
        body["on_site_contact"] = firm.contact_at(line.sites[0])
        if (asset := _asset(line.sites[0], work.skills, firm)) is not None:
            body["asset"] = asset
    return body


def _asset(site_id: str, skills: Mapping[str, int], firm: Firm) -> str | None:
    kinds = (_MACHINE[skill] for skill in skills if skill in _MACHINE)
    return next((id for kind in kinds if (id := f"{kind}-{site_id}") in firm.assets), None)
