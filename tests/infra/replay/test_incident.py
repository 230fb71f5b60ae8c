"""Rows become incidents; what contradicts itself is told."""

from infra.replay.incident import gather
from tests.infra.replay.logs import csv_of, incident, on_site, read, remote


def test_incidents_come_in_the_order_of_their_opening() -> None:
    later = [{**row, "opened_at": "29-02-2016 09:00"} for row in remote("INC0000001")]
    found, bad = gather(read(csv_of([*later, *on_site("INC0000002")])))
    assert [each.number for each in found] == ["INC0000002", "INC0000001"]
    assert bad == ()


def test_rows_come_in_the_order_of_their_times() -> None:
    new, active, resolved, closed = remote()
    found = gather(read(csv_of([active, new, closed, resolved])))[0][0]
    assert [row.state for row in found.rows] == ["New", "Active", "Resolved", "Closed"]
    assert found.oddities == ("its rows are not in the order of their times",)


def test_at_the_same_minute_the_count_of_updates_decides() -> None:
    new, active, resolved, closed = remote()
    same = [{**row, "sys_updated_at": "29-02-2016 11:00"} for row in (resolved, active)]
    found = gather(read(csv_of([new, *same, closed])))[0][0]
    assert [row.state for row in found.rows] == ["New", "Active", "Resolved", "Closed"]


def test_a_row_that_repeats_another_is_bad() -> None:
    rows = remote()
    found, bad = gather(read(csv_of([*rows, rows[1]])))
    assert len(found[0].rows) == 4
    assert [(each.line, each.reason) for each in bad] == [(6, "it repeats line 3")]


def test_a_row_with_another_opening_is_bad() -> None:
    new, active, resolved, closed = remote()
    found, bad = gather(read(csv_of([new, {**active, "opened_at": "28-02-2016 08:00"}, resolved, closed])))
    assert len(found[0].rows) == 3
    assert [(each.line, each.number) for each in bad] == [(3, "INC0000001")]


def test_what_is_odd_does_not_keep_an_incident_from_being_played() -> None:
    found = incident({"opened_at": "29-02-2016 09:00", "sys_updated_at": "29-02-2016 08:00"})
    assert "it was changed before it was opened" in found.oddities
    assert "no row has the time of its resolved_at" in found.oddities
