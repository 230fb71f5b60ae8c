"""What the client's pages work out before they show it: how far a request has come, and what is asked."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contracts.values import HoldReason, Language, TicketState, VisitState
from services.ticket.domain.diagnosis import Branch, Condition, Question, QuestionKind, Tree
from services.ticket.views.ticket import TicketView
from services.ticket.views.timeline import LineView
from services.ticket.web.portal import Place
from services.ticket.web.portal_new import answers_in, halves_of
from services.ticket.web.progress import Stage, latest_first, progress_of, waits_for_client, windows_of


def visit(state: VisitState, hour: int | None = None) -> Any:
    at = None if hour is None else datetime(2026, 3, 2, hour, tzinfo=UTC)
    return SimpleNamespace(state=state, arrival_from=at, arrival_to=at)


def ticket(state: TicketState, *visits: Any, holds: tuple[HoldReason, ...] = ()) -> TicketView:
    held = [SimpleNamespace(reason=reason) for reason in holds]
    return cast(TicketView, SimpleNamespace(state=state, visits=list(visits), holds=held))


@pytest.mark.parametrize(
    ("shown", "stage"),
    [
        (ticket(TicketState.NEW, visit(VisitState.WAITING)), Stage.RECEIVED),
        (ticket(TicketState.SCHEDULED, visit(VisitState.PLANNED, 9)), Stage.PLANNED),
        (ticket(TicketState.SCHEDULED, visit(VisitState.EN_ROUTE, 9)), Stage.UNDER_WAY),
        (ticket(TicketState.IN_PROGRESS, visit(VisitState.PAUSED, 9)), Stage.AT_WORK),
        (ticket(TicketState.IN_PROGRESS), Stage.AT_WORK),
        (ticket(TicketState.RESOLVED, visit(VisitState.CLOSED, 9)), Stage.SOLVED),
    ],
)
def test_a_request_stands_where_the_furthest_of_its_visits_does(shown: TicketView, stage: Stage) -> None:
    assert progress_of(shown).at is stage


def test_whoever_is_still_to_come_is_expected_before_whoever_is_at_work() -> None:
    late, soon = visit(VisitState.PLANNED, 15), visit(VisitState.DISPATCHED, 11)
    shown = ticket(TicketState.IN_PROGRESS, visit(VisitState.STARTED, 9), late, soon)
    assert progress_of(shown).coming is soon


def test_nobody_is_under_way_to_what_is_solved_from_the_desk() -> None:
    progress = progress_of(ticket(TicketState.TRIAGED))
    assert (progress.stages, progress.position) == ((Stage.RECEIVED, Stage.AT_WORK, Stage.SOLVED), 0)


@pytest.mark.parametrize(
    ("shown", "does"),
    [
        (ticket(TicketState.RESOLVED), "confirm"),
        (ticket(TicketState.ON_HOLD, holds=(HoldReason.WAITING_FOR_CLIENT,)), "answer"),
        (ticket(TicketState.ON_HOLD, holds=(HoldReason.WAITING_FOR_APPROVAL,)), "approve"),
        (ticket(TicketState.ON_HOLD, holds=(HoldReason.WAITING_FOR_PARTS,)), None),
    ],
)
def test_a_client_is_asked_for_what_only_he_can_do(shown: TicketView, does: str | None) -> None:
    assert waits_for_client(shown) == does


def line(id: str, hour: int, **details: str) -> LineView:
    at = datetime(2026, 3, 2, hour, tzinfo=UTC)
    told = SimpleNamespace(id=id, at=at, details=details)
    return cast(LineView, told)


def test_what_was_learned_late_stands_where_it_happened() -> None:
    assert [each.id for each in latest_first([line("a", 8), line("b", 10), line("c", 9)])] == ["b", "c", "a"]


def test_a_window_is_read_from_the_lines_that_promise_one() -> None:
    promised = {"arrival_from": "2026-03-02T10:00:00.000Z", "arrival_to": "2026-03-02T10:30:00.000Z"}
    (window,) = windows_of([line("a", 8), line("b", 9, **promised)]).values()
    assert [each.hour for each in window] == [10, 10]


def words(text: str) -> dict[Language, str]:
    return {Language.FR: text, Language.EN: text}


TREE = Tree(
    name=words("Dark screen"),
    first="plugged",
    questions=(
        Question(
            "plugged",
            QuestionKind.YES_NO,
            words("Plugged in?"),
            (Branch((Condition(among=("no",)),)), Branch(next="users")),
        ),
        Question("users", QuestionKind.NUMBER, words("How many?"), (Branch(),)),
    ),
)


def given(form: dict[str, str]) -> tuple[list[tuple[str, str | None]], bool]:
    answered, wrong = answers_in(TREE, {name: [value] for name, value in form.items()})
    return [(each.question.id, each.value) for each in answered], wrong is not None


def test_answers_are_followed_along_the_way_that_they_lead() -> None:
    assert given({"answer.plugged": "yes", "answer.users": "3"}) == (
        [("plugged", "yes"), ("users", "3")],
        False,
    )
    assert given({"answer.plugged": "no", "answer.users": "3"}) == ([("plugged", "no")], False)
    assert given({"answer.plugged": ""})[0] == [("plugged", None)]


def test_what_is_to_be_answered_again_and_what_cannot_be_is_asked_again() -> None:
    assert given({"answer.plugged": "yes", "answer.users": "3", "again": "plugged"}) == ([], False)
    assert given({"answer.plugged": "yes", "answer.users": "many"}) == ([("plugged", "yes")], True)


def test_half_days_are_those_to_come_on_days_that_people_work_on_there() -> None:
    office = Place("office", "Office", "1 rue de la Paix", "Europe/Paris", "FR")
    # A Thursday noon in Paris, and Friday is 14 July.
    now = datetime(2028, 7, 13, 10, 30, tzinfo=UTC)
    days = halves_of(now, [office], "en")
    assert [day[0].begins.date().isoformat() for day in days] == [
        "2028-07-13",
        "2028-07-17",
        "2028-07-18",
        "2028-07-19",
        "2028-07-20",
    ]
    assert [half.part for half in days[0]] == ["afternoon"]
    assert days[1][0].window == "2028-07-17T08:00:00+02:00/2028-07-17T12:00:00+02:00"
    assert halves_of(now, [], "en") == []
