"""A customer with two sites, a contract and a work type, and a request of his."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contracts.audience import Reach, Viewer
from contracts.inventory.states import SiteChanged
from contracts.values import HoldReason, Impact, Language, PartNeed, Priority, SiteAccess, TicketKind, Urgency
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import Contract, MetBy, Target, Terms, revision_of
from services.ticket.domain.customer import Customer
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.timeline import Line
from services.ticket.domain.work_type import Work, WorkType
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.opening import Request
from tests.world import MONDAY_NINE, World

ALWAYS: dict[str, Any] = {
    "time_zone": "site",
    "weekly": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "holidays": "none",
}
PORTAL = Viewer("portal-pasteur", Reach.CUSTOMER, "pasteur")
MANAGER = Viewer("dr-martin", Reach.CUSTOMER, "pasteur", confidential=True)
AGENT = Viewer("agent-paul", Reach.FIRM)
LAPTOP = Work({"hardware": 2}, 60, (PartNeed(sku="psu-550", quantity=1),))
PRINTER = Work({"print": 1}, 30)
VPN = Work({"network": 1}, 20, remote=True)


def site(id: str, customer_id: str = "pasteur", **changes: Any) -> SiteChanged:
    known = SiteChanged(
        site_id=id,
        customer_id=customer_id,
        name=id.title(),
        address="1 rue de la Paix",
        postcode="31000",
        commune="Toulouse",
        latitude=43.6,
        longitude=1.44,
        time_zone="Europe/Paris",
        holidays="FR",
        access=SiteAccess(instructions="Sonner deux fois"),
    )
    return known.model_copy(update=changes)


def target(name: str = "response", **changes: Any) -> Target:
    return replace(
        Target(name, "always", (HoldReason.WAITING_FOR_CLIENT,), MetBy.STARTED, minutes=60), **changes
    )


def terms(**changes: Any) -> Terms:
    agreed = Terms(
        name="Pasteur 2026",
        valid_from="2026-01-01",
        calendars={"always": ALWAYS},
        targets={priority: (target(),) for priority in Priority},
    )
    return replace(agreed, **changes)


def give_contract(world: World, id: str, customer_id: str = "pasteur", **changes: Any) -> Contract:
    contract = world.give(Contracts, Contract(id, customer_id, 1, terms(**changes)))
    world.give(ContractRevisions, revision_of(contract))
    return contract


def a_world(now: datetime = MONDAY_NINE, unit: type[Unit] = Unit) -> World:
    world = World(now, unit)
    world.give(Customers, Customer("pasteur", "Clinique Pasteur"))
    world.give(Customers, Customer("mairie", "Mairie"))
    for id in ("nord", "sud"):
        world.give(Sites, site(id), id)
    world.give(Sites, site("hotel-de-ville", "mairie"), "hotel-de-ville")
    world.give(
        WorkTypes,
        WorkType("laptop", {Language.FR: "Portable", Language.EN: "Laptop"}, TicketKind.INCIDENT, LAPTOP),
    )
    world.give(
        WorkTypes,
        WorkType(
            "printer", {Language.FR: "Imprimante", Language.EN: "Printer"}, TicketKind.INCIDENT, PRINTER
        ),
    )
    world.give(WorkTypes, WorkType("vpn", {Language.FR: "VPN", Language.EN: "VPN"}, TicketKind.INCIDENT, VPN))
    return world


def request(*sites: str, **changes: Any) -> Request:
    asked = Request(
        kind=TicketKind.INCIDENT,
        summary="Écran noir",
        description="Rien ne s'affiche depuis ce matin",
        category="laptop",
        impact=Impact.MEDIUM,
        urgency=Urgency.MEDIUM,
        sites=sites or ("nord",),
    )
    return replace(asked, **changes)


def opened(
    world: World,
    *sites: str,
    id: str = "t1",
    viewer: Viewer = PORTAL,
    patience: Patience = USUAL,
    **changes: Any,
) -> Ticket:
    """Open a ticket in the world and give it as it is kept."""
    asked = request(*sites, **changes)
    world.do(OpenTicket(id=id, number=f"T-2026-{id}", request=asked, viewer=viewer, patience=patience))
    return world.have(Tickets, id)


def timeline(world: World, id: str = "t1") -> list[Line]:
    """What is told of a ticket, in order."""
    return sorted((each for each in world.all(Timeline) if each.ticket_id == id), key=lambda line: line.n)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A time of March 2026 in UTC; Monday is the 2nd."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)
