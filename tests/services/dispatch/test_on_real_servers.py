"""The whole service: requests come in over Kafka, people act over HTTP."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from contracts.values import Priority
from services.dispatch.store.days import Days
from services.dispatch.store.visits import Visits
from tests.servers import RealServers, until
from tests.services.dispatch.asking import ALWAYS, OFFICE_HOURS, body, hire, open_ticket, post
from tests.services.dispatch.running import Running, running
from tests.services.dispatch.sample import MURET


async def test_a_request_becomes_a_closed_intervention(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(MURET))
    visit = f"/v1/visits/{await open_ticket(dispatch, unique)}"
    told = await dispatch.comes_to(f"{unique}-1", "dispatched")
    assert told["technician_id"] == "anna"
    async with dispatch.as_("technician", "bruno") as bruno:
        assert (await bruno.get(visit)).status_code == 404
        assert (await bruno.post(f"{visit}/acknowledge")).status_code == 404
    async with dispatch.as_("technician", "anna") as anna:
        for verb, state in (
            ("acknowledge", "acknowledged"),
            ("depart", "en-route"),
            ("arrive", "arrived"),
            ("start", "started"),
            ("pause", "paused"),
            ("start", "started"),
        ):
            assert (await post(anna, f"{visit}/{verb}"))["state"] == state
        closing = {"outcome": "fixed", "work_done": "Switch replaced", "travel_minutes": 11}
        assert (await anna.post(f"{visit}/close", json=closing)).json()[
            "type"
        ] == "/problems/idempotency-key-required"
        closed = [await post(anna, f"{visit}/close", closing, key="close-1") for _ in range(2)]
        assert [each["state"] for each in closed] == ["closed", "closed"]
        refused = await anna.post(f"{visit}/depart")
        assert (refused.status_code, refused.json()["state"], refused.json()["possible"]) == (
            409,
            "closed",
            [],
        )
    async with dispatch.as_("dispatcher") as dispatcher:
        nobody = await dispatcher.get(f"{visit}/candidates")
        assert (nobody.status_code, nobody.json()["type"]) == (409, "/problems/illegal-transition")


async def test_a_condition_is_judged_before_the_rules_and_after_the_role(
    dispatch: Running, unique: str
) -> None:
    path, anna = f"/v1/technicians/{unique}", {**body(), "skills": {unique: 2}}
    async with dispatch.as_("dispatcher") as dispatcher:

        async def put(**headers: str) -> tuple[int, str | None]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            answer = await dispatcher.put(path, json=anna, headers=named)
            return answer.status_code, answer.headers.get("location")

        assert await put(If_Match="*") == (412, None)
        assert await put(If_None_Match="*") == (201, path)
        assert await put(If_None_Match="*") == (412, None)
        assert await put(If_Match="*") == (200, None)
        away = {"from": "2026-03-05T08:00:00Z", "to": "2026-03-05T18:00:00Z", "kind": "leave"}
        stale = await dispatcher.post(f"{path}/absences", json=away, headers={"If-Match": '"9"'})
        assert stale.status_code == 412
        assert (await dispatcher.get(path)).json()["absences"] == []
    visit_id = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit_id, "dispatched")
    async with dispatch.as_("technician", unique) as technician:
        start = f"/v1/visits/{visit_id}/start"
        assert (await technician.post(start)).status_code == 409
        assert (await technician.post(start, headers={"If-Match": '"99"'})).status_code == 412
        both = {
            "outcome": "fixed",
            "signature": {"name": "Zoé", "svg": "<svg/>"},
            "signature_refused": {"reason": "Absente"},
        }
        twice = await technician.post(
            f"/v1/visits/{visit_id}/close",
            json=both,
            headers={"Idempotency-Key": "k", "Accept-Language": "fr"},
        )
        assert twice.status_code == 422
        assert "signature" in twice.json()["errors"][0]["detail"]
        blank = await technician.post(f"/v1/visits/{visit_id}/decline", json={"reason": "  "})
        assert (blank.status_code, blank.json()["errors"][0]["pointer"]) == (422, "/reason")
    async with dispatch.as_("agent") as agent:
        answer = await agent.post(f"/v1/visits/{visit_id}/close", json={"outcome": "fixed"})
        assert answer.status_code == 403


async def test_visits_are_found_by_when_they_are_planned(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body())
    visit_id = await open_ticket(dispatch, unique)
    start = (await dispatch.comes_to(visit_id, "dispatched"))["planned_start"]
    later = (datetime.fromisoformat(start) + timedelta(minutes=1)).isoformat()
    async with dispatch.as_("dispatcher") as dispatcher:

        async def found(**asked: str) -> list[str]:
            answer = await dispatcher.get("/v1/visits", params={"customer": unique, **asked})
            return [each["id"] for each in answer.json()["items"]]

        assert await found(**{"from": start, "to": later}) == [visit_id]
        assert await found(**{"from": later}) == []
        assert await found(to=start) == []
        refused = await dispatcher.get("/v1/visits", params={"from": "tomorrow"})
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "from")


async def test_customers_see_their_own_visits_only(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body())
    visit_id = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit_id, "dispatched")
    async with (
        dispatch.as_("portal", customer=unique) as own,
        dispatch.as_("portal", customer="other") as other,
    ):
        shown = (await own.get(f"/v1/visits/{visit_id}")).json()
        assert shown["technician_id"] == "anna"
        assert "reasons" not in shown
        assert [each["id"] for each in (await own.get("/v1/visits")).json()["items"]] == [visit_id]
        assert (await other.get(f"/v1/visits/{visit_id}")).status_code == 404
        assert (await other.get("/v1/visits")).json()["items"] == []
    async with dispatch.as_("requester", "somebody", customer=unique) as requester:
        assert (await requester.get(f"/v1/visits/{visit_id}")).status_code == 404


async def test_nobody_answers_and_the_next_one_is_told(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(MURET))
    visit_id = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit_id, "dispatched")
    dispatch.clock.set(dispatch.clock.now() + timedelta(minutes=3))

    async def passed_on() -> bool:
        return bool((await dispatch.comes_to(visit_id, "dispatched"))["technician_id"] == "bruno")

    await until(passed_on, within=10)


async def test_a_visit_that_nobody_can_make_waits_for_somebody_who_can(
    dispatch: Running, unique: str
) -> None:
    await hire(dispatch, unique, anna=body(skills={"print": 1}))
    visit_id = await open_ticket(dispatch, unique)
    failed = await dispatch.comes_to(visit_id, "failed")
    assert [(each["technician_id"], each["rule"]) for each in failed["reasons"]] == [
        ("anna", "skill-missing")
    ]
    async with dispatch.as_("dispatcher") as dispatcher:
        said = {
            language: (
                await dispatcher.get(f"/v1/visits/{visit_id}", headers={"Accept-Language": language})
            ).json()["reasons"][0]["detail"]
            for language in ("fr", "en")
        }
    assert said["fr"].startswith("n'a pas la compétence")
    assert said["en"].startswith("does not have the skill")
    async with dispatch.as_("dispatcher") as dispatcher, dispatch.as_("portal", customer=unique) as portal:
        for client, attention, found in (
            (dispatcher, "true", [visit_id]),
            (dispatcher, "nobody-can-serve", [visit_id]),
            (dispatcher, "late", []),
            (dispatcher, "false", []),
            (portal, "true", []),
        ):
            wanted = {"ticket": unique, "attention": attention}
            listed = (await client.get("/v1/visits", params=wanted)).json()["items"]
            assert [each["id"] for each in listed] == found, attention
    await hire(dispatch, unique, bruno=body(MURET))
    assert (await dispatch.comes_to(visit_id, "dispatched"))["technician_id"] == "bruno"


async def test_the_dispatcher_sees_candidates_and_decides(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(MURET), carl=body(skills={}))
    visit = f"/v1/visits/{await open_ticket(dispatch, unique, priority=Priority.P3)}"
    await dispatch.comes_to(f"{unique}-1", "dispatched")
    async with dispatch.as_("dispatcher") as dispatcher:
        found = (await dispatcher.get(f"{visit}/candidates", params={"limit": 1})).json()
        assert [each["technician_id"] for each in found["items"]] == ["anna"]
        [anna] = found["items"]
        assert sum(anna["costs"].values()) == pytest.approx(anna["cost"], abs=0.2)
        assert anna["costs"]["fit"] == 1, "she could do more than is asked for"
        assert {each["technician_id"]: each["rule"] for each in found["others"]} == {
            "bruno": "later",
            "carl": "skill-missing",
        }
        french = await dispatcher.get(f"{visit}/candidates", headers={"Accept-Language": "fr"})
        assert f"n'a pas la compétence {unique}" in french.text
        given = await post(dispatcher, f"{visit}/assign", {"technician_id": "bruno"})
        assert given["technician_id"] == "bruno"
        assert (await post(dispatcher, f"{visit}/pin"))["pinned"] is True
        later = (dispatch.clock.now() + timedelta(hours=3)).isoformat()
        stale = await dispatcher.post(
            f"{visit}/reschedule", json={"start": later}, headers={"If-Match": '"1"'}
        )
        assert stale.status_code == 412
        assert (await post(dispatcher, f"{visit}/reschedule", {"start": later}))["planned_start"][
            :16
        ] == later[:16]
        unknown = await dispatcher.post(f"{visit}/assign", json={"technician_id": "nobody"})
        assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/unknown-reference")
        away = {"from": dispatch.clock.now().isoformat(), "to": later, "kind": "sick"}
        assert (await dispatcher.post("/v1/technicians/bruno/absences", json=away)).status_code == 201
        shown = (await dispatcher.get("/v1/technicians/bruno")).json()["absences"]
        assert [(each["kind"], each["author"]) for each in shown] == [("sick", "dispatcher:dispatcher")]
        withdrawn = await dispatcher.delete(f"/v1/technicians/bruno/absences/{shown[0]['id']}")
        assert (withdrawn.status_code, withdrawn.json()["absences"]) == (200, [])
        again = await dispatcher.delete(f"/v1/technicians/bruno/absences/{shown[0]['id']}")
        assert again.status_code == 404
        night = {"technician_id": "bruno", "start": at_night(dispatch).isoformat()}
        warned = await post(dispatcher, f"{visit}/assign", night)
        assert [each["rule"] for each in warned["warnings"]] == ["off-shift"]
        assert (await dispatcher.get(visit)).json()["warnings"] is None
        speaking_for = {"on_behalf_of": "anna"}
        wrong = await dispatcher.post(f"{visit}/acknowledge", json=speaking_for)
        assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/not-his-visit")
        right = await post(dispatcher, f"{visit}/acknowledge", {"on_behalf_of": "bruno"})
        assert right["state"] == "acknowledged"
        refused = await dispatcher.post(f"{visit}/assign", json={"technician_id": "carl"})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/skill-missing")


def at_night(dispatch: Running) -> datetime:
    """Two in the morning, the day after tomorrow."""
    return dispatch.clock.now().replace(hour=2, minute=0) + timedelta(days=2)


async def test_where_a_technician_lives_is_for_planners_and_himself(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(shifts={"A": OFFICE_HOURS, "B": {}}))
    for role, subject, sees in (
        ("dispatcher", "d", True),
        ("technician", "anna", True),
        ("agent", "a", False),
    ):
        async with dispatch.as_(role, subject) as client:
            shown = (await client.get("/v1/technicians/anna")).json()
            assert ("home" in shown) is sees
            assert shown["shifts"]["A"]["mon"] == [["08:00", "18:00"]]
            assert [each["type"] for each in shown["warnings"]] == ["no-email"]


async def test_200_requests_at_once_give_no_double_booking(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, **{f"t{n}": body(shifts=ALWAYS) for n in range(10)})
    ids = await asyncio.gather(*(open_ticket(dispatch, unique, f"{unique}{n}") for n in range(200)))
    await all_told_once(dispatch, unique, ids)


async def test_two_replicas_that_plan_at_once_give_no_double_booking(
    dispatch: Running, servers: RealServers, unique: str
) -> None:
    await hire(dispatch, unique, **{f"t{n}": body(shifts=ALWAYS) for n in range(3)})
    async with running(servers, unique) as replica:
        ids = await asyncio.gather(
            *(open_ticket((dispatch, replica)[n % 2], unique, f"{unique}{n}") for n in range(60))
        )
        await all_told_once(dispatch, unique, ids)


async def all_told_once(dispatch: Running, customer: str, ids: list[str]) -> None:
    """Every visit is dispatched, each has one slot, and no technician has two at a time."""
    told = {"state": "dispatched", "customer_id": customer}

    async def all_told() -> bool:
        return await dispatch.runtime.collection(Visits.name).count_documents(told) == len(ids)

    await until(all_told, within=60)
    slots: dict[str, set[tuple[Any, Any, str]]] = {}
    for day in await dispatch.runtime.find(Days, {}, limit=0):
        known = slots.setdefault(day.value.technician_id, set())
        known |= {(slot.start_at, slot.end_at, slot.visit_id) for slot in day.value.slots}
    assert sorted(id for taken in slots.values() for _, _, id in taken) == sorted(ids)
    for taken in slots.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(taken)))


async def test_of_many_dispatchers_who_want_the_same_hour_one_gets_it(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(skills={unique: 1}))
    ids = [await open_ticket(dispatch, unique, f"{unique}{n}", Priority.P4) for n in range(12)]
    for id in ids:
        await until_stored(dispatch, id)
    start = (dispatch.clock.now() + timedelta(days=9)).isoformat()
    async with dispatch.as_("dispatcher") as dispatcher:
        wanted = {"technician_id": "anna", "start": start}
        answers = await asyncio.gather(
            *(dispatcher.post(f"/v1/visits/{id}/assign", json=wanted) for id in ids)
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 11
    assert {answer.json().get("type") for answer in answers} == {None, "/problems/slot-taken"}


async def until_stored(dispatch: Running, visit_id: str) -> None:
    async def stored() -> bool:
        kept = await dispatch.runtime.read(Visits, visit_id)
        return kept is not None and kept.value.technician_id is not None

    await until(stored, within=20)
