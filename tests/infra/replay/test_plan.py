"""The plan of an incident: what is done when, from the log alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.replay.incident import gather
from infra.replay.plan import FINISH, IncidentPlan, plan_incident
from tests.infra.replay.logs import MAPPING, Fields, csv_of, incident, on_site, read, remote


def plan(*rows: Fields) -> IncidentPlan:
    return plan_incident(incident(*rows), MAPPING)


def verbs(planned: IncidentPlan) -> list[str]:
    return [step.verb for step in planned.steps]


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """Paris winter time of 2016."""
    return datetime(2016, month, day, hour - 1, minute, tzinfo=UTC)


def test_a_remote_incident_is_opened_taken_started_resolved_and_closed() -> None:
    planned = plan(*remote())
    assert not planned.on_site
    assert verbs(planned) == ["open", "hand-over", "start", "resolve", "close"]
    assert [step.at for step in planned.steps] == [
        at(29, 8, month=2),
        at(29, 8, 5, month=2),
        at(29, 8, 30, month=2),
        at(29, 11, month=2),
        at(5, 12),
    ]


def test_the_opening_carries_the_incident() -> None:
    [opening, *_] = plan(*remote()).steps
    assert opening.body["external_reference"] == "INC0000001"
    assert opening.body["category"] == "sn-workstation-remote"
    assert opening.body["channel"] == "phone"
    assert opening.body["declared_by"] == "Caller 7"
    assert (opening.body["impact"], opening.body["urgency"]) == ("medium", "medium")


def test_work_on_site_is_asked_for_before_the_log_says_it_was_done() -> None:
    planned = plan(*on_site())
    assert planned.on_site
    assert verbs(planned) == ["open", "hand-over", "hand-over", "start", "triage", FINISH, "close"]
    sent, finish = planned.steps[4:6]
    assert sent.at == at(29, 9, 30, month=2)
    assert sent.body["category"] == "sn-workstation"
    assert finish.at == at(29, 11, month=2)


def test_nobody_is_sent_before_the_incident_is_opened() -> None:
    quick = [
        {"opened_at": "29-02-2016 10:30", "sys_updated_at": "29-02-2016 10:30"},
        {
            "incident_state": "Resolved",
            "opened_at": "29-02-2016 10:30",
            "sys_updated_at": "29-02-2016 11:00",
            "assignment_group": "Group 24",
        },
    ]
    sent = next(step for step in plan(*quick).steps if step.verb == "triage")
    assert sent.at == at(29, 10, 30, month=2)


def test_what_planning_depends_on_is_played_at_its_exact_time() -> None:
    exact = [step.verb for step in plan(*on_site()).steps if step.exact]
    assert exact == ["triage", FINISH]
    assert not any(step.exact for step in plan(*remote()).steps)


def test_waiting_is_a_hold_until_somebody_goes_on() -> None:
    new, active, resolved, closed = remote()
    waiting = {**active, "incident_state": "Awaiting User Info", "sys_updated_at": "29-02-2016 09:00"}
    again = {**active, "sys_updated_at": "29-02-2016 10:00"}
    planned = plan(new, active, waiting, again, resolved, closed)
    assert verbs(planned)[2:] == ["start", "hold", "resume", "resolve", "close"]
    assert planned.steps[3].body == {"reason": "waiting-for-client"}


def test_another_reason_to_wait_replaces_the_first() -> None:
    new, active, resolved, closed = remote()
    user = {**active, "incident_state": "Awaiting User Info", "sys_updated_at": "29-02-2016 09:00"}
    vendor = {**active, "incident_state": "Awaiting Vendor", "sys_updated_at": "29-02-2016 10:00"}
    planned = plan(
        new, active, user, {**user, "sys_updated_at": "29-02-2016 09:30"}, vendor, resolved, closed
    )
    assert verbs(planned)[2:] == ["start", "hold", "hold", "resume", "resolve", "close"]


def test_what_was_resolved_while_waiting_was_worked_on_again_first() -> None:
    new, active, resolved, _ = remote()
    planned = plan(new, {**active, "incident_state": "Awaiting Problem"}, resolved)
    assert verbs(planned)[2:] == ["hold", "resume", "start", "resolve"]


def test_what_is_resolved_again_is_reopened_and_solved_from_the_desk() -> None:
    new, active, resolved, closed = on_site()
    again = {**active, "sys_updated_at": "01-03-2016 09:00"}
    over = {**resolved, "sys_updated_at": "01-03-2016 10:00"}
    planned = plan(new, active, resolved, again, over, closed)
    tail = verbs(planned)[verbs(planned).index(FINISH) :]
    assert tail == [FINISH, "reopen", "triage", "start", "resolve", "close"]


def test_what_was_solved_is_never_new_again() -> None:
    new, _, resolved, closed = remote()
    late = {**new, "sys_updated_at": "29-02-2016 11:07"}
    planned = plan(new, resolved, late, closed)
    assert verbs(planned) == ["open", "hand-over", "start", "resolve", "close"]


def test_the_rows_say_when_it_was_resolved_whatever_the_column_says() -> None:
    planned = plan(*remote(resolved_at="01-03-2016 10:00"))
    assert planned.resolved_at == at(29, 11, month=2)
    assert planned.logged_resolved_at == at(1, 10)


def test_a_closed_incident_may_come_back() -> None:
    new, active, resolved, closed = remote()
    again = {**active, "sys_updated_at": "06-03-2016 09:00"}
    planned = plan(new, active, resolved, closed, again)
    assert verbs(planned)[-3:] == ["close", "reopen", "start"]


def test_what_is_closed_without_a_resolution_is_resolved_first() -> None:
    new, _, _, closed = remote()
    assert verbs(plan(new, closed))[2:] == ["start", "resolve", "close"]


def test_other_judgements_and_assignments_are_followed() -> None:
    new, active, resolved, closed = remote()
    urgent = {**active, "urgency": "1 - High", "assigned_to": "Resolver 9", "category": "Category 9"}
    planned = plan(new, urgent, {**resolved, "urgency": "1 - High", "category": "Category 9"}, closed)
    judged = next(step for step in planned.steps if step.verb == "triage")
    assert judged.body == {"impact": "medium", "urgency": "high", "category": "sn-printing-remote"}
    agents = [step.body["agent_id"] for step in planned.steps if step.verb == "hand-over"]
    assert agents == ["Group 70", "Resolver 9", "Group 70"]


def test_rows_that_change_nothing_are_counted() -> None:
    new, active, resolved, closed = remote()
    same = {**active, "sys_updated_at": "29-02-2016 09:00"}
    late = {**resolved, "sys_updated_at": "29-02-2016 12:00"}
    planned = plan(new, active, same, resolved, late, closed)
    assert (planned.rows, planned.idle_rows) == (6, 2)


def test_an_incident_changed_before_it_was_opened_is_played_from_its_opening() -> None:
    new, *others = remote()
    planned = plan({**new, "sys_updated_at": "29-02-2016 07:00"}, *others)
    assert planned.steps[1].at == planned.steps[0].at == at(29, 8, month=2)


def test_an_incident_that_the_log_leaves_open_stays_open() -> None:
    assert verbs(plan(*remote()[:2])) == ["open", "hand-over", "start"]


def minutes_later(minutes: int) -> str:
    return (at(28, 9, month=2) + timedelta(minutes=minutes)).strftime("%d-%m-%Y %H:%M")


STATES = sorted(MAPPING.states)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "incident_state": st.sampled_from(STATES),
            "sys_updated_at": st.integers(0, 33 * 24 * 60).map(minutes_later),
            "assignment_group": st.sampled_from(["Group 70", "Group 24", "?"]),
            "category": st.sampled_from(["Category 53", "Category 9", "?"]),
            "urgency": st.sampled_from(["1 - High", "3 - Low", "?"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS)
def test_whatever_the_rows_the_steps_make_a_possible_life(rows: list[Fields]) -> None:
    [found], _ = gather(read(csv_of(rows)))
    planned = plan_incident(found, MAPPING)
    assert [step.at for step in planned.steps] == sorted(step.at for step in planned.steps)
    assert [step.n for step in planned.steps] == list(range(1, len(planned.steps) + 1))
    stage, held, begun, sent = "unopened", False, False, False
    for step in planned.steps:
        if step.verb == "open":
            assert stage == "unopened"
            stage = "open"
        elif step.verb == "close":
            assert stage == "resolved"
            stage = "closed"
        elif step.verb == "reopen":
            assert stage in {"resolved", "closed"}
            stage, begun = "open", False
        else:
            assert stage == "open"
        if step.verb == "hold":
            assert not sent
            held = True
        if step.verb == "resume":
            assert held
            held = False
        if step.verb == "start":
            assert not held
            assert not begun
            begun = True
        if step.exact and step.verb == "triage":
            assert not held
            sent = True
        if step.verb in {"resolve", FINISH}:
            assert not held
            assert (step.verb == FINISH) == sent
            stage, sent = "resolved", False
