"""What a technician does next, from what the API shows of his visit."""

from datetime import UTC, datetime, timedelta
from typing import Any

from infra.replay.fieldwork import Move, next_move

QUARTER = timedelta(minutes=15)


def clock(hour: int, minute: int = 0) -> datetime:
    return datetime(2016, 2, 29, hour, minute, tzinfo=UTC)


def visit(state: str, **known: Any) -> dict[str, Any]:
    return {
        "id": "v-1",
        "state": state,
        "planned_start": "2016-02-29T10:00:00.000Z",
        "travel_minutes": 20,
        "dispatched_at": "2016-02-29T09:00:00.000Z",
        **known,
    }


def test_a_dispatch_is_answered_at_once() -> None:
    move = next_move(visit("dispatched"), None, QUARTER)
    assert move is not None
    assert (move.move, move.at) == (Move.ACKNOWLEDGE, clock(9))


def test_he_sets_out_in_time_for_the_planned_start() -> None:
    move = next_move(visit("acknowledged"), None, QUARTER)
    assert move is not None
    assert (move.move, move.at) == (Move.DEPART, clock(9, 40))


def test_he_does_not_set_out_before_he_was_told() -> None:
    told_late = visit("acknowledged", dispatched_at="2016-02-29T09:50:00.000Z")
    move = next_move(told_late, None, QUARTER)
    assert move is not None
    assert move.at == clock(9, 50)


def test_he_arrives_after_his_way_and_not_before_the_planned_start() -> None:
    early = next_move(visit("en-route", departed_at="2016-02-29T09:30:00.000Z"), None, QUARTER)
    late = next_move(visit("en-route", departed_at="2016-02-29T09:50:00.000Z"), None, QUARTER)
    assert early is not None
    assert late is not None
    assert (early.at, late.at) == (clock(10), clock(10, 10))


def test_he_begins_when_he_is_there() -> None:
    move = next_move(visit("arrived", arrived_at="2016-02-29T10:05:00.000Z"), None, QUARTER)
    assert move is not None
    assert (move.move, move.at) == (Move.START, clock(10, 5))


def test_he_works_until_the_log_says_that_it_is_fixed() -> None:
    working = visit("started", started_at="2016-02-29T10:00:00.000Z")
    assert next_move(working, None, QUARTER) is None
    move = next_move(working, clock(12), QUARTER)
    assert move is not None
    assert (move.move, move.at) == (Move.CLOSE, clock(12))


def test_he_never_closes_before_he_has_worked() -> None:
    working = visit("started", started_at="2016-02-29T10:00:00.000Z")
    move = next_move(working, clock(8), QUARTER)
    assert move is not None
    assert move.at == clock(10, 15)


def test_there_is_nothing_to_do_about_what_is_over_or_not_told() -> None:
    states = ("waiting", "planned", "failed", "closed", "cancelled")
    assert [next_move(visit(state), clock(8), QUARTER) for state in states] == [None] * 5
