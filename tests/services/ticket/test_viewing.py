"""For whom a ticket exists."""

from dataclasses import replace

import pytest

from contracts.audience import Reach, Viewer
from contracts.refusal import NotFound
from contracts.ticket.events import TicketOpened
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.note import NoteTicket
from tests.services.ticket.sample import AGENT, MANAGER, PORTAL, a_world, at, give_contract, opened
from tests.services.ticket.visits import plan


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (PORTAL, False),
        (MANAGER, True),
        (AGENT, True),
        (Viewer("anne", Reach.OWN, "pasteur"), True),
        (Viewer("bruno", Reach.OWN, "pasteur"), False),
        (Viewer("bruno", Reach.SITES, "pasteur", sites=("nord",)), False),
        (Viewer("dr-who", Reach.CUSTOMER, "mairie", confidential=True), False),
    ],
    ids=lambda value: getattr(value, "subject", value),
)
def test_a_confidential_ticket_exists_only_for_its_requester_the_manager_and_the_firm(
    viewer: Viewer, sees: bool
) -> None:
    world = a_world()
    opened(world, viewer=Viewer("anne", Reach.OWN, "pasteur"), confidential=True)
    case = NoteTicket(ticket_id="t1", viewer=viewer, text="?", public=True)
    if sees:
        world.do(case)
    else:
        with pytest.raises(NotFound):
            world.do(case)


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (PORTAL, True),
        (Viewer("bruno", Reach.OWN, "pasteur"), False),
        (Viewer("bruno", Reach.SITES, "pasteur", sites=("nord",)), True),
        (Viewer("bruno", Reach.SITES, "pasteur", sites=("sud",)), False),
        (Viewer("lea", Reach.VISITS), True),
        (Viewer("marc", Reach.VISITS), False),
        (Viewer("mairie", Reach.CUSTOMER, "mairie"), False),
    ],
    ids=lambda value: f"{value.subject}-{value.reach}" if isinstance(value, Viewer) else str(value),
)
def test_a_ticket_exists_for_those_it_concerns(viewer: Viewer, sees: bool) -> None:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    assert viewer.sees(world.have(Tickets, "t1").parties) is sees


def test_a_technician_and_a_contact_of_one_name_do_not_see_each_others_requests() -> None:
    world = a_world()
    technician, contact = Viewer("jean", Reach.VISITS), Viewer("jean", Reach.OWN, "pasteur")
    by_contact = opened(world, id="t1", viewer=contact).parties
    by_technician = opened(world, id="t2", viewer=technician).parties
    assert (contact.sees(by_contact), technician.sees(by_contact)) == (True, False)
    assert (contact.sees(by_technician), technician.sees(by_technician)) == (False, True)


def test_facts_name_who_opened_a_ticket_only_where_he_is_the_customers() -> None:
    world = a_world()
    give_contract(world, "gold")
    opened(world, id="t1", viewer=Viewer("jean", Reach.OWN, "pasteur"))
    opened(world, id="t2", viewer=Viewer("jean", Reach.VISITS), customer_id="pasteur")
    assert [(each.opened_by, each.contract_ids) for each in world.told(TicketOpened)] == [
        ("jean", ("gold",)),
        (None, ("gold",)),
    ]


def test_who_waits_on_the_spot_sees_the_confidential_ticket_he_waits_for() -> None:
    world = a_world()
    ticket = replace(opened(world, confidential=True), on_site_contact_id="bruno")
    assert Viewer("bruno", Reach.SITES, "pasteur").sees(ticket.parties)
    assert Viewer("bruno", Reach.OWN, "pasteur").sees(ticket.parties)
    assert not Viewer("paul", Reach.SITES, "pasteur", sites=("nord",)).sees(ticket.parties)
