"""What the sample's hotline asks: each tree leads to an end, and to work and parts that the firm has."""

import json

import pytest

from infra.sample.questions import QUESTIONS
from infra.sample.trade import SPARES, WORKS
from services.ticket.api.diagnosis_body import TreeBody
from services.ticket.domain.diagnosis import Filling, Tree
from services.ticket.domain.diagnosis_checks import checked

USUAL = {
    "no-power", "dead-screen", "motherboard", "printer-driver", "server-unreachable", "lost-connection",
    "lost-files", "virus", "slow", "installation", "account", "training",
}  # fmt: skip
"""The faults and wishes of the trade that everybody knows."""


def tree(id: str) -> Tree:
    return checked(TreeBody.model_validate_json(json.dumps(QUESTIONS[id])).tree())


def fillings(of: Tree) -> list[Filling]:
    return [of.fills, *(branch.fills for question in of.questions for branch in question.branches)]


def test_each_usual_fault_has_its_questions() -> None:
    assert set(QUESTIONS) == USUAL


@pytest.mark.parametrize("id", QUESTIONS)
def test_nobody_is_lost_and_everything_named_is_there(id: str) -> None:
    asked = tree(id)
    known, kept = {work.id for work in WORKS}, {spare.sku for spare in SPARES}
    assert set(asked.categories) <= known
    assert {fills.category for fills in fillings(asked)} - {None} <= known
    assert {part.sku for fills in fillings(asked) for part in fills.parts} <= kept


@pytest.mark.parametrize("id", QUESTIONS)
def test_a_request_needs_no_more_than_its_answers(id: str) -> None:
    fills = tree(id).fills
    assert None not in (fills.category, fills.impact, fills.urgency)
