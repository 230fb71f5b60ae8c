"""An apprentice on real servers: he sees what his tutor makes, and is said to know what he has seen."""

from datetime import timedelta
from typing import Any

from tests.servers import until
from tests.services.dispatch.asking import ALWAYS, body, hire, open_ticket, post
from tests.services.dispatch.running import Running


async def test_he_sees_his_tutors_visits_and_what_he_has_seen_becomes_his(
    dispatch: Running, unique: str
) -> None:
    lea, tom, max_ = f"{unique}-lea", f"{unique}-tom", f"{unique}-max"
    learns = {"tutor_id": lea, "school": [{"first": "2026-04-06", "last": "2026-04-10"}], "proposed_after": 1}
    await hire(
        dispatch,
        unique,
        **{
            lea: body(shifts=ALWAYS, name="Léa", phone="+33612345678"),
            tom: body(shifts=ALWAYS, name="Tom", regime="minor", apprenticeship=learns, skills={}),
            max_: body(shifts=ALWAYS, name="Max", skills={}),
        },
    )
    visit = await open_ticket(dispatch, unique)
    assert (await dispatch.comes_to(visit, "dispatched"))["technician_id"] == lea

    async def goes_along() -> bool:
        async with dispatch.as_("technician", tom) as his:
            found.extend((await his.get("/m/visits.json")).json()["visits"])
            return bool(found)

    found: list[dict[str, Any]] = []
    await until(goes_along, within=10)
    carried = found[0]
    assert carried["crew"] == [{"name": "Léa", "phone": "+33612345678", "leads": True}]
    assert (carried["visit"]["apprentices"], carried["visit"]["possible"]) == ([tom], [])
    proposals = f"/v1/technicians/{tom}/skill-proposals"
    async with dispatch.as_("dispatcher") as dispatcher, dispatch.as_("technician", tom) as his:
        shown = (await dispatcher.get(f"/v1/technicians/{tom}")).json()
        assert shown["apprenticeship"] == learns
        refused = await dispatcher.post(f"/v1/visits/{visit}/assign", json={"technician_id": tom})
        assert refused.status_code == 422, refused.text
        others = (await dispatcher.get(f"/v1/visits/{visit}/candidates")).json()["others"]
        assert {each["rule"] for each in others if each["technician_id"] == tom} == {"apprentice"}
        assert (await his.get(proposals)).json()["items"] == []
    async with dispatch.as_("technician", lea) as hers:
        for verb in ("acknowledge", "depart", "arrive", "start"):
            await post(hers, f"/v1/visits/{visit}/{verb}")
        dispatch.clock.set(dispatch.clock.now() + timedelta(minutes=40))
        await post(hers, f"/v1/visits/{visit}/close", {"outcome": "fixed"}, key=unique)
        [asked] = (await hers.get(proposals, params={"state": "proposed"})).json()["items"]
        assert (asked["skill"], asked["level"], asked["visits"]) == (unique, 1, [visit])
    async with dispatch.as_("technician", tom) as his, dispatch.as_("technician", max_) as another:
        for client in (his, another):
            assert (await client.post(f"{proposals}/{unique}/accept")).status_code == 404
        assert (await another.get(proposals)).status_code == 404
        month = dispatch.clock.now().strftime("%Y-%m")
        hours = (await his.get(f"/v1/technicians/{tom}/hours/{month}")).json()
    assert [each for piece in hours["pieces"] for each in piece["visits"]] == [visit]
    async with dispatch.as_("technician", lea) as hers:
        accepted = await post(hers, f"{proposals}/{unique}/accept")
        assert (accepted["state"], accepted["answered_by"]) == ("accepted", f"technician:{lea}")
        again = await hers.post(f"{proposals}/{unique}/decline", json={"reason": "no"})
        assert (again.status_code, again.json()["type"]) == (409, "/problems/illegal-transition")
        assert (await hers.get(f"/v1/technicians/{tom}")).json()["skills"] == {unique: 1}
