"""A cause that comes back is proposed as a problem: of one machine, or of one model at a client or more."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from contracts.inventory.states import CurrentAssetChanged
from contracts.values import ServiceHealth
from infra.chassis.store.unit import Unit
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.problem import Problem, ProblemState
from services.ticket.lookup.models import model_key
from services.ticket.store.copies import Assets
from services.ticket.store.problems import CauseCounts, Problems
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.majors import AttachTicket
from services.ticket.usecases.parent import SetParent
from services.ticket.usecases.problems import MoveProblem
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from tests.services.ticket.sample import AGENT, a_world, opened
from tests.services.ticket.test_majors import declare
from tests.world import World

NUMBERS = count(1)
FUSE = "Fusible grillé"


def asset(id: str, customer: str = "pasteur", **changes: Any) -> CurrentAssetChanged:
    known = CurrentAssetChanged(
        asset_id=id,
        site_id="nord" if customer == "pasteur" else "hotel-de-ville",
        customer_id=customer,
        name=id,
        kind="printer",
        manufacturer="HP",
        model="LaserJet 4000",
    )
    return known.model_copy(update=changes)


def parked() -> World:
    """p1, p2 and p3 are Pasteur's, m1 the Mairie's: all of one model, however the park writes it."""
    world = a_world()
    for each in (
        asset("p1"),
        asset("p2", manufacturer="Hewlett-Packard", model="HP LaserJet-4000"),
        asset("p3", model="laserjet 4000"),
        asset("m1", "mairie"),
    ):
        world.give(Assets, each, each.asset_id)
    return world


def fails(world: World, machine: str, cause: str | None = FUSE, *, resolve: bool = True, **more: Any) -> str:
    """A ticket about a machine, resolved with that cause."""
    id = f"t{next(NUMBERS)}"
    site = "hotel-de-ville" if machine.startswith("m") else "nord"
    opened(world, site, id=id, viewer=AGENT, asset_id=machine, **more)
    if resolve:
        world.do(ResolveTicket(ticket_id=id, viewer=AGENT, work_done="Changé", cause=cause))
    return id


def problems(world: World) -> list[Problem]:
    return world.all(Problems)


def reopen(world: World, id: str) -> None:
    world.do(ReopenTicket(ticket_id=id, viewer=AGENT, reason="Encore", service=ServiceHealth.DOWN))


def move(world: World, problem: Problem, verb: str, **changes: Any) -> None:
    world.do(MoveProblem(id=problem.id, viewer=AGENT, verb=verb, changes=changes))


def test_three_times_on_one_machine_whatever_the_words_is_a_problem_of_that_machine() -> None:
    world = parked()
    ids = [fails(world, "p1", cause) for cause in ("Fusible grillé", "fusible GRILLE", "grillé, le fusible")]
    [problem] = problems(world)
    assert (problem.state, problem.by_rule) == (ProblemState.PROPOSED, True)
    assert (problem.about.asset_id, problem.about.customer_id) == ("p1", "pasteur")
    assert problem.ticket_ids == tuple(ids)


def test_on_three_machines_of_a_client_it_is_one_of_their_model_there() -> None:
    world = parked()
    for machine in ("p1", "p2", "p3"):
        fails(world, machine)
    [problem] = problems(world)
    assert (problem.about.asset_id, problem.about.customer_id, problem.about.key) == (
        None,
        "pasteur",
        "hp/laserjet4000",
    )


def test_at_several_clients_it_is_the_firms_own() -> None:
    world = parked()
    for machine in ("p1", "p2", "m1"):
        fails(world, machine)
    [problem] = problems(world)
    assert (problem.about.customer_id, problem.about.key) == (None, "hp/laserjet4000")


def test_twice_or_of_different_causes_is_none() -> None:
    world = parked()
    for cause in (FUSE, FUSE, "Bourrage", None, "Pas de réponse"):
        fails(world, "p1", cause)
    assert problems(world) == []


def test_what_lies_longer_ago_than_the_rule_says_does_not_count() -> None:
    world = parked()
    fails(world, "p1")
    world.advance(timedelta(days=30))
    fails(world, "p1")
    fails(world, "p1")
    assert problems(world) == []


def test_a_firm_says_how_often_and_within_how_many_days() -> None:
    world = parked()
    eager = Patience(acceptance=USUAL.acceptance, recurrences=2, recurrence_days=1)
    fails(world, "p1", patience=eager)
    fails(world, "p1", patience=eager)
    assert len(problems(world)) == 1


def test_what_was_reopened_is_taken_back() -> None:
    world = parked()
    first = fails(world, "p1")
    fails(world, "p1")
    reopen(world, first)
    fails(world, "p1")
    assert problems(world) == []
    world.do(ResolveTicket(ticket_id=first, viewer=AGENT, work_done="Changé", cause=FUSE))
    [problem] = problems(world)
    assert len(problem.ticket_ids) == 3


def test_closing_what_was_resolved_is_no_other_time() -> None:
    world = parked()
    for _ in range(2):
        world.do(CloseTicket(ticket_id=fails(world, "p1"), viewer=AGENT))
    assert problems(world) == []


def test_more_of_it_belongs_to_the_same_problem() -> None:
    world = parked()
    for _ in range(3):
        fails(world, "p1")
    more = fails(world, "p1")
    [problem] = problems(world)
    assert problem.ticket_ids[-1] == more
    reopen(world, more)
    [problem] = problems(world)
    assert more not in problem.ticket_ids


def test_what_was_rejected_is_proposed_again_after_three_more_and_not_before() -> None:
    world = parked()
    for _ in range(3):
        fails(world, "p1")
    [first] = problems(world)
    move(world, first, "reject", rejected_because="Trois câbles différents")
    for _ in range(2):
        fails(world, "p1")
    assert len(problems(world)) == 1
    fails(world, "p1")
    assert len(problems(world)) == 2


def test_the_same_tickets_propose_no_second_problem_of_their_model() -> None:
    world = parked()
    for _ in range(3):
        fails(world, "p1")
    fails(world, "p2")
    fails(world, "p3")
    assert len(problems(world)) == 1


def test_the_parts_of_a_major_incident_and_children_are_one_fault_and_not_three() -> None:
    world = parked()
    declare(world, id="mi")
    parts = [fails(world, machine, resolve=False) for machine in ("p1", "p2", "p3")]
    for id in parts:
        world.do(AttachTicket(id="mi", viewer=AGENT, ticket_id=id))
        world.do(ResolveTicket(ticket_id=id, viewer=AGENT, work_done="Changé", cause=FUSE))
    parent, *children = [fails(world, machine, resolve=False) for machine in ("p1", "p2", "p3")]
    for id in children:
        world.do(SetParent(ticket_id=id, viewer=AGENT, parent_id=parent))
    world.do(ResolveTicket(ticket_id=parent, viewer=AGENT, work_done="Changé", cause=FUSE, children=True))
    assert not world.have(Tickets, children[0]).is_open
    assert problems(world) == []


def test_what_is_confidential_is_not_counted() -> None:
    world = parked()
    for _ in range(3):
        fails(world, "p1", confidential=True)
    assert (problems(world), world.all(CauseCounts)) == ([], [])


def test_no_ticket_but_its_own_is_read_to_count_it() -> None:
    looked: set[str] = set()

    class Watched(Unit):
        def where(self, kind: Any, field: str, value: Any) -> Any:
            looked.add(kind.name)
            return super().where(kind, field, value)

    world = a_world(unit=Watched)
    world.give(Assets, asset("p1"), "p1")
    fails(world, "p1")
    fails(world, "p1")
    assert "tickets" not in looked


@pytest.mark.parametrize(
    ("manufacturer", "model", "key"),
    [
        ("HP", "LaserJet 4000", "hp/laserjet4000"),
        ("Hewlett-Packard", "HP LaserJet-4000", "hp/laserjet4000"),
        ("Dell Inc.", "Dell Latitude 5420", "dell/latitude5420"),
        ("DELL", "LATITUDE  5420 ", "dell/latitude5420"),
        (None, "Latitude 5420", "/latitude5420"),
        ("Dell", "System Product Name", None),
        ("Dell", "To be filled by O.E.M.", None),
        ("Dell", None, None),
    ],
)
def test_a_model_is_recognised_however_it_is_written(
    manufacturer: str | None, model: str | None, key: str | None
) -> None:
    assert model_key(manufacturer, model) == key
