"""SLA cases as they are written: what is taken, and what is said of what makes no sense."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.ticket.cli.cases import SenselessCase, answers, computed
from tests.services.ticket.clocks import CASE

DAYS = {"days": 1, "by": "18:00", "cutoff": "15:00", "minutes": None}
OPENED = CASE["log"][0]


def said(**changes: Any) -> tuple[str, str]:
    with pytest.raises(SenselessCase) as senseless:
        answered(**changes)
    return senseless.value.slug, senseless.value.detail


def answered(**changes: Any) -> dict[str, Any]:
    return computed(json.dumps({**CASE, **changes}).encode())


def target(**changes: Any) -> list[dict[str, Any]]:
    return [{**CASE["targets"][0], **changes}]


def after(**entry: Any) -> list[dict[str, Any]]:
    return [OPENED, {"at": "2026-03-02T16:30:00+01:00", **entry}]


def office(**changes: Any) -> dict[str, Any]:
    return {"office": {**CASE["calendars"]["office"], **changes}}


def test_a_case_may_say_more_than_is_asked() -> None:
    assert answered(note="from the statement of May", log=[{**OPENED, "by": "Inès"}]) == answered()


def test_elapsed_minutes_are_exact() -> None:
    [only] = answered(now="2026-03-02T16:00:30+01:00")["targets"]
    assert only["elapsed_minutes"] == 0.5


def test_a_target_of_days_has_null_elapsed_and_no_intervals() -> None:
    [only] = answered(targets=target(**DAYS))["targets"]
    assert only["elapsed_minutes"] is None
    assert only["intervals"] == []
    assert only["due_at"] == "2026-03-04T17:00:00.000Z"


@pytest.mark.parametrize("service", ["up", "down", "degraded", "somewhere", None])
def test_any_service_may_be_said_of_a_reopening(service: str | None) -> None:
    assert answered(log=after(event="reopened", service=service))["targets"]


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"now": "yesterday"}, "now: "),
        ({"now": "2026-03-02T17:00:00"}, "now: "),
        ({"calendars": office(time_zone="Europe/Pairs")}, "calendars.office.time_zone: 'Europe/Pairs'"),
        ({"calendars": office(holidays="site")}, "calendars.office: a case has no site"),
        (
            {"calendars": office(weekly={"mon": [["18:00", "08:00"]]})},
            "calendars.office.weekly.mon.0: a window",
        ),
        ({"targets": target(calendar="night")}, "targets: there is no calendar 'night'"),
        ({"targets": target() * 2}, "targets: a target is named twice"),
        ({"targets": target(by="18:00")}, "targets.0: a target has minutes, or days"),
        ({"targets": target(minutes=None)}, "targets.0: a target has minutes, or days"),
        ({"targets": target(minutes="240")}, "targets.0.minutes: "),
        ({"targets": target(minuts=3)}, "targets.0.minuts: "),
        ({"targets": target(stops_on=["lunch"])}, "targets.0.stops_on.0: "),
        ({"log": after(event="vanished")}, "log.1.event: "),
        ({"log": after(event="held")}, "log.1: a hold has a reason"),
        ({"log": after(event="retargeted")}, "log.1: an entry retargeted has targets"),
        (
            {"log": after(event="retargeted", targets=target(name="other"))},
            "log.1.targets: the case has no target 'other'",
        ),
        (
            {"log": after(event="requalified", targets=target(calendar="night"))},
            "log.1.targets: there is no calendar 'night'",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(changes: dict[str, Any], detail: str) -> None:
    slug, why = said(**changes)
    assert slug == "invalid-case"
    assert why.startswith(detail)


def test_a_log_that_makes_no_sense_names_its_entry() -> None:
    slug, why = said(log=after(event="resumed"))
    assert slug == "senseless-log"
    assert "log.1 (resumed, 2026-03-02T15:30:00+00:00) has no hold before it" in why


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({**CASE, "now": "9999-12-31T23:59:30Z"}),
        json.dumps({**CASE, "now": "0001-01-01T00:00:00+14:00"}),
        "[" * 100_000,
        '"a text"',
    ],
    ids=["too late", "before the first year", "too deep", "no object"],
)
def test_nothing_that_a_line_says_ends_the_run(line: str) -> None:
    first, second = answers([line.encode(), json.dumps(CASE).encode()])
    assert set(first["error"]) == {"type", "detail"}
    assert second == answered()


@pytest.mark.parametrize("number", ["NaN", "1e999", '{"number": -Infinity}'])
def test_an_id_that_is_no_json_does_not_come_out_again(number: str) -> None:
    [answer] = answers([f'{{"id": {number}}}'.encode()])
    assert (answer["id"], answer["error"]["type"]) == (None, "invalid-case")


@pytest.mark.parametrize(
    "turns",
    [
        ({"event": "held", "reason": "waiting-for-client"}, {"event": "resumed"}),
        ({"event": "resolved"}, {"event": "reopened"}),
    ],
    ids=["holds", "reopenings"],
)
@pytest.mark.parametrize("on_reopen", ["exclude", "count"])
def test_a_log_ten_times_as_long_takes_about_ten_times_as_long(
    turns: tuple[dict[str, str], ...], on_reopen: str
) -> None:
    opened = datetime.fromisoformat("2026-03-02T16:00:00+01:00")
    log = [
        {"at": (opened + timedelta(minutes=number)).isoformat(), **turns[number % 2]}
        for number in range(20_001)
    ]
    promised = {**target()[0], "on_reopen": on_reopen, "stops_on": ["waiting-for-client"]}
    began = time.process_time()
    repair, visit = answered(
        log=[OPENED, *log],
        now="2026-04-01T00:00:00Z",
        targets=[{**promised, "minutes": 100_000}, {**promised, **DAYS, "days": 40, "name": "visit"}],
    )["targets"]
    # Each entry looking at all those before it took a minute and more.
    assert time.process_time() - began < 15
    assert repair["state"] == visit["state"]
