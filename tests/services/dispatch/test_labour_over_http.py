"""Agreements, proposals, swaps, rests owed and hours on real servers: who may, and what is answered."""

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import httpx

from contracts.values import Priority
from tests.services.dispatch.asking import body, hire, open_ticket, post
from tests.services.dispatch.running import Running
from tests.world import MONDAY_NINE

APRIL: dict[str, Any] = {"from": "2026-04-06", "to": "2026-04-27", "agency": "rennes"}


def at(shown: str) -> datetime:
    return datetime.fromisoformat(shown)


def slug(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["type"]).removeprefix("/problems/")


async def test_an_agreement_is_kept_within_the_law(dispatch: Running) -> None:
    agreed = {"name": "Accord du 3 mars 2025", "rules": {"daily-rest": 540, "rest-day": "sat"}}
    async with dispatch.as_("admin") as admin, dispatch.as_("dispatcher") as dispatcher:
        assert (await admin.put("/v1/rota/agreements/firm", json=agreed)).status_code == 201
        assert (await dispatcher.get("/v1/rota/agreements/firm")).json() == {"id": "firm", **agreed}
        assert (await dispatcher.put("/v1/rota/agreements/firm", json=agreed)).status_code == 403
        unlawful = {**agreed, "rules": {"daily-rest": 480}}
        refused = await admin.put(
            "/v1/rota/agreements/firm", json=unlawful, headers={"Accept-Language": "fr"}
        )
        assert slug(refused, 422) == "invalid-body"
        assert "D3131-6" in refused.text
        assert slug(await admin.get("/v1/rota/agreements/lyon"), 404) == "not-found"


async def test_a_rota_is_proposed_and_applied_while_nobody_has_changed(
    dispatch: Running, unique: str
) -> None:
    team = {name: body(agency="rennes") for name in ("anna", "bruno", "chloe")}
    await hire(dispatch, unique, **team)
    async with dispatch.as_("dispatcher") as dispatcher:
        made = await dispatcher.post("/v1/rota/proposals", json=APRIL)
        assert made.status_code == 201, made.text
        shown = made.json()
        assert sorted(turn["technician_id"] for turn in shown["turns"]) == ["anna", "bruno", "chloe"]
        assert shown["spread_before"] == 0
        assert {each["after"]["called_minutes"] for each in shown["loads"]} == {0}
        again = await dispatcher.post("/v1/rota/proposals", json=APRIL)
        assert again.json()["turns"] == shown["turns"]

        where = made.headers["location"]
        applied = await dispatcher.post(f"{where}/apply")
        assert (applied.status_code, applied.json()["state"]) == (200, "applied")
        entries = (await dispatcher.get("/v1/rota")).json()["items"]
        assert [each["warnings"] for each in entries] == [[], [], []]
        stale = await dispatcher.post(f"{again.headers['location']}/apply")
        assert slug(stale, 409) == "proposal-outdated"

        for wrong in ({"to": "2026-04-06"}, {"handover": "25:00"}, {"to": "2027-04-12"}):
            answer = await dispatcher.post("/v1/rota/proposals", json={**APRIL, **wrong})
            assert slug(answer, 422) == "invalid-body"
        nobody = await dispatcher.post("/v1/rota/proposals", json={**APRIL, "agency": "lyon"})
        assert slug(nobody, 422) == "nobody-to-call"
    async with dispatch.as_("technician", "anna") as anna:
        assert (await anna.post("/v1/rota/proposals", json=APRIL)).status_code == 403


async def test_technicians_swap_and_only_they_and_dispatchers_see_it(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(), chloe=body())
    night = {"technician_id": "anna", "from": "2026-03-05T17:00:00Z", "to": "2026-03-06T07:00:00Z"}
    async with (
        dispatch.as_("dispatcher") as dispatcher,
        dispatch.as_("technician", "anna") as anna,
        dispatch.as_("technician", "bruno") as bruno,
        dispatch.as_("technician", "chloe") as chloe,
    ):
        assert (await dispatcher.put("/v1/rota/night", json=night)).status_code == 201
        asking = {"entry_id": "night", "asked_of": "bruno"}
        asked = await anna.post("/v1/rota/swaps", json=asking)
        assert asked.status_code == 201, asked.text
        where = asked.headers["location"]
        for somebody, seen in ((anna, 1), (bruno, 1), (chloe, 0), (dispatcher, 1)):
            page = (await somebody.get("/v1/rota/swaps", params={"state": "asked"})).json()
            assert len(page["items"]) == seen
        assert slug(await chloe.get(where), 404) == "not-found"
        assert slug(await chloe.post(f"{where}/accept"), 404) == "not-found"
        assert (await dispatcher.post(f"{where}/accept")).status_code == 403

        assert (await post(bruno, f"{where}/accept"))["state"] == "accepted"
        entry = (await dispatcher.get("/v1/rota/night")).json()
        assert (entry["technician_id"], entry["warnings"]) == ("bruno", [])
        vetoed = await post(dispatcher, f"{where}/veto", {"reason": "Bruno is needed on Friday"})
        assert (vetoed["state"], vetoed["possible"]) == ("vetoed", [])
        back = (await dispatcher.get("/v1/rota/night")).json()
        assert back["technician_id"] == "anna"
        assert [each["type"] for each in back["warnings"]] == ["notice"], "she is told of it now"
        with_herself = {"entry_id": "night", "asked_of": "anna"}
        refused = await anna.post("/v1/rota/swaps", json=with_herself)
        assert slug(refused, 422) == "swap-with-oneself"
        assert slug(await bruno.post(f"{where}/decline"), 409) == "illegal-transition"


