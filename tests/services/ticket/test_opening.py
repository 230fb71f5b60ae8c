"""What a request must stand on, and what it becomes."""

from typing import Any, TypeVar

import pytest

from contracts.audience import Reach, Viewer
from contracts.inventory.states import CurrentAssetChanged
from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.events import TicketOpened
from contracts.ticket.sla import SlaStarted
from contracts.values import Impact, Priority, Urgency, Window
from infra.chassis.store.collection import Kind
from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import Contact
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.resolve import ResolveTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, at, give_contract, opened, request
from tests.world import World

A = TypeVar("A")


def test_each_site_gets_a_visit_under_its_own_contract() -> None:
    world = a_world()
    give_contract(world, "wide")
    give_contract(world, "only-sud", sites=("sud",))
    ticket = opened(world, "nord", "sud")
    assert [(v.id, v.site_id, v.contract_id, v.contract_revision) for v in ticket.visits] == [
        ("t1-1", "nord", "wide", 1),
        ("t1-2", "sud", "only-sud", 1),
    ]


def test_without_a_contract_the_priority_is_servicenows() -> None:
    ranks = [
        opened(a_world(), impact=impact, urgency=urgency).priority for impact in Impact for urgency in Urgency
    ]
    assert [int(rank[1]) for rank in ranks] == [1, 2, 3, 2, 3, 4, 3, 4, 5]


def test_sites_under_different_matrices_get_the_most_urgent_priority() -> None:
    world = a_world()
    slow, fast = (Priority.P4,) * 3, (Priority.P2,) * 3
    give_contract(world, "a", sites=("nord",), priority_matrix=(slow, slow, slow))
    give_contract(world, "b", sites=("sud",), priority_matrix=(fast, fast, fast))
    assert opened(world, "nord", "sud").priority is Priority.P2


@pytest.mark.parametrize(
    ("changes", "kind", "id"),
    [
        ({"sites": ("atlantis",)}, "site", "atlantis"),
        ({"sites": ("nord", "hotel-de-ville")}, "site", "hotel-de-ville"),
        ({"category": "coffee"}, "work-type", "coffee"),
        ({"customer_id": "mairie"}, "customer", "mairie"),
        ({"asset_id": "pc-1"}, "asset", "pc-1"),
        ({"asset_id": "pc-mairie"}, "asset", "pc-mairie"),
    ],
)
def test_what_is_unknown_or_another_customers_is_named_and_nothing_is_kept(
    changes: dict[str, Any], kind: str, id: str
) -> None:
    world = a_world()
    asset = CurrentAssetChanged(
        asset_id="pc-mairie", site_id="hotel-de-ville", customer_id="mairie", name="PC", kind="pc"
    )
    world.give(Assets, asset, "pc-mairie")
    with pytest.raises(UnknownReference) as caught:
        opened(world, **changes)
    assert (caught.value.kind, caught.value.id) == (kind, id)
    assert world.all(Tickets) == []
    assert world.events == []


def test_an_agent_opens_for_the_customer_of_the_first_site() -> None:
    world = a_world()
    assert opened(world, "hotel-de-ville", viewer=AGENT).customer_id == "mairie"
    with pytest.raises(UnknownReference):
        opened(world, "hotel-de-ville", "nord", id="t2", viewer=AGENT)
    with pytest.raises(UnknownReference):
        opened(world, "hotel-de-ville", id="t3", viewer=AGENT, customer_id="pasteur")


class Blind(Unit):
    """A fault: the tickets that there are already are not looked through."""

    def where(self, kind: Kind[A], field: str, value: Any) -> tuple[A, ...]:
        return () if kind is Tickets else super().where(kind, field, value)


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(Unit, id="sound"),
        pytest.param(
            Blind,
            id="fault-blind",
            marks=pytest.mark.xfail(raises=pytest.fail.Exception, strict=True),
        ),
    ],
)
def test_an_external_reference_belongs_to_one_ticket_of_the_customer(unit: type[Unit]) -> None:
    world = a_world(unit=unit)
    opened(world, external_reference="INC-1")
    with pytest.raises(Refusal) as caught:
        opened(world, id="t2", external_reference="INC-1")
    assert caught.value.slug == "external-reference-taken"
    assert caught.value.members == {"ticket_id": "t1", "number": "T-2026-t1"}
    opened(world, "hotel-de-ville", id="t3", viewer=AGENT, external_reference="INC-1")


