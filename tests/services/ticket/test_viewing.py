"""For whom a ticket exists."""

import pytest

from contracts.refusal import NotFound
from services.ticket.domain.viewer import Reach, Viewer
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.note import NoteTicket
from tests.services.ticket.sample import AGENT, MANAGER, PORTAL, a_world, at, opened
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
    assert viewer.sees(world.have(Tickets, "t1")) is sees
