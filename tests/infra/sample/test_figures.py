"""Each figure of the day on a small day made by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.values import rfc3339
from infra.sample.evidence import Document, Event, Evidence
from infra.sample.figures import figures, told

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""
TWENTY_PAST = EIGHT + timedelta(minutes=20)


def at(minutes: float) -> str:
    return rfc3339(EIGHT + timedelta(minutes=minutes))


def fact(
    type_: str, subject: str, n: int, minutes: float, *, learned: float | None = None, **body: Any
) -> Event:
    stream = "sla" if type_.startswith("sla-") else "visits" if "-1" in subject else "lifecycle"
    owner = "dispatch" if stream == "visits" else "ticket"
    happened = EIGHT + timedelta(minutes=minutes)
    return Event(
        topic=f"{owner}.{stream}.v1",
        partition=0,
        offset=n,
        type=type_,
        source=f"/astreinte/{owner}/{stream}",
        id=f"{subject}:{n}",
        subject=subject,
        epoch=0,
        n=n,
        sequence=n,
        occurred_at=happened,
        recorded_at=happened if learned is None else EIGHT + timedelta(minutes=learned),
        written_ms=0,
        body=body,
    )


def opened(ticket: str, minutes: float, kind: str = "incident", **more: Any) -> Event:
    visits = [{"visit_id": f"{ticket}-1"}]
    return fact(
        "ticket-opened", ticket, 1, minutes, kind=kind, declared_at=at(minutes), visits=visits, **more
    )


def closed(ticket: str, outcome: str, arrived: float, ended: float, travel: int = 0, **more: Any) -> Event:
    times: dict[str, Any] = {"arrived_at": at(arrived), "ended_at": at(ended), "travel_minutes": travel}
    return fact(
        "intervention-closed", f"{ticket}-1", 9, ended, ticket_id=ticket, outcome=outcome, **times, **more
    )


def clock(n: int, type_: str, state: str, target: str, ticket: str = "t", **more: Any) -> Event:
    return fact(type_, ticket, n, n, site_id="s", target=target, state=state, **more)


def counted(
    *events: Event, since: datetime = EIGHT, documents: dict[str, tuple[Document, ...]] | None = None
) -> dict[str, Any]:
    evidence = Evidence(events, documents or {})
    return {each.name: each.value for each in figures(told(evidence, since))}


def test_where_nothing_happened_there_is_nothing_to_count() -> None:
    values = counted()
    assert values.pop("backlog") == {"under 4 h": 0, "4 to 24 h": 0, "over 24 h": 0}
    assert set(values.values()) == {None}


def test_a_clock_counts_by_the_last_word_on_it() -> None:
    said = (
        clock(1, "sla-started", "running", "start"),
        clock(2, "sla-started", "running", "repair"),
        clock(3, "sla-breached", "breached", "start", breached_at=at(3)),
        clock(4, "sla-met", "met", "repair"),
        clock(5, "sla-started", "running", "other"),
    )
    assert counted(*said)["sla_kept"] == 0.5
    corrected = clock(6, "sla-corrected", "met", "start", corrects=[{"n": 3}])
    assert counted(*said, corrected)["sla_kept"] == 1.0


def test_a_breach_of_the_day_before_is_not_this_days() -> None:
    old = clock(1, "sla-breached", "breached", "start", breached_at=at(1))
    kept_late = clock(30, "sla-stopped", "breached", "start", breached_at=at(1))
    met = clock(31, "sla-met", "met", "repair")
    assert counted(old, kept_late, met, since=TWENTY_PAST)["sla_kept"] == 1.0


def test_only_first_visits_say_whether_the_first_visit_fixed_it() -> None:
    follow_up = fact("visits-requested", "a", 2, 50, visits=[{"visit_id": "b-1", "follows": "a-1"}])
    day = (opened("a", 0), closed("a", "part-dead", 10, 40), follow_up, closed("b", "fixed", 60, 90))
    assert counted(*day)["first_time_fix"] == 0.0
    assert counted(*day, opened("c", 0), closed("c", "fixed", 10, 20))["first_time_fix"] == 0.5


def test_time_to_restore_runs_from_the_declaration_to_the_last_site_restored() -> None:
    day = (
        opened("a", 0),
        fact("ticket-restored", "a", 2, 60),
        fact("ticket-restored", "a", 3, 90, learned=200),
        fact("ticket-resolved", "a", 4, 200),
        opened("b", 0),
        fact("ticket-resolved", "b", 2, 30),
        opened("c", 0, kind="request"),
        fact("ticket-resolved", "c", 2, 5),
    )
    assert counted(*day)["mttr"] == 60.0


def test_backlog_is_what_is_open_at_the_end_by_its_age() -> None:
    end = fact("ticket-noted", "a", 2, 24 * 60)
    tickets = tuple(
        {"state": state, "declared_at": EIGHT + timedelta(hours=hours)}
        for state, hours in (("new", 21), ("on-hold", 4), ("scheduled", 0), ("resolved", 0), ("cancelled", 0))
    )
    assert counted(end, documents={"ticket.tickets": tickets})["backlog"] == {
        "under 4 h": 1,
        "4 to 24 h": 1,
        "over 24 h": 1,
    }


def test_an_arrival_is_on_time_by_the_window_announced_last() -> None:
    def planned(ticket: str, n: int, type_: str, until: float) -> Event:
        return fact(type_, f"{ticket}-1", n, n, arrival_to=at(until))

    day = (
        planned("a", 1, "visit-planned", 30),
        planned("a", 2, "visit-rescheduled", 60),
        fact("technician-arrived", "a-1", 3, 60),
        planned("b", 1, "visit-planned", 60),
        fact("technician-arrived", "b-1", 2, 61),
        planned("c", 1, "visit-planned", 60),
        fact("technician-arrived", "c-1", 2, 59, learned=300),
    )
    assert counted(*day)["on_time_arrival"] == 0.667


def test_doors_that_stay_closed_are_counted_among_visits() -> None:
    day = [closed(str(n), outcome, 0, 10) for n, outcome in enumerate(("fixed", "no-access", "user-absent"))]
    assert counted(*day)["no_access"] == 0.667


def test_solved_remotely_is_resolved_without_a_visit() -> None:
    day = (
        closed("a", "fixed", 0, 10),
        fact("ticket-resolved", "a", 2, 10),
        fact("ticket-resolved", "b", 2, 10),
    )
    assert counted(*day)["solved_remotely"] == 0.5


def test_utilisation_and_travel_share_are_of_shifts_and_of_time_spent() -> None:
    # From 09:00 to 13:00 in Paris; one works from ten, the other is away from eleven on.
    def technician(opens: str, **more: Any) -> Document:
        week = {"mon": [[opens, "18:00"]]}
        shifts = {"week_a": week, "week_b": week}
        return {"time_zone": "Europe/Paris", "holidays": "FR", "shifts": shifts, **more}

    away = {"from_at": EIGHT + timedelta(hours=2), "to_at": EIGHT + timedelta(hours=9)}
    people = (technician("10:00"), technician("08:00", absences=[away]))
    day = (
        fact("ticket-noted", "t", 1, 0),
        closed("a", "fixed", 30, 90, travel=20),
        closed("b", "fixed", 100, 160, travel=20),
        fact("ticket-noted", "t", 2, 4 * 60),
    )
    values = counted(*day, documents={"dispatch.technicians": people})
    assert values["utilisation"] == round(160 / 300, 3)
    assert values["travel_share"] == 0.25


def test_weeks_alternate() -> None:
    # 113 weeks after that of 1 January 2024, which is an A week, it is a B week.
    shifts = {"week_a": {"mon": [["09:00", "13:00"]]}, "week_b": {"mon": [["09:00", "11:00"]]}}
    people = ({"time_zone": "Europe/Paris", "holidays": "FR", "shifts": shifts},)
    day = (fact("ticket-noted", "t", 1, 0), closed("a", "fixed", 0, 60), fact("ticket-noted", "t", 2, 240))
    assert counted(*day, documents={"dispatch.technicians": people})["utilisation"] == 0.5
