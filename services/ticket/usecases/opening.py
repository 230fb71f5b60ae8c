"""What a request for a ticket says, and what it must stand on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.audience import Viewer
from contracts.checklists import ChecklistItem
from contracts.inventory.states import SiteChanged
from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from contracts.values import Channel, Impact, TicketKind, Urgency, Window
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import AlreadyExists, Unit
from services.ticket.domain.contract import Contract, ContractRevision, contract_for
from services.ticket.domain.dating import dated
from services.ticket.domain.diagnosis import Given
from services.ticket.domain.diagnosis_ending import Likely
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.work_type import WorkType
from services.ticket.store.contracts import Contracts
from services.ticket.store.copies import Assets, Sites
from services.ticket.store.customers import Customers
from services.ticket.store.diagnoses import Diagnoses
from services.ticket.store.tickets import Tickets
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.diagnosing import Finding, Judged, asset_of, found
from services.ticket.usecases.put_contract import terms_of


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for. ``customer_id`` is for the firm's side; without it the first site tells.

    What is None of ``category``, ``impact`` and ``urgency`` the answers to a diagnosis have to say; where
    ``likely`` makes that needless nobody owes the rest of them.
    Sites of a group in ``site_order`` are visited when those of the groups before it have been.
    ``occurred_at`` is ``witnessed`` where a server of ours says so. ``in_reply_to`` is the Message-ID of the
    mail that asks.
    """

    kind: TicketKind
    summary: str
    description: str
    category: str | None
    impact: Impact | None
    urgency: Urgency | None
    sites: tuple[str, ...]
    diagnosis_id: str | None = None
    given: tuple[Given, ...] = ()
    likely: Likely | None = None
    customer_id: str | None = None
    asset_id: str | None = None
    preferred_windows: tuple[Window, ...] = ()
    site_order: tuple[tuple[str, ...], ...] = ()
    same_technician: bool = False
    confidential: bool = False
    channel: Channel = Channel.API
    declared_by: str | None = None
    external_reference: str | None = None
    custom: Mapping[str, Any] | None = None
    occurred_at: datetime | None = None
    witnessed: bool = False
    in_reply_to: str | None = None
    checklist: tuple[ChecklistItem, ...] = ()


@dataclass(frozen=True)
class Ground:
    """Everything that a request stands on, found: the site's terms are those of the day on which it was
    declared, None where there is no contract."""

    judged: Judged
    finding: Finding
    asset_id: str | None
    customer_id: str
    declared_at: datetime
    work_type: WorkType
    sites: tuple[tuple[SiteChanged, ContractRevision | None], ...]


def ground(unit: Unit, request: Request, viewer: Viewer, ticket_id: str) -> Ground:
    """Find what the request names, or refuse it. What is another customer's does not exist, nor to a
    site contact what is at sites that he does not answer for.

    ``AlreadyExists`` where a twin of this request has opened the ticket meanwhile.
    """
    customer_id = _customer(unit, request, viewer)
    unit.require(Customers, customer_id, as_="customer")
    sites = tuple(_site(unit, site_id, customer_id, viewer) for site_id in request.sites)
    judged, finding = found(unit, request)
    work_type = unit.require(WorkTypes, judged.category, as_="work-type")
    if request.asset_id is not None:
        asset = unit.require(Assets, request.asset_id, as_="asset")
        if asset.customer_id != customer_id or not viewer.answers_for(asset.site_id):
            raise UnknownReference("asset", request.asset_id)
    declared_at = dated(viewer, request.occurred_at, unit.now, witnessed=request.witnessed)
    if request.external_reference is not None:
        _not_taken(unit, request.external_reference, customer_id, ticket_id)
    contracts = unit.where(Contracts, "customer_id", customer_id)
    return Ground(
        judged,
        finding,
        request.asset_id or asset_of(unit, finding.asset, customer_id, viewer),
        customer_id,
        declared_at,
        work_type,
        tuple((site, _terms(unit, contracts, site, declared_at)) for site in sites),
    )


def ground_loads(request: Request, viewer: Viewer) -> tuple[Ref | Where, ...]:
    """What ``ground`` reads, as far as it can be told beforehand."""
    customer_id = viewer.customer_id or request.customer_id
    wants: list[Ref | Where] = [Ref(Sites, id) for id in request.sites]
    if request.category is not None:
        wants.append(Ref(WorkTypes, request.category))
    if request.diagnosis_id is not None:
        wants.append(Ref(Diagnoses, request.diagnosis_id))
    if customer_id is not None:
        wants += [Ref(Customers, customer_id), Where(Contracts, "customer_id", customer_id)]
    if request.asset_id is not None:
        wants.append(Ref(Assets, request.asset_id))
    if request.external_reference is not None:
        wants.append(Where(Tickets, "external_reference", request.external_reference))
    return tuple(wants)


def _customer(unit: Unit, request: Request, viewer: Viewer) -> str:
    if not viewer.of_the_firm and viewer.customer_id is not None:
        if request.customer_id not in (None, viewer.customer_id):
            raise UnknownReference("customer", str(request.customer_id))
        return viewer.customer_id
    if request.customer_id is not None:
        return request.customer_id
    return unit.require(Sites, request.sites[0], as_="site").customer_id


def _site(unit: Unit, site_id: str, customer_id: str, viewer: Viewer) -> SiteChanged:
    site = unit.require(Sites, site_id, as_="site")
    if site.customer_id != customer_id or not viewer.answers_for(site_id):
        raise UnknownReference("site", site_id)
    return site


def _terms(
    unit: Unit, contracts: tuple[Contract, ...], site: SiteChanged, at: datetime
) -> ContractRevision | None:
    day = at.astimezone(ZoneInfo(site.time_zone)).date()
    contract = contract_for(contracts, site.site_id, day)
    version = None if contract is None else contract.version_on(day.isoformat())
    if contract is None or version is None:
        return None
    return terms_of(unit, contract, version)


def _not_taken(unit: Unit, reference: str, customer_id: str, ticket_id: str) -> None:
    for other in unit.where(Tickets, "external_reference", reference):
        if other.customer_id == customer_id:
            if other.id == ticket_id:
                raise AlreadyExists(Tickets.name, ticket_id)
            raise reference_taken(reference, other)


def reference_taken(reference: str, other: Ticket) -> Refusal:
    return Refusal(
        "external-reference-taken",
        Text(
            f"The reference {reference!r} belongs to ticket {other.number} already: follow that one, "
            "or send another reference.",
            f"La référence {reference!r} appartient déjà au ticket {other.number} : suivez celui-là, "
            "ou envoyez une autre référence.",
        ),
        ticket_id=other.id,
        number=other.number,
    )