def test_the_client_declared_before_it_was_typed_in() -> None:
    world = a_world()
    ticket = opened(world, viewer=AGENT, occurred_at=at(7))
    assert (ticket.declared_at, ticket.opened_at) == (at(7), at(8))
    assert world.events[0].envelope.occurred_at == at(7)
    with pytest.raises(Refusal, match="15 minutes"):
        opened(world, id="t2", viewer=PORTAL, occurred_at=at(7))


def test_the_contract_is_the_one_of_the_day_of_the_declaration() -> None:
    world = a_world()
    give_contract(world, "old", valid_from="2025-01-01", valid_to="2026-03-01")
    give_contract(world, "new", valid_from="2026-03-02")
    assert opened(world, viewer=AGENT).visits[0].contract_id == "new"
    late_on_sunday = at(22, 59, day=1)
    assert opened(world, id="t2", viewer=AGENT, occurred_at=late_on_sunday).visits[0].contract_id == "old"
    monday_in_paris = at(23, 0, day=1)
    assert opened(world, id="t3", viewer=AGENT, occurred_at=monday_in_paris).visits[0].contract_id == "new"


def test_a_requester_who_is_a_contact_asks_for_himself() -> None:
    world = a_world()
    world.give(Contacts, Contact("anne", "pasteur", "Anne"))
    assert opened(world, viewer=Viewer("anne", Reach.OWN, "pasteur")).requester_id == "anne"


def test_a_site_contact_asks_for_his_own_sites_and_what_stands_there_only() -> None:
    world = a_world()
    for name in ("nord", "sud"):
        asset = CurrentAssetChanged(
            asset_id=f"pc-{name}", site_id=name, customer_id="pasteur", name="PC", kind="workstation"
        )
        world.give(Assets, asset, asset.asset_id)
    bruno = Viewer("bruno", Reach.SITES, "pasteur", sites=("nord",))
    assert opened(world, "nord", viewer=bruno, asset_id="pc-nord").site_ids == ("nord",)
    for sites, asset_id in ((("sud",), None), (("nord", "sud"), None), (("nord",), "pc-sud")):
        with pytest.raises(UnknownReference):
            opened(world, *sites, id="t2", viewer=bruno, asset_id=asset_id)
    assert opened(world, id="t2").requester_id is None


def test_a_wish_for_a_time_that_has_passed_is_not_passed_on_with_the_follow_up() -> None:
    world = a_world()
    early, late = Window(from_at=at(8), to_at=at(9)), Window(from_at=at(14), to_at=at(16))
    opened(world, preferred_windows=(early, late))
    assert world.told(TicketOpened)[0].visits[0].preferred_windows == (early, late)


def test_the_facts_tell_no_names_of_people() -> None:
    world = World()
    world.memory = a_world().memory
    opened(world)
    text = world.told(TicketOpened)[0].model_dump_json()
    assert request().description not in text


def test_what_the_firm_asks_for_itself_has_no_clocks() -> None:
    world = a_world()
    give_contract(world, "c-pasteur")
    agent = Viewer("service:ticket", Reach.FIRM)
    world.do(
        OpenTicket(
            id="pm-1",
            number="T-1",
            request=request("nord", customer_id="pasteur"),
            viewer=agent,
            clocks=False,
        )
    )
    planned = world.have(Tickets, "pm-1")
    assert (planned.sla, planned.visits[0].contract_id is not None) == (None, True)
    world.do(ResolveTicket(ticket_id="pm-1", viewer=agent, work_done="Dépoussiéré"))
    assert world.have(Tickets, "pm-1").sla is None
    assert opened(world, id="t2").sla is not None
    assert not [each for each in world.told(SlaStarted) if each.ticket_id == "pm-1"]
