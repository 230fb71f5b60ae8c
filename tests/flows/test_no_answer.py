"""A technician who does not answer is passed over after three minutes, unless he is under way."""

from datetime import datetime, timedelta

from tests.flows.firm import CESSON, LYON, RENNES, Firm, done
from tests.flows.test_live_streams import until_mailed


def three_minutes_after(told: str) -> datetime:
    return datetime.fromisoformat(told) + timedelta(minutes=3)


async def test_after_three_minutes_without_an_answer_the_next_one_is_told(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    near, far = await firm.technician("near", near=RENNES), await firm.technician("far", near=LYON)
    request = await firm.opens(await firm.work(), office)
    told = await request.visit.is_("dispatched", to=near)
    assert datetime.fromisoformat(told["acknowledge_by"]) == three_minutes_after(told["dispatched_at"])
    await firm.platform.step(three_minutes_after(told["dispatched_at"]))
    await request.visit.is_("dispatched", to=far)
    await request.tells("dispatch-revoked", *["technician-dispatched"] * 2)


async def test_who_answered_in_time_keeps_his_visit(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    near = await firm.technician("near", near=RENNES)
    await firm.technician("far", near=LYON)
    request = await firm.opens(await firm.work(), office)
    told = await request.visit.is_("dispatched", to=near)
    await near.does(request.visit, "acknowledge")
    await firm.platform.step(three_minutes_after(told["dispatched_at"]))
    await request.visit.is_("acknowledged", to=near)


async def test_who_is_under_way_is_not_passed_over_but_the_dispatcher_is_asked(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    near = await firm.technician("near", near=RENNES)
    desk = firm.id("sandrine")
    said = {"name": "Sandrine", "role": "dispatcher", "email": f"{desk}@firm.example", "on_duty": True}
    done(await firm.admin.put(f"/v1/staff/{desk}", said))
    work = await firm.work()
    first = await firm.opens(work, office)
    await first.visit.is_("dispatched", to=near)
    await near.does(first.visit, "acknowledge", "depart")
    second = await firm.opens(work, office)
    told = await second.visit.is_("dispatched", to=near)
    await firm.platform.step(three_minutes_after(told["dispatched_at"]))
    still = await second.visit.is_("dispatched", to=near)
    assert still["attention"] == "no-answer"
    await until_mailed(firm, f"{desk}@firm.example", still["number"])
    done(await firm.admin.put(f"/v1/staff/{desk}", {**said, "on_duty": False}))
