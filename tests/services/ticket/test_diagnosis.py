"""Questions set beforehand: a tree in which somebody would be lost is refused, any other leads to its end."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.refusal import Refusal
from contracts.values import Impact, Language, PartNeed, Urgency
from services.ticket.domain.diagnosis import (
    MAX_ASKED,
    NO,
    NOTHING,
    YES,
    Branch,
    Condition,
    Filling,
    Given,
    Question,
    QuestionKind,
    Tree,
    Words,
)
from services.ticket.domain.diagnosis_checks import checked
from services.ticket.domain.diagnosis_walk import briefing, walk


def both(text: str) -> Words:
    return {Language.FR: f"{text} (fr)", Language.EN: f"{text} (en)"}


def asks(id: str, *branches: Branch, kind: QuestionKind = QuestionKind.YES_NO, **more: Any) -> Question:
    return Question(id, kind, both(id), branches, **more)


def if_(*answers: str, next: str | None = None, fills: Filling = NOTHING, of: str | None = None) -> Branch:
    return Branch((Condition(of, answers),), next, fills)


def otherwise(next: str | None = None, fills: Filling = NOTHING) -> Branch:
    return Branch((), next, fills)


POWER = Filling(category="no-power", skills={"hardware": 2}, parts=(PartNeed(sku="psu-550", quantity=1),))
MANY = Filling(impact=Impact.HIGH, skills={"hardware": 1, "network": 2})

TREE = Tree(
    name=both("dark"),
    first="plugged",
    questions=(
        asks("plugged", if_(NO, fills=Filling(urgency=Urgency.LOW)), otherwise("what")),
        asks(
            "what",
            if_("nothing", next="users", fills=POWER),
            otherwise("users", Filling(category="dead-screen")),
            kind=QuestionKind.CHOICE,
            choices={"nothing": both("nothing"), "lights": both("lights")},
        ),
        asks(
            "users",
            Branch((Condition(at_least=5), Condition("what", ("nothing",))), None, MANY),
            otherwise(),
            kind=QuestionKind.NUMBER,
        ),
    ),
    fills=Filling(category="laptop", impact=Impact.LOW, urgency=Urgency.MEDIUM),
)


def test_the_answers_lead_from_question_to_question_and_fill_in_what_they_say() -> None:
    begun = walk(TREE, ())
    assert (begun.next and begun.next.id, begun.fills.category) == ("plugged", "laptop")
    midway = walk(TREE, (Given("plugged", YES), Given("what", "nothing")))
    assert midway.next is not None
    assert (midway.next.id, midway.fills.category) == ("users", "no-power")
    ended = walk(TREE, (*midway.given, Given("users", "12")))
    assert ended.next is None
    assert (ended.fills.impact, ended.fills.urgency) == (Impact.HIGH, Urgency.MEDIUM)
    assert ended.fills.skills == {"hardware": 2, "network": 2}, "the higher level counts"
    assert ended.fills.parts == POWER.parts


def test_a_condition_on_another_answer_holds_only_with_that_answer() -> None:
    ended = walk(TREE, (Given("plugged", YES), Given("what", "lights"), Given("users", "12")))
    assert ended.fills.impact is Impact.LOW


def test_who_does_not_know_goes_on_and_nothing_is_made_of_it() -> None:
    ended = walk(TREE, (Given("plugged", None), Given("what", None), Given("users", None)))
    assert ended.next is None
    assert (ended.fills.category, ended.fills.impact) == ("dead-screen", Impact.LOW)


def test_the_briefing_is_in_words_of_the_one_who_reads_it() -> None:
    told = briefing(
        TREE, (Given("plugged", YES), Given("what", "nothing"), Given("users", None)), Language.FR
    )
    assert [(each.question, each.answer) for each in told] == [
        ("plugged (fr)", "oui"),
        ("what (fr)", "nothing (fr)"),
        ("users (fr)", "ne sait pas"),
    ]


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ((Given("plugged", "maybe"),), "no-such-answer"),
        ((Given("plugged", YES), Given("what", "smoke")), "no-such-answer"),
        ((Given("plugged", YES), Given("what", "lights"), Given("users", "many")), "no-such-answer"),
        ((Given("plugged", YES), Given("what", "lights"), Given("users", "nan")), "no-such-answer"),
        ((Given("plugged", YES), Given("plugged", NO)), "answered-twice"),
        ((Given("users", "3"),), "question-not-asked"),
        ((Given("plugged", NO), Given("what", "lights")), "question-not-asked"),
        ((Given("plugged", YES), Given("smell", YES)), "question-not-asked"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(given: tuple[Given, ...], slug: str) -> None:
    with pytest.raises(Refusal) as refused:
        walk(TREE, given)
    assert refused.value.slug == slug


def of(*questions: Question) -> Tree:
    return replace(TREE, first=questions[0].id, questions=questions)


def a_line(*ids: str) -> Tree:
    """Questions one after the other."""
    questions = tuple(
        asks(id, otherwise(following)) for id, following in zip(ids, (*ids[1:], None), strict=True)
    )
    return of(*questions)


WRONG: Mapping[str, tuple[Tree, list[str]]] = {
    "it comes back": (of(asks("a", if_(NO), otherwise("a"))), ["a", "a"]),
    "it leads nowhere": (of(asks("a", otherwise("smoke"))), ["a", "smoke"]),
    "it begins nowhere": (replace(TREE, first="smoke"), ["smoke"]),
    "no branch": (of(asks("a")), ["a"]),
    "nobody comes there": (of(asks("a", otherwise()), asks("b", otherwise())), ["b"]),
    "seven questions": (a_line(*"abcdefg"), list("abcdefg")),
    "nothing for who does not know": (of(asks("a", if_(NO))), ["a"]),
    "a hidden branch": (of(asks("a", otherwise(), otherwise())), ["a"]),
    "no such answer": (of(asks("a", if_("maybe"), otherwise())), ["a"]),
    "asked only later": (of(asks("a", if_(NO, of="b"), otherwise("b")), asks("b", otherwise())), ["a"]),
    "nothing to choose from": (of(asks("a", otherwise(), kind=QuestionKind.CHOICE)), ["a"]),
    "bounds on a yes or no": (of(asks("a", Branch((Condition(at_least=1),)), otherwise())), ["a"]),
    "twice": (of(asks("a", otherwise()), asks("a", otherwise())), ["a"]),
}


@pytest.mark.parametrize(("tree", "path"), WRONG.values(), ids=WRONG)
def test_a_tree_in_which_somebody_would_be_lost_is_refused_with_the_path(tree: Tree, path: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        checked(tree)
    assert (refused.value.slug, refused.value.members["path"]) == ("diagnosis-invalid", path)


def test_a_tree_of_six_questions_is_taken() -> None:
    assert checked(a_line(*"abcdef")) == a_line(*"abcdef")
    assert checked(TREE) == TREE


def test_a_wide_tree_is_checked_at_once() -> None:
    """Six levels of thirty questions, each leading to all of the next: 700 million ways."""
    levels = [[f"q{level}-{n}" for n in range(30 if level else 1)] for level in range(MAX_ASKED)]
    questions = []
    for level, below in zip(levels, [*levels[1:], []], strict=True):
        choices = {id: both(id) for id in below} or {"end": both("end")}
        branches = tuple(if_(id, next=id) for id in below)
        questions += [
            asks(id, *branches, otherwise(), kind=QuestionKind.CHOICE, choices=choices) for id in level
        ]
    assert checked(of(*questions)) == of(*questions)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Any graph of questions, mostly wrong."""
    ids = [f"q{n}" for n in range(draw(st.integers(1, 8)))]
    following = st.sampled_from([*ids, None])
    questions = []
    for id in ids:
        branches = tuple(
            if_(draw(st.sampled_from((YES, NO))), next=draw(following))
            for _ in range(draw(st.integers(0, 2)))
        )
        questions.append(asks(id, *branches, otherwise(draw(following))))
    return of(*questions)


@given(tree=trees(), answers=st.lists(st.sampled_from((YES, NO, None)), min_size=9, max_size=9))
def test_whatever_is_answered_a_tree_that_was_taken_ends_after_six_questions_at_most(
    tree: Tree, answers: list[str | None]
) -> None:
    try:
        checked(tree)
    except Refusal:
        return
    given: tuple[Given, ...] = ()
    for answer in answers:
        walked = walk(tree, given)
        if walked.next is None:
            break
        given = (*given, Given(walked.next.id, answer))
    assert walk(tree, given).next is None
    assert len(given) <= MAX_ASKED
