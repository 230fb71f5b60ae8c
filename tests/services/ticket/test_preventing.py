"""Maintenance against a known fault, proposed for the machines of its model."""

from typing import Any

import pytest

from contracts.refusal import Refusal
from services.ticket.domain.prevention import PreventionState
from services.ticket.domain.problem import Problem
from services.ticket.store.copies import Assets
from services.ticket.store.problems import Problems
from services.ticket.usecases.prevent import (
    AcceptPrevention,
    DeclinePrevention,
    ProposePrevention,
    TakeUp,
)
from services.ticket.usecases.problems import OpenProblem
from tests.services.ticket.sample import AGENT
from tests.services.ticket.test_recurring import asset, fails, parked
from tests.world import World

HIS: dict[str, Any] = {"id": "pb", "viewer": AGENT}


def a_problem(world: World, **about: Any) -> None:
    named: dict[str, Any] = {"manufacturer": "HP", "model": "LaserJet 4000", **about}
    world.do(OpenProblem(**HIS, title="Fusibles", cause="Fusible grillé", **named))


def propose(world: World) -> None:
    world.do(ProposePrevention(**HIS, category="printer", text="Changer le fusible"))


def now(world: World, id: str = "pb") -> Problem:
    return world.have(Problems, id)


def test_it_names_every_machine_of_the_model_by_customer_and_site() -> None:
    world = parked()
    world.give(Assets, asset("p4", site_id="sud"), "p4")
    world.give(Assets, asset("other", model="LaserJet 5"), "other")
    a_problem(world)
    propose(world)
    prevention = now(world).prevention
    assert prevention is not None
    assert [(spot.customer_id, spot.site_id, spot.asset_ids) for spot in prevention.spots] == [
        ("mairie", "hotel-de-ville", ("m1",)),
        ("pasteur", "nord", ("p1", "p2", "p3")),
        ("pasteur", "sud", ("p4",)),
    ]


def test_of_one_customers_problem_only_his_machines_profit() -> None:
    world = parked()
    a_problem(world, customer_id="mairie")
    propose(world)
    prevention = now(world).prevention
    assert prevention is not None
    assert prevention.customer_ids == ("mairie",)


def test_where_no_machine_is_known_there_is_nothing_to_prevent() -> None:
    world = parked()
    a_problem(world, model="Latitude 5420")
    with pytest.raises(Refusal) as caught:
        propose(world)
    assert caught.value.slug == "nothing-to-prevent"


def test_taking_up_what_the_rule_proposed_proposes_its_prevention() -> None:
    world = parked()
    for _ in range(3):
        fails(world, "p1", category="printer")
    [problem] = world.all(Problems)
    assert problem.prevention is None
    world.do(TakeUp(id=problem.id, viewer=AGENT))
    prevention = now(world, problem.id).prevention
    assert prevention is not None
    assert (prevention.state, prevention.category) == (PreventionState.PROPOSED, "printer")
    assert prevention.assets_of("pasteur") == ("p1", "p2", "p3")


def test_accepted_twice_it_has_the_tickets_of_the_first_time() -> None:
    world = parked()
    a_problem(world)
    propose(world)
    for ids in (("t-1", "t-2"), ("t-3", "t-4")):
        world.do(AcceptPrevention(**HIS, ids=ids))
    prevention = now(world).prevention
    assert prevention is not None
    assert prevention.tickets == {"mairie": "t-1", "pasteur": "t-2"}
    with pytest.raises(Refusal) as caught:
        propose(world)
    assert caught.value.slug == "prevention-accepted"
    with pytest.raises(Refusal) as caught:
        world.do(DeclinePrevention(**HIS))
    assert caught.value.slug == "prevention-accepted"


def test_what_was_declined_may_be_proposed_anew() -> None:
    world = parked()
    a_problem(world)
    propose(world)
    world.do(DeclinePrevention(**HIS))
    prevention = now(world).prevention
    assert prevention is not None
    assert prevention.state is PreventionState.DECLINED
    propose(world)
    prevention = now(world).prevention
    assert prevention is not None
    assert prevention.state is PreventionState.PROPOSED


def test_what_nobody_proposed_is_not_accepted() -> None:
    world = parked()
    a_problem(world)
    with pytest.raises(Refusal) as caught:
        world.do(AcceptPrevention(**HIS, ids=("t-1",)))
    assert caught.value.slug == "nothing-proposed"
