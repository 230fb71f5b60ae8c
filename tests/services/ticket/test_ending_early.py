"""Where tickets with the same answers were repaired alike, what changes nothing that counts is not asked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from contracts.inventory.states import PartChanged
from contracts.values import Answer, Impact, Language, PartNeed, Priority, Urgency
from services.ticket.domain.diagnosis import (
    MAX_ASKED,
    NO,
    NOTHING,
    YES,
    Branch,
    Condition,
    Diagnosed,
    EndedEarly,
    Filling,
    Given,
    Question,
    QuestionKind,
    Tree,
)
from services.ticket.domain.diagnosis_ending import Likely, ended_early
from services.ticket.domain.diagnosis_walk import Walk, walk, with_what_answers_say
from services.ticket.domain.ticket import Ticket
from services.ticket.store.copies import Parts
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.answer_questions import AnswerQuestions
from services.ticket.usecases.put_article import RetireArticle
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, a_world, opened
from tests.services.ticket.test_answering import publish
from tests.services.ticket.test_articles import write
from tests.services.ticket.test_diagnosis import asks, both, if_, otherwise
from tests.world import World

SCREEN = Filling(parts=(PartNeed(sku="screen-24", quantity=1),), articles=("other",))
BEGIN = Filling(category="laptop", impact=Impact.LOW, urgency=Urgency.MEDIUM)


def three(fills: Filling, *, begin: Filling = BEGIN) -> Tree:
    """Whether it is plugged in, whether it blinks, how old it is: the last says something by a number."""
    return Tree(
        both("dark"),
        "plugged",
        (
            asks("plugged", if_(NO), otherwise("blinks")),
            asks("blinks", if_(YES, next="age", fills=SCREEN), otherwise("age")),
            asks("age", Branch((Condition(at_least=5),), None, fills), otherwise(), kind=QuestionKind.NUMBER),
        ),
        fills=begin,
    )


INDIFFERENT = three(SCREEN)


def likely(*given: Given, article: str | None = "cable", cases: int = 29, of: int = 30) -> Likely:
    return Likely(given, article, "Câble", cases, of)


PLUGGED = (Given("plugged", YES),)


def early(tree: Tree = INDIFFERENT, given: Sequence[Given] = PLUGGED, **changes: Any) -> EndedEarly | None:
    return ended_early(tree, walk(tree, given), likely(*given, **changes))


def test_it_ends_once_nearly_all_of_thirty_were_one_known_repair_and_the_rest_changes_nothing() -> None:
    assert early() == EndedEarly("cable", 29, 30)
    assert early(cases=88, of=100) == EndedEarly("cable", 88, 100)


@pytest.mark.parametrize(
    ("cases", "of", "article"),
    [(28, 30, "cable"), (29, 29, "cable"), (87, 100, "cable"), (30, 30, None)],
    ids=["two others", "29 of those", "one in five may be another", "no article knows it"],
)
def test_it_goes_on_where_the_cases_do_not_say_enough(cases: int, of: int, article: str | None) -> None:
    assert early(cases=cases, of=of, article=article) is None


@pytest.mark.parametrize(
    "fills",
    [
        Filling(impact=Impact.HIGH),
        Filling(urgency=Urgency.LOW),
        Filling(skills={"electricity": 1}),
        Filling(category="no-power"),
        Filling(asset=True),
    ],
    ids=["impact", "urgency", "skills", "category", "asset"],
)
def test_it_goes_on_while_an_answer_may_change_what_decides(fills: Filling) -> None:
    assert early(three(fills)) is None


def test_what_the_answers_have_said_already_changes_nothing() -> None:
    said = Filling(impact=Impact.HIGH, skills={"hardware": 2})
    tree = three(replace(said, skills={"hardware": 1}))
    first = replace(tree.questions[0], branches=(if_(NO), otherwise("blinks", said)))
    assert early(replace(tree, questions=(first, *tree.questions[1:]))) == EndedEarly("cable", 29, 30)


def test_what_the_tree_says_from_its_beginning_is_no_answer_yet() -> None:
    """The request may have said otherwise: then the answer still judges it."""
    assert early(three(Filling(impact=Impact.LOW))) is None


def test_a_branch_that_an_answer_has_ruled_out_does_not_count() -> None:
    urgent = Filling(urgency=Urgency.HIGH)
    last = asks("age", if_(NO, fills=urgent, of="plugged"), otherwise())
    tree = replace(INDIFFERENT, questions=(*INDIFFERENT.questions[:2], last))
    assert early(tree) == EndedEarly("cable", 29, 30)


def test_nothing_is_concluded_from_no_answer_nor_from_other_answers() -> None:
    assert early(given=()) is None
    assert early(given=(Given("plugged", None),)) is None
    others = likely(Given("plugged", NO))
    assert ended_early(INDIFFERENT, walk(INDIFFERENT, PLUGGED), others) is None


KINDS = (QuestionKind.YES_NO, QuestionKind.NUMBER, QuestionKind.CHOICE, QuestionKind.TEXT)
ANSWERS = {
    QuestionKind.YES_NO: st.sampled_from([YES, NO, None]),
    QuestionKind.NUMBER: st.sampled_from(["1", "7", None]),
    QuestionKind.CHOICE: st.sampled_from(["a", "b", None]),
    QuestionKind.TEXT: st.sampled_from(["a", "x", None]),
}
FILLS = st.one_of(
    st.just(NOTHING),
    st.just(SCREEN),
    st.builds(
        Filling,
        st.sampled_from([None, None, "laptop", "no-power"]),
        st.sampled_from([None, None, Impact.LOW, Impact.HIGH]),
        st.sampled_from([None, None, Urgency.MEDIUM, Urgency.HIGH]),
        st.sampled_from([None, None, {"hardware": 1}, {"network": 2}]),
    ),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Up to six questions, each leading to later ones; conditions on what was asked before, too."""
    ids = [f"q{n}" for n in range(draw(st.integers(2, MAX_ASKED)))]
    kinds = {id: draw(st.sampled_from(KINDS)) for id in ids}
    questions = list[Question]()
    for n, id in enumerate(ids):
        following = st.sampled_from([*ids[n + 1 : n + 3], None])
        branches = list[Branch]()
        for _ in range(draw(st.integers(0, 2))):
            about = draw(st.sampled_from(ids[: n + 1]))
            value = draw(ANSWERS[kinds[about]]) or "7"
            number = kinds[about] is QuestionKind.NUMBER
            condition = Condition(about, at_least=float(value)) if number else Condition(about, (value,))
            branches.append(Branch((condition,), draw(following), draw(FILLS)))
        choices = {"a": both("a"), "b": both("b")} if kinds[id] is QuestionKind.CHOICE else None
        last = otherwise(draw(following), draw(FILLS))
        questions.append(asks(id, *branches, last, kind=kinds[id], choices=choices))
    return Tree(both("any"), ids[0], tuple(questions), fills=draw(FILLS))


