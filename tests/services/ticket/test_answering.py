"""Questions answered after the opening: the ticket is judged at their end, the technician briefed at each."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.audience import Reach, Viewer
from contracts.inventory.states import CurrentAssetChanged
from contracts.refusal import Refusal
from contracts.ticket.events import (
    TicketNoted,
    TicketOpened,
    TicketReprioritised,
    TicketResumed,
    TicketTriaged,
)
from contracts.values import HoldReason, Impact, PartNeed, Priority, TicketState, Urgency
from services.ticket.domain.contact import ComputerSkill, Contact
from services.ticket.domain.diagnosis import NO, YES, Branch, Diagnosis, Filling, Given, QuestionKind, Tree
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.work_type import Work
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets
from services.ticket.store.diagnoses import Diagnoses
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.answer_questions import AnswerQuestions
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.diagnosing import work_with
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.put_diagnosis import PublishDiagnosis, PutDiagnosis
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, opened
from tests.services.ticket.test_diagnosis import asks, both, if_, otherwise
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}
PRINTS = Filling(category="printer", impact=Impact.HIGH, skills={"network": 2})
TREE = Tree(
    both("prints"),
    "power",
    (
        asks("power", if_(NO), otherwise("paper")),
        asks("paper", if_(YES, fills=PRINTS), otherwise()),
    ),
    categories=("laptop",),
    fills=Filling(impact=Impact.LOW),
)


def asked(tree: Tree = TREE, **changes: Any) -> tuple[World, Ticket]:
    """A ticket, and a diagnosis that may be begun."""
    world = a_world()
    publish(world, tree)
    return world, opened(world, **changes)


def publish(world: World, tree: Tree) -> None:
    world.do(PutDiagnosis("prints", tree))
    world.do(PublishDiagnosis("prints"))


def answer(world: World, question: str, value: str | None, **changes: Any) -> Ticket:
    given = (Given(question, value),)
    world.do(AnswerQuestions(**{**HIS, "given": given, "diagnosis_id": None, **changes}))
    return world.have(Tickets, "t1")


def test_the_last_answer_judges_the_ticket_and_each_goes_to_the_technician() -> None:
    world, before = asked()
    midway = answer(world, "power", YES, diagnosis_id="prints")
    assert midway.diagnosed is not None
    assert (midway.diagnosed.done, midway.category, midway.impact) == (False, "laptop", Impact.MEDIUM)
    after = answer(world, "paper", YES)
    assert after.diagnosed is not None
    assert (after.diagnosed.done, after.category, after.impact) == (True, "printer", Impact.HIGH)
    assert (before.priority, after.priority) == (Priority.P3, Priority.P2)
    assert after.work.skills == {"print": 1, "network": 2}
    assert not after.triaged, "nobody has looked at it yet"
    assert len(world.told(TicketTriaged)) == len(world.told(TicketReprioritised)) == 1
    briefed = [noted.change.answers for noted in world.told(TicketNoted) if noted.change is not None]
    assert [[each.answer for each in answers or ()] for answers in briefed] == [["oui"], ["oui", "oui"]]


def test_what_holds_from_the_beginning_of_a_tree_is_no_answer() -> None:
    world, before = asked()
    after = answer(world, "power", NO, diagnosis_id="prints")
    assert after.diagnosed is not None
    assert after.diagnosed.done
    assert (after.impact, after.category) == (before.impact, before.category)
    assert world.told(TicketTriaged) == []


def test_an_agent_who_has_judged_is_not_overruled() -> None:
    world, _ = asked()
    world.do(TriageTicket(**HIS, urgency=Urgency.HIGH))
    answer(world, "power", YES, diagnosis_id="prints")
    after = answer(world, "paper", YES)
    assert (after.category, after.impact) == ("laptop", Impact.MEDIUM)


def test_a_walk_ends_by_the_tree_that_it_began_with() -> None:
    world, _ = asked()
    answer(world, "power", YES, diagnosis_id="prints")
    publish(world, replace(TREE, questions=(asks("power", otherwise()),)))
    assert world.have(Diagnoses, "prints").revision == 2
    after = answer(world, "paper", YES)
    assert after.diagnosed is not None
    assert (after.diagnosed.revision, after.diagnosed.done) == (1, True)


def test_a_walk_that_was_begun_at_the_opening_goes_on() -> None:
    world, ticket = asked(diagnosis_id="prints", given=(Given("power", YES),))
    assert ticket.diagnosed is not None
    assert not ticket.diagnosed.done
    assert [each.answer for each in world.told(TicketOpened)[0].answers] == ["oui"]
    assert answer(world, "paper", YES).category == "printer"


def test_the_clients_answer_ends_what_waited_for_it() -> None:
    world, _ = asked()
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT))
    after = answer(world, "power", None, viewer=PORTAL, diagnosis_id="prints")
    assert (after.holds, len(world.told(TicketResumed))) == ((), 1)


def test_the_same_answers_again_are_no_news() -> None:
    world, _ = asked()
    answer(world, "power", NO, diagnosis_id="prints")
    count = len(world.events)
    world.do(AnswerQuestions(**HIS, given=(), diagnosis_id="prints"))
    assert len(world.events) == count


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"diagnosis_id": None}, "no-diagnosis-begun"),
        ({"diagnosis_id": "no-such"}, "unknown-reference"),
        ({"diagnosis_id": "prints", "given": (Given("paper", YES),)}, "question-not-asked"),
        ({"diagnosis_id": "prints", "given": (Given("power", "maybe"),)}, "no-such-answer"),
    ],
)
def test_an_answer_to_nothing_is_refused_and_changes_nothing(changes: dict[str, Any], slug: str) -> None:
    world, before = asked()
    with pytest.raises(Refusal) as refused:
        world.do(AnswerQuestions(**{**HIS, "given": (Given("power", YES),), **changes}))
    assert refused.value.slug == slug
    assert world.have(Tickets, "t1") == before


def test_what_is_solved_is_not_diagnosed_any_more() -> None:
    world, _ = asked()
    world.do(ResolveTicket(**HIS, work_done="rien"))
    world.do(CloseTicket(**HIS))
    with pytest.raises(Refusal, match="illegal-transition"):
        answer(world, "power", YES, diagnosis_id="prints")
    assert world.have(Tickets, "t1").state is TicketState.CLOSED


def test_a_draft_that_says_what_is_published_is_none() -> None:
    world, _ = asked()
    world.do(PutDiagnosis("prints", TREE))
    assert world.have(Diagnoses, "prints") == Diagnosis("prints", 1, TREE, None)


def test_the_technician_is_told_how_much_the_requester_knows_of_computers() -> None:
    world = a_world()
    publish(world, TREE)
    world.give(Contacts, Contact("ann", "pasteur", "Ann", computer_skill=ComputerSkill.BEGINNER))
    anns = Viewer("ann", Reach.CUSTOMER, "pasteur")
    opened(world, viewer=anns)
    alone = ("À l'aise avec l'informatique", "débutant")
    [told] = world.told(TicketOpened)
    assert [(each.question, each.answer) for each in told.answers] == [alone]
    after = answer(world, "power", YES, viewer=anns, diagnosis_id="prints")
    assert [each.answer for each in after.answers] == ["oui", "débutant"]


SERIAL = Tree(
    both("which"),
    "serial",
    (asks("serial", Branch(fills=Filling(asset=True)), kind=QuestionKind.TEXT),),
    fills=Filling(category="laptop", impact=Impact.LOW, urgency=Urgency.LOW),
)


def machine(id: str, serial: str, customer_id: str = "pasteur") -> CurrentAssetChanged:
    return CurrentAssetChanged(
        asset_id=id, site_id="nord", customer_id=customer_id, name=id, kind="laptop", serial=serial
    )


@pytest.mark.parametrize(
    ("said", "found"), [("5cg-123 4xy", "pc-7"), ("pc-7", "pc-7"), ("5CG9999", None), ("8XK77", None)]
)
def test_the_asset_is_the_one_whose_serial_somebody_reads_out_and_never_anothers(
    said: str, found: str | None
) -> None:
    world = a_world()
    for each in (machine("pc-7", "5CG1234XY"), machine("pc-8", "8XK77", "mairie")):
        world.give(Assets, each, each.asset_id)
    publish(world, SERIAL)
    opened(world, id="t2", diagnosis_id="prints", given=(Given("serial", said),))
    assert world.have(Tickets, "t2").asset_id == found
    opened(world)
    after = answer(world, "serial", said, diagnosis_id="prints")
    assert (after.asset_id, after.answers[0].answer) == (found, said)


def test_nothing_said_after_the_end_changes_nothing() -> None:
    world, _ = asked()
    answer(world, "power", YES, diagnosis_id="prints")
    answer(world, "paper", YES)
    world.do(TriageTicket(**HIS, impact=Impact.LOW))
    before, count = world.have(Tickets, "t1"), len(world.events)
    world.do(AnswerQuestions(ticket_id="t1", viewer=PORTAL, given=()))
    assert (world.have(Tickets, "t1"), len(world.events)) == (before, count)


def test_what_an_agent_says_at_the_opening_is_not_overruled() -> None:
    world, _ = asked(viewer=AGENT, diagnosis_id="prints", given=(Given("power", YES),))
    after = answer(world, "paper", YES, viewer=PORTAL)
    assert (after.category, after.impact) == ("laptop", Impact.MEDIUM)


def test_a_client_does_not_begin_another_diagnosis_and_an_agent_does() -> None:
    world, _ = asked()
    world.do(PutDiagnosis("other", TREE))
    world.do(PublishDiagnosis("other"))
    answer(world, "power", YES, diagnosis_id="prints")
    with pytest.raises(Refusal, match="another-diagnosis-begun"):
        answer(world, "power", YES, viewer=PORTAL, diagnosis_id="other")
    after = answer(world, "power", NO, diagnosis_id="other")
    assert after.diagnosed is not None
    assert (after.diagnosed.diagnosis_id, after.diagnosed.done) == ("other", True)


def test_of_parts_the_greater_quantity_is_brought_and_the_order_stays() -> None:
    work = Work({}, 30, (PartNeed(sku="a", quantity=2), PartNeed(sku="b", quantity=1)))
    more = Filling(parts=(PartNeed(sku="c", quantity=1), PartNeed(sku="a", quantity=1)))
    assert [(part.sku, part.quantity) for part in work_with(work, more).parts] == [
        ("a", 2),
        ("b", 1),
        ("c", 1),
    ]
