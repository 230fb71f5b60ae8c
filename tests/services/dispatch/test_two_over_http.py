"""Two technicians at one visit on real servers: found by the machine, seen by both, decided by hand."""

from datetime import timedelta

from tests.servers import until
from tests.services.dispatch.asking import ALWAYS, body, hire, open_ticket, post
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import MURET


async def test_two_go_together_and_each_sees_what_is_his_to_say(dispatch: Running, unique: str) -> None:
    lea, max_, tom = f"{unique}-lea", f"{unique}-max", f"{unique}-tom"
    ida = f"{unique}-ida"
    helper = f"{unique}-lift"
    await hire(
        dispatch,
        unique,
        **{
            lea: body(shifts=ALWAYS, name="Léa"),
            max_: body(shifts=ALWAYS, name="Max", skills={helper: 1}, phone="+33612345678"),
            tom: body(MURET, shifts=ALWAYS, name="Tom", skills={helper: 2}),
        },
    )
    visit = await open_ticket(dispatch, unique, technicians=2, companion_skills={helper: 1})
    shown = await dispatch.comes_to(visit, "dispatched")
    assert (shown["technician_id"], shown["companions"]) == (lea, [max_])
    async with dispatch.as_("technician", max_) as his, dispatch.as_("technician", lea) as hers:
        [carried] = (await his.get("/m/visits.json")).json()["visits"]
        assert carried["crew"] == [{"name": "Léa", "phone": None, "leads": True}]
        assert carried["visit"]["possible"] == ["decline"]
        [led] = (await hers.get("/m/visits.json")).json()["visits"]
        assert led["crew"] == [{"name": "Max", "phone": "+33612345678", "leads": False}]
        assert (await his.get("/v1/visits")).json()["items"][0]["id"] == visit
        early = await his.post(f"/v1/visits/{visit}/depart")
        assert (early.status_code, early.json()["type"]) == (409, "/problems/another-leads")
    async with dispatch.as_("technician", tom) as another:
        assert (await another.get("/m/visits.json")).json()["visits"] == []
        assert (await another.get(f"/v1/visits/{visit}")).status_code == 404
    start = (dispatch.clock.now() + timedelta(hours=5)).isoformat()
    async with dispatch.as_("dispatcher") as dispatcher:
        found = (await dispatcher.get(f"/v1/visits/{visit}/candidates")).json()
        [best] = found["items"]
        assert (best["technician_id"], best["companions"][0]["technician_id"]) == (lea, max_)
        assert best["reason"].endswith(("avec Max", "with Max"))
        reasons = {each["technician_id"]: each["rule"] for each in found["others"]}
        assert (reasons[max_], reasons[tom]) == ("companion", "skill-missing")
        asked = {"technician_id": lea, "start": start}
        alone = await dispatcher.post(f"/v1/visits/{visit}/assign", json={**asked, "companions": []})
        assert (alone.status_code, alone.json()["type"]) == (422, "/problems/companion-missing")
        if_so = (await dispatcher.get(f"/v1/visits/{visit}/what-if", params=asked)).json()
        assert (if_so["refused"], if_so["companions"]) == (None, [max_])
        moved = await post(dispatcher, f"/v1/visits/{visit}/assign", {**asked, "companions": [tom]})
        assert (moved["companions"], moved["technicians"]) == ([tom], 2)
        await hire(dispatch, unique, **{ida: body(MURET, shifts=ALWAYS, name="Ida")})

        async def leads_what_he_was_beside() -> bool:
            led = await dispatcher.post(f"/v1/visits/{visit}/assign", json={"technician_id": ida})
            return led.status_code == 200 and led.json()["companions"] == [tom]

        await until(leads_what_he_was_beside, within=10)
        await post(dispatcher, f"/v1/visits/{visit}/unassign")
        if_so = (await dispatcher.get(f"/v1/visits/{visit}/what-if", params=asked)).json()
        assert (if_so["refused"], len(if_so["companions"])) == (None, 1)
        given = await post(dispatcher, f"/v1/visits/{visit}/assign", asked)
        assert given["technician_id"] == lea
        assert given["companions"] in ([max_], [tom]), "who goes with her is found, where nobody says"
        companion = given["companions"][0]
        [row] = [
            each for each in (await dispatcher.get("/board/day")).json()["visits"] if each["id"] == visit
        ]
        assert (row["technician_id"], row["companions"], row["technicians"]) == (lea, [companion], 2)
    async with dispatch.as_("technician", lea) as hers:
        for verb in ("acknowledge", "depart", "arrive", "start"):
            await post(hers, f"/v1/visits/{visit}/{verb}")
        dispatch.clock.set(dispatch.clock.now() + timedelta(minutes=50))
        await post(hers, f"/v1/visits/{visit}/close", {"outcome": "fixed"}, key=unique)
    month = dispatch.clock.now().strftime("%Y-%m")
    async with dispatch.as_("technician", companion) as his:
        hours = (await his.get(f"/v1/technicians/{companion}/hours/{month}")).json()
    assert [each for piece in hours["pieces"] for each in piece["visits"]] == [visit], "his time is kept"