async def test_a_call_by_night_and_urgent_work_in_the_rest_end_up_in_the_month(
    dispatch: Running, unique: str
) -> None:
    await hire(dispatch, unique, anna=body())
    night = {"technician_id": "anna", "from": "2026-03-02T17:00:00Z", "to": "2026-03-03T07:00:00Z"}
    async with dispatch.as_("dispatcher") as dispatcher, dispatch.as_("technician", "anna") as anna:

        async def worked(visit_id: str) -> None:
            await post(anna, f"/v1/visits/{visit_id}/acknowledge")
            await post(anna, f"/v1/visits/{visit_id}/depart")
            dispatch.clock.set(dispatch.clock.now() + timedelta(minutes=15))
            await post(anna, f"/v1/visits/{visit_id}/arrive")
            await post(anna, f"/v1/visits/{visit_id}/start")
            dispatch.clock.set(dispatch.clock.now() + timedelta(hours=1))
            await post(anna, f"/v1/visits/{visit_id}/close", {"outcome": "fixed"}, key=visit_id)

        assert (await dispatcher.put("/v1/rota/night", json=night)).status_code == 201
        dispatch.clock.set(MONDAY_NINE + timedelta(hours=18))
        called = await open_ticket(dispatch, unique, priority=Priority.P1)
        await dispatch.comes_to(called, "dispatched")
        await worked(called)
        entry = (await dispatcher.get("/v1/rota/night")).json()
        assert [call["visit_id"] for call in entry["calls"]] == [called]
        [listed] = (await dispatcher.get("/v1/rota")).json()["items"]
        assert listed["calls"] == entry["calls"]
        async with dispatch.as_("agent") as agent:
            [listed] = (await agent.get("/v1/rota")).json()["items"]
            read = (await agent.get("/v1/rota/night")).json()
        assert (listed["calls"], read["calls"]) == (None, None)

        dispatch.clock.set(MONDAY_NINE + timedelta(hours=19, minutes=20))
        await hire(dispatch, f"{unique}-other", bruno=body())
        for language, word in (("en", "another"), ("fr", "autre")):
            spoken = {"Accept-Language": language}
            taken = await dispatcher.put(
                "/v1/rota/night", json={**night, "technician_id": "bruno"}, headers=spoken
            )
            assert slug(taken, 409) == "rota-entry-begun"
            assert word in taken.json()["detail"]
        assert slug(await dispatcher.delete("/v1/rota/night"), 409) == "rota-entry-begun"

        [rest] = (await anna.get("/v1/technicians/anna")).json()["rests"]
        async with dispatch.as_("admin") as admin:
            agreed = {"name": "Accord", "rules": {"daily-rest": 600}}
            assert (await admin.put("/v1/rota/agreements/firm", json=agreed)).status_code == 201
        [shorter] = (await anna.get("/v1/technicians/anna")).json()["rests"]
        assert at(rest["to"]) - at(shorter["to"]) == timedelta(hours=1), "the rest that runs, too"

        dispatch.clock.set(MONDAY_NINE + timedelta(hours=25))
        urgent = await open_ticket(dispatch, unique, f"{unique}-b")
        await dispatch.comes_to(urgent, "dispatched")
        at_half_past = {"technician_id": "anna", "start": "2026-03-03T09:30:00Z"}
        assert (
            slug(await dispatcher.post(f"/v1/visits/{urgent}/assign", json=at_half_past), 409) == "daily-rest"
        )
        override = {"basis": "repair", "reason": "La pompe de l'hôpital est arrêtée"}
        await post(dispatcher, f"/v1/visits/{urgent}/assign", {**at_half_past, "override": override})
        shown = await dispatch.comes_to(urgent, "dispatched")
        assert (shown["lawful_exit"]["author"], shown["lawful_exit"]["basis"]) == (
            "dispatcher:dispatcher",
            "repair",
        )
        await worked(urgent)

        debts = "/v1/technicians/anna/rest-debts"
        [debt] = (await anna.get(debts)).json()["items"]
        assert (debt["id"], debt["state"], debt["author"]) == (urgent, "owed", "dispatcher:dispatcher")
        back = {"from": "2026-03-05T07:00:00Z", "to": "2026-03-05T17:00:00Z"}
        short = {**back, "to": "2026-03-05T07:30:00Z"}
        assert slug(await dispatcher.post(f"{debts}/{urgent}/give-back", json=short), 422) == "rest-too-short"
        past = {**back, "from": "2026-03-03T07:00:00Z"}
        early = await dispatcher.post(f"{debts}/{urgent}/give-back", json=past)
        assert slug(early, 422) == "rest-not-to-come"
        assert (await anna.post(f"{debts}/{urgent}/give-back", json=back)).status_code == 403
        given = await post(dispatcher, f"{debts}/{urgent}/give-back", back)
        assert given["state"] == "scheduled"

        month = "/v1/technicians/anna/hours/2026-03"
        hours = (await anna.get(month)).json()
        kinds = {piece["kind"]: piece["visits"] for piece in hours["pieces"] if piece["visits"]}
        assert kinds["on-call"] == [called]
        assert any(urgent in piece["visits"] for piece in hours["pieces"])
        assert hours["rest_booked_minutes"] == debt["owed_minutes"]
        sheet = await anna.get(f"{month}.xlsx", headers={"Accept-Language": "fr"})
        assert sheet.status_code == 200
        with zipfile.ZipFile(io.BytesIO(sheet.content)) as book:
            assert called in book.read("xl/sharedStrings.xml").decode()
    async with dispatch.as_("technician", "bruno") as bruno, dispatch.as_("agent") as agent:
        assert slug(await bruno.get(month), 404) == "not-found"
        assert slug(await bruno.get(debts), 404) == "not-found"
        assert (await agent.get(month)).status_code == 403