def answered(draw: st.DrawFn, tree: Tree, begun: Walk, count: int) -> Walk:
    """So many more answers, any that can be."""
    walked = begun
    for _ in range(count):
        if walked.next is None:
            break
        answer = Given(walked.next.id, draw(ANSWERS[walked.next.kind]))
        walked = walk(tree, (*walked.given, answer))
    return walked


@st.composite
def walks(draw: st.DrawFn) -> tuple[Tree, Walk, Walk]:
    """A tree, a walk under way, and the same walk to an end that it may come to."""
    tree = draw(trees())
    begun = answered(draw, tree, walk(tree, ()), draw(st.integers(1, 3)))
    return tree, begun, answered(draw, tree, begun, MAX_ASKED)


@settings(max_examples=200)
@given(walks())
def test_whatever_else_would_have_been_answered_what_decides_is_as_it_was_when_the_walk_ended_early(
    drawn: tuple[Tree, Walk, Walk],
) -> None:
    tree, begun, whole = drawn
    assert whole.next is None
    assert len(whole.given) <= MAX_ASKED
    found = ended_early(tree, begun, likely(*begun.given))
    event(f"ended early: {found is not None}")
    if found is None:
        return
    for read in (tree, with_what_answers_say(tree)):
        short, long = walk(read, begun.given).fills, walk(read, whole.given).fills
        assert (short.impact, short.urgency) == (long.impact, long.urgency)
        assert (short.category, dict(short.skills or {})) == (long.category, dict(long.skills or {}))


def with_articles(**changes: Any) -> World:
    world = a_world()
    world.give(Parts, PartChanged(sku="screen-24", name="Écran"), "screen-24")
    write(world, "cable", **changes)
    write(world, "other")
    return world


