"""The planner's board: what it draws of a day, and what a change would mean before it is made."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contracts.calendars import WEEKDAYS
from contracts.values import Priority, VisitState
from infra.chassis.runtime import Kept
from services.dispatch.domain.local_days import midnight
from services.dispatch.domain.technician import Absence, OnCall, Shifts
from services.dispatch.domain.visit import Visit
from services.dispatch.views.board import (
    SiteLabel,
    common_zone,
    due,
    technician_row,
    times,
    urgency,
    visit_row,
)
from tests.servers import until
from tests.services.dispatch.asking import body, hire, open_ticket
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import MURET, Firm, technician
from tests.world import MONDAY_NINE

HOUR = timedelta(hours=1)
START = midnight(MONDAY_NINE.date(), "Europe/Paris")
END = START + timedelta(days=1)
SPLIT = dict.fromkeys(WEEKDAYS[:5], (("08:00", "12:00"), ("13:30", "17:00")))
EVENINGS = dict.fromkeys(WEEKDAYS[:5], (("06:00", "09:00"), ("18:00", "21:00")))


def said(stretches: Any) -> list[str]:
    return [f"{each.from_at:%H:%M}-{each.to_at:%H:%M}" for each in stretches]


def planned() -> Visit:
    firm = Firm()
    firm.ask()
    firm.plan()
    return firm.visit()


def test_the_gap_between_two_shifts_of_a_day_is_lunch() -> None:
    row = technician_row(technician("anna", shifts=Shifts(SPLIT, SPLIT)), START, END)
    assert said(row.shifts) == ["07:00-11:00", "12:30-16:00"]
    assert said(row.lunch) == ["11:00-12:30"]
    week = technician_row(technician("anna", shifts=Shifts(SPLIT, SPLIT)), START, START + timedelta(days=7))
    assert len(week.lunch) == 5


def test_a_free_afternoon_is_no_lunch() -> None:
    row = technician_row(technician("anna", shifts=Shifts(EVENINGS, EVENINGS)), START, END)
    assert said(row.lunch) == []


def test_absences_and_calls_are_drawn_within_the_day() -> None:
    away = Absence(START - HOUR, MONDAY_NINE, "sick")
    call = OnCall("w10", MONDAY_NINE + 9 * HOUR, END + 5 * HOUR)
    long_ago = Absence(START - 9 * HOUR, START, "leave")
    row = technician_row(technician("anna", absences=(long_ago, away), on_call=(call,)), START, END)
    assert [(each.kind, each.from_at, each.to_at) for each in row.away] == [("sick", START, MONDAY_NINE)]
    assert said(row.on_call) == ["17:00-23:00"]


def test_hours_are_drawn_where_most_work() -> None:
    far = technician("ravi", time_zone="Indian/Reunion")
    assert common_zone([technician("anna"), far, technician("bruno")]) == "Europe/Paris"
    assert common_zone([far]) == "Indian/Reunion"
    assert common_zone([]) == "UTC"


def test_what_was_is_drawn_instead_of_what_was_planned() -> None:
    visit = planned()
    assert visit.plan is not None
    assert times(visit) == (visit.plan.start_at, visit.plan.end_at)
    there = replace(visit, state=VisitState.ARRIVED, arrived_at=visit.plan.start_at + HOUR)
    assert times(there) == (visit.plan.start_at + HOUR, visit.plan.end_at + HOUR)
    over = replace(there, state=VisitState.CLOSED, ended_at=visit.plan.start_at + 3 * HOUR)
    assert times(over) == (visit.plan.start_at + HOUR, visit.plan.start_at + 3 * HOUR)


def test_the_deadline_shown_is_the_next_that_can_still_be_met() -> None:
    soon, later = MONDAY_NINE + HOUR, MONDAY_NINE + 4 * HOUR
    visit = planned()
    visit = replace(visit, need=replace(visit.need, respond_by_at=soon, restore_by_at=later))
    assert due(visit) == soon
    assert due(replace(visit, state=VisitState.EN_ROUTE)) == soon
    assert due(replace(visit, state=VisitState.STARTED)) == later
    assert due(replace(visit, state=VisitState.CLOSED)) is None


def test_what_burns_first_comes_first_and_what_has_no_deadline_last() -> None:
    visit = planned()

    def waiting(id: str, at: datetime | None, priority: Priority = Priority.P3) -> Kept[Visit]:
        need = replace(visit.need, respond_by_at=None, restore_by_at=at)
        return Kept(replace(visit, id=id, need=need, priority=priority), 1, MONDAY_NINE)

    asked = [
        waiting("none", None),
        waiting("late", MONDAY_NINE - HOUR),
        waiting("soon", MONDAY_NINE + HOUR),
        waiting("soon-and-urgent", MONDAY_NINE + HOUR, Priority.P1),
    ]
    rows = [visit_row(each, {}) for each in asked]
    assert [row.id for row in sorted(rows, key=urgency)] == ["late", "soon-and-urgent", "soon", "none"]


def test_a_visit_is_named_by_its_site() -> None:
    kept = Kept(planned(), 3, MONDAY_NINE)
    row = visit_row(kept, {"capitole": SiteLabel(name="Capitole", commune="Toulouse")})
    assert (row.site, row.commune, row.version) == ("Capitole", "Toulouse", 3)
    assert visit_row(kept, {}).site == "capitole"


async def test_one_answer_has_the_day_and_the_next_what_has_changed(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(territory="west"), bruno=body(MURET, territory="east"))
    visit = await open_ticket(dispatch, unique)
    lost = await open_ticket(dispatch, unique, f"{unique}-2", skills={"unheard-of": 1})
    await dispatch.comes_to(visit, "dispatched")
    await dispatch.comes_to(lost, "failed")
    async with dispatch.as_("dispatcher") as dispatcher, dispatch.as_("technician", "anna") as anna:
        assert (await anna.get("/board/day")).status_code == 403
        day = (await dispatcher.get("/board/day")).json()
        assert (day["complete"], day["time_zone"], day["from"]) == (
            True,
            "Europe/Paris",
            "2026-03-01T23:00:00Z",
        )
        assert [each["id"] for each in day["technicians"]] == ["bruno", "anna"]
        shown = {each["id"]: each for each in day["visits"] if each["id"].startswith(unique)}
        assert {id: each["state"] for id, each in shown.items()} == {visit: "dispatched", lost: "failed"}
        assert shown[lost]["attention"] == "nobody-can-serve"
        assert shown[visit]["site"] == f"{unique}-site".title()
        east = (await dispatcher.get("/board/day", params={"territory": "east"})).json()
        assert [each["id"] for each in east["technicians"]] == ["bruno"]
        assert east["territories"] == ["east", "west"]
        tomorrow = (await dispatcher.get("/board/day", params={"date": "2026-03-03"})).json()
        assert visit not in {each["id"] for each in tomorrow["visits"]}
        week = (await dispatcher.get("/board/day", params={"date": "2026-03-05", "days": "7"})).json()
        assert visit in {each["id"] for each in week["visits"]}

        assert (await dispatcher.post(f"/v1/visits/{visit}/pin")).status_code == 200
        changed = (await dispatcher.get("/board/day", params={"since": day["as_of"]})).json()
        assert changed["complete"] is False
        assert (visit, True) in {(each["id"], each["pinned"]) for each in changed["visits"]}
        later = (datetime.fromisoformat(changed["as_of"]) + HOUR).isoformat()
        nothing = (await dispatcher.get("/board/day", params={"since": later})).json()
        assert (nothing["technicians"], nothing["visits"]) == ([], [])


async def test_what_a_change_would_mean_is_told_and_not_done(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(MURET))
    visit = await open_ticket(dispatch, unique)
    has = (await dispatch.comes_to(visit, "dispatched"))["technician_id"]
    other = "bruno" if has == "anna" else "anna"

    async def what_if(who: str, at: datetime) -> dict[str, Any]:
        asked = {"technician_id": who, "start": at.isoformat()}
        answer = await dispatcher.get(f"/v1/visits/{visit}/what-if", params=asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async with dispatch.as_("dispatcher") as dispatcher:
        before = (await dispatcher.get(f"/v1/visits/{visit}")).json()
        fits = await what_if(other, MONDAY_NINE + 2 * HOUR)
        assert (fits["refused"], fits["warnings"], fits["travel"]["source"]) == (None, [], "default")
        late = await what_if(other, MONDAY_NINE + 12 * HOUR)
        assert [each["rule"] for each in late["warnings"]] == ["off-shift"]
        stays = await what_if(has, datetime.fromisoformat(before["planned_start"]))
        assert (stays["refused"], stays["warnings"]) == (None, [])
        past = await what_if(other, MONDAY_NINE - HOUR)
        assert past["refused"]["rule"] == "start-in-the-past"
        assert (await what_if("nobody", MONDAY_NINE + HOUR))["refused"]["rule"] == "unknown-reference"
        assert (await dispatcher.get(f"/v1/visits/{visit}")).json() == before
    async with dispatch.as_("technician", has) as technician_himself:
        asked = {"technician_id": other, "start": MONDAY_NINE.isoformat()}
        assert (await technician_himself.get(f"/v1/visits/{visit}/what-if", params=asked)).status_code == 403


async def test_a_visit_taken_back_is_planned_anew(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body())
    visit = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit, "dispatched")
    async with dispatch.as_("dispatcher") as dispatcher:
        taken = await dispatcher.post(f"/v1/visits/{visit}/unassign")
        assert taken.status_code == 200, taken.text

        async def is_planned_anew() -> bool:
            shown = (await dispatcher.get(f"/v1/visits/{visit}")).json()
            return bool(shown["technician_id"] == "anna")

        await until(is_planned_anew, within=20)
