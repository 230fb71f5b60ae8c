"""Playing plans against a stack in memory: order, times, technicians, and going on after a stop."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from contracts.values import parse_rfc3339
from infra.replay.api import Refused
from infra.replay.incident import gather
from infra.replay.plan import plan_incident
from infra.replay.player import Player
from infra.replay.reference import reference_data
from infra.replay.report import Report, reports_of, summary_of
from tests.infra.replay.logs import MAPPING, Fields, csv_of, on_site, read, remote
from tests.infra.replay.stack import FakeStack

QUARTER = timedelta(minutes=15)


def player_of(stack: FakeStack, rows: Iterable[Fields]) -> Player:
    incidents, bad = gather(read(csv_of(rows)))
    assert not bad
    plans = [plan_incident(incident, MAPPING) for incident in incidents]
    return Player(stack, plans, prefix="sn", shortest=QUARTER)


def nothing(taken: int) -> None: ...


def stop_after(player: Player, most: int, taken: int) -> None:
    if taken >= most:
        player.stop()


async def played(stack: FakeStack, rows: Iterable[Fields]) -> dict[str, Report]:
    player = player_of(stack, rows)
    await player.find_played(stack.now)
    await player.play()
    return {report["incident"]: report for report in await reports_of(stack, player.incidents.values())}


async def test_a_remote_incident_is_solved_without_a_visit() -> None:
    stack = FakeStack()
    report = (await played(stack, remote()))["INC0000001"]
    assert (report["outcome"], report["work"], report["visits"]) == ("played", "remote", [])
    assert report["kept"]["resolved_at"] == report["logged"]["resolved_at"]
    assert report["differences_minutes"] == {"resolved": 0.0, "closed": 0.0}


async def test_work_on_site_is_made_by_whom_the_planner_sends() -> None:
    stack = FakeStack()
    report = (await played(stack, on_site()))["INC0000002"]
    [visit] = report["visits"]
    assert report["outcome"] == "played"
    assert visit["state"] == "closed"
    assert visit["started_at"] == visit["planned_start"]
    assert visit["ended_at"] == report["logged"]["resolved_at"]
    moves = [verb for id, verb in stack.made if id == visit["id"]]
    assert moves == ["acknowledge", "depart", "arrive", "start", "close"]


async def test_a_visit_that_begins_after_the_logs_resolution_is_closed_after_it_began() -> None:
    stack = FakeStack(wait=timedelta(hours=5))
    report = (await played(stack, on_site()))["INC0000002"]
    [visit] = report["visits"]
    lasted = parse_rfc3339(visit["ended_at"]) - parse_rfc3339(visit["started_at"])
    assert lasted == QUARTER
    assert report["differences_minutes"]["resolved"] > 0
    assert report["outcome"] == "played"


async def test_a_ticket_is_never_closed_before_its_visit() -> None:
    stack = FakeStack(wait=timedelta(days=8))
    report = (await played(stack, on_site()))["INC0000002"]
    assert report["outcome"] == "played"
    assert report["kept"]["closed_at"] >= report["visits"][0]["ended_at"]
    assert report["refusals"] == []


async def test_every_dispatch_is_answered_in_time() -> None:
    stack = FakeStack()
    rows = [row for n in range(30) for row in on_site(f"INC{n}")]
    reports = await played(stack, rows)
    assert {report["outcome"] for report in reports.values()} == {"played"}
    assert stack.lost == 0


async def test_nobody_is_in_two_places_at_once() -> None:
    stack = FakeStack(technicians=("ana",))
    reports = await played(stack, [row for n in range(4) for row in on_site(f"INC{n}")])
    summary = summary_of(list(reports.values()), rows=16, bad_rows=0, clock_steps=1, seconds=1)
    assert summary["visits"]["closed"] == 4
    assert summary["on_site_closed_by_technician"] == 4
    assert summary["violations"]["technician_in_two_places"] == 0


async def test_playing_twice_does_nothing_the_second_time() -> None:
    stack = FakeStack()
    rows = [*remote(), *on_site()]
    first = await played(stack, rows)
    made, now = list(stack.made), stack.now
    second = await played(stack, rows)
    assert (stack.made, stack.now, len(stack.tickets)) == (made, now, 2)
    assert {report["outcome"] for report in second.values()} == {"played-before"}
    assert {n: each["visits"] for n, each in second.items()} == {
        n: each["visits"] for n, each in first.items()
    }


async def test_a_stopped_replay_goes_on_where_it_was() -> None:
    rows = [*remote(), *on_site()]
    whole = FakeStack()
    await played(whole, rows)
    for steps in range(1, 40, 3):
        stack = FakeStack()
        player = player_of(stack, rows)
        stack.on_step = partial(stop_after, player, steps)
        await player.find_played(stack.now)
        await player.play()
        stack.on_step = nothing
        reports = await played(stack, rows)
        assert {report["state"] for report in reports.values()} == {"closed"}, f"stopped after {steps} steps"
        assert sorted(stack.made) == sorted(whole.made), f"stopped after {steps} steps"
        assert len(stack.tickets) == 2


async def test_a_log_of_the_past_is_played_at_once_and_its_visits_from_now_on() -> None:
    stack = FakeStack(now=datetime(2026, 1, 5, 8, tzinfo=UTC))
    reports = await played(stack, [*remote(), *on_site()])
    assert reports["INC0000001"]["differences_minutes"]["closed"] == 0
    [visit] = reports["INC0000002"]["visits"]
    assert visit["state"] == "closed"
    assert visit["started_at"] > "2026"


async def test_where_nobody_can_be_sent_it_is_solved_from_the_desk_and_told() -> None:
    stack = FakeStack(nobody=True)
    report = (await played(stack, on_site()))["INC0000002"]
    assert report["state"] == "closed"
    assert report["outcome"] == "unvisited"
    assert [refusal["type"] for refusal in report["refusals"]] == ["nobody-went"]
    summary = summary_of([report], rows=4, bad_rows=0, clock_steps=1, seconds=1)
    assert (summary["on_site"], summary["on_site_closed_by_technician"]) == (1, 0)


async def test_a_reopened_incident_is_solved_from_the_desk_in_the_end() -> None:
    new, active, resolved, closed = on_site()
    again = {**active, "sys_updated_at": "01-03-2016 09:00", "sys_mod_count": "5"}
    over = {**resolved, "sys_updated_at": "01-03-2016 10:00", "sys_mod_count": "6"}
    stack = FakeStack()
    report = (await played(stack, [new, active, resolved, again, over, closed]))["INC0000002"]
    assert report["outcome"] == "played"
    assert [visit["state"] for visit in report["visits"]] == ["closed", "cancelled"]
    assert report["kept"]["resolved_at"] == "2016-03-01T09:00:00.000Z"


async def test_a_refused_step_is_told_and_the_rest_goes_on() -> None:
    stack = FakeStack(refuse={"hand-over": Refused(422, "invalid-body", "no such agent", {})})
    report = (await played(stack, remote()))["INC0000001"]
    assert report["outcome"] == "played"
    assert [refusal["verb"] for refusal in report["refusals"]] == ["hand-over"]
    assert report["refusals"][0]["line"] == 2


async def test_an_incident_that_cannot_be_opened_stops_no_other() -> None:
    stack = FakeStack(refuse={"tickets": Refused(422, "unknown-reference", "no such site", {})})
    reports = await played(stack, [*remote(), *on_site()])
    assert {report["outcome"] for report in reports.values()} == {"refused"}


async def test_visits_of_others_are_left_alone() -> None:
    stack = FakeStack()
    await stack.post(
        "/v1/tickets",
        {
            "customer_id": "other",
            "external_reference": "INC0000001",
            "category": "x",
            "occurred_at": "2016-02-28T22:00:00Z",
        },
    )
    reports = await played(stack, remote())
    assert reports["INC0000001"]["tickets"] == 1
    assert stack.visits["t1-1"]["state"] == "waiting"
    assert not [verb for id, verb in stack.made if id == "t1-1"]


async def test_reference_data_are_written_before_what_needs_them() -> None:
    stack = FakeStack()
    player = player_of(stack, remote())
    await player.put(reference_data(MAPPING, ["Location 12"]))
    kinds = [path.split("/")[2] for path in stack.written]
    assert kinds[-1] == "sites"
    assert set(kinds[:-1]) == {"customers", "work-types", "technicians"}


async def test_what_the_log_leaves_open_is_left_open() -> None:
    stack = FakeStack()
    report = (await played(stack, remote()[:2]))["INC0000001"]
    assert (report["outcome"], report["state"]) == ("played", "new")