def asked(tree: Tree = INDIFFERENT, **changes: Any) -> World:
    world = with_articles(**changes)
    publish(world, tree)
    opened(world)
    return world


def answers(world: World, *given: Given, sure: bool = True, **changes: Any) -> Ticket:
    """Answer more questions of t1; statistics are ``sure`` of all answers so far."""
    before = world.have(Tickets, "t1").diagnosed
    so_far = (*(() if before is None else before.given), *given)
    command: dict[str, Any] = {
        "ticket_id": "t1",
        "viewer": AGENT,
        "given": given,
        "diagnosis_id": "prints",
        "likely": likely(*so_far) if sure else None,
        **changes,
    }
    world.do(AnswerQuestions(**command))
    return world.have(Tickets, "t1")


def diagnosed(ticket: Ticket) -> Diagnosed:
    assert ticket.diagnosed is not None
    return ticket.diagnosed


UNASKED = "Questions non posées : réparation probable"


def test_the_ticket_is_judged_where_its_walk_ends_and_the_briefing_says_why_there_are_no_more_answers() -> (
    None
):
    urgent = Filling(impact=Impact.HIGH, urgency=Urgency.HIGH)
    first = asks("plugged", if_(NO), otherwise("blinks", urgent))
    world = asked(replace(INDIFFERENT, questions=(first, *INDIFFERENT.questions[1:])))
    ticket = answers(world, *PLUGGED)
    assert (diagnosed(ticket).done, diagnosed(ticket).early) == (True, EndedEarly("cable", 29, 30))
    assert ticket.priority is Priority.P1
    share = "Écran débranché (29 des 30 derniers tickets avec ces réponses)"
    assert Answer(question=UNASKED, answer=share) in ticket.answers


def test_a_client_reads_no_title_of_a_repair_that_he_is_not_shown() -> None:
    ticket = answers(asked(self_service=False), *PLUGGED)
    assert [each.answer for each in ticket.answers if each.question == UNASKED] == [
        "cable (29 des 30 derniers tickets avec ces réponses)"
    ]


def test_a_repair_that_was_retired_ends_nothing() -> None:
    world = asked()
    world.do(RetireArticle(id="cable", by="kim"))
    assert not diagnosed(answers(world, *PLUGGED)).done
    assert not diagnosed(answers(asked(), *PLUGGED, likely=likely(*PLUGGED, article="gone"))).done


def test_who_goes_on_answers_the_rest_and_the_ticket_is_judged_anew_at_the_end() -> None:
    """The skills come with the answers, whatever was concluded before they were given."""
    world = asked()
    answers(world, *PLUGGED)
    wished = answers(world, sure=False)
    assert (diagnosed(wished).done, diagnosed(wished).early) == (False, None)
    assert UNASKED not in [each.question for each in wished.answers]
    ended = answers(world, Given("blinks", YES), Given("age", "7"), sure=False)
    assert (diagnosed(ended).done, diagnosed(ended).early) == (True, None)
    assert {part.sku for part in ended.work.parts} == {"psu-550", "screen-24"}


def test_it_may_end_early_again_further_on_and_no_answer_overrules_a_person() -> None:
    world = asked()
    answers(world, *PLUGGED)
    world.do(TriageTicket(ticket_id="t1", viewer=AGENT, impact=Impact.HIGH, urgency=Urgency.HIGH))
    further = answers(world, Given("blinks", YES))
    assert diagnosed(further).early == EndedEarly("cable", 29, 30)
    assert further.priority is Priority.P1
    assert "screen-24" not in {part.sku for part in further.work.parts}


def test_statistics_of_answers_that_somebody_added_to_meanwhile_end_nothing() -> None:
    world = asked()
    answers(world, *PLUGGED, sure=False)
    stale = likely(*PLUGGED)
    assert not diagnosed(answers(world, Given("blinks", YES), likely=stale)).done


def test_a_request_whose_answers_ended_early_is_opened_as_diagnosed() -> None:
    world = with_articles()
    publish(world, INDIFFERENT)
    ticket = opened(world, diagnosis_id="prints", given=PLUGGED, likely=likely(*PLUGGED))
    assert (diagnosed(ticket).done, diagnosed(ticket).early) == (True, EndedEarly("cable", 29, 30))
    assert [each.question for each in ticket.answers] == [both("plugged")[Language.FR], UNASKED]
