"""A part that the nearest technician has not got: somebody else goes, and no piece is lost on the way."""

from typing import Any

from tests.flows.firm import CESSON, LYON, RENNES, Firm, done
from tests.flows.waiting import until


async def test_a_visit_without_its_part_is_planned_anew_and_the_stock_adds_up(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    await firm.technician("near", near=RENNES)
    far = await firm.technician("far", near=LYON)
    fuser = await firm.part("fuser")
    await firm.stock(f"van:{far.id}", fuser, 3)
    work = await firm.work(parts={fuser: 2})

    request = await firm.opens(work, office)
    await request.visit.is_("dispatched", to=far)
    await request.tells("visit-planned", "parts-short", "visit-rescheduled", "parts-reserved")
    await firm_holds(firm, fuser, on_hand=3, reserved=2)

    await far.works_on(request.visit)
    await far.closes(request.visit, parts_used=[{"sku": fuser, "quantity": 2}])
    await request.is_("resolved")
    await firm_holds(firm, fuser, on_hand=1, reserved=0)
    moved = done(await firm.stock_keeper.get("/v1/stock/movements", sku=fuser))["items"]
    assert sorted(each["quantity"] for each in moved) == [-2, 3]
    assert {each["visit_id"] for each in moved} == {None, request.visit.id}
    kept = done(await firm.stock_keeper.get(f"/v1/reservations/{request.visit.id}"))
    assert (kept["state"], kept["held"], kept["discrepancies"]) == ("issued", [], [])


async def test_what_was_set_aside_for_a_cancelled_request_is_there_for_the_next(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme)
    lea = await firm.technician("lea")
    fuser = await firm.part("fuser")
    await firm.stock(f"van:{lea.id}", fuser, 1)
    work = await firm.work(parts={fuser: 1})
    first = await firm.opens(work, office)
    await first.visit.is_("dispatched", to=lea)
    await firm_holds(firm, fuser, on_hand=1, reserved=1)
    done(await firm.agent.post(f"/v1/tickets/{first.id}/cancel", {"reason": "client-consent"}))
    await firm_holds(firm, fuser, on_hand=1, reserved=0)
    second = await firm.opens(work, office)
    await second.visit.is_("dispatched", to=lea)
    await firm_holds(firm, fuser, on_hand=1, reserved=1)


async def test_parts_used_that_no_stock_had_are_a_discrepancy_and_never_a_refusal(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme)
    lea = await firm.technician("lea")
    cable = await firm.part("cable")
    await firm.stock(f"van:{lea.id}", cable, 1)
    request = await firm.opens(await firm.work(), office)
    await request.visit.is_("dispatched", to=lea)
    await lea.works_on(request.visit)
    await lea.closes(request.visit, parts_used=[{"sku": cable, "quantity": 3}])
    await request.is_("resolved")
    level = await firm_holds(firm, cable, on_hand=0, reserved=0)
    assert level["discrepancy"] == 2


async def firm_holds(firm: Firm, sku: str, *, on_hand: int, reserved: int) -> dict[str, Any]:
    """Wait until so many pieces are there, and so many of them set aside; the only level that there is."""
    seen: list[dict[str, Any]] = []

    async def there() -> bool:
        seen[:] = done(await firm.stock_keeper.get("/v1/stock", sku=sku))["items"]
        return [(each["on_hand"], each["reserved"]) for each in seen] == [(on_hand, reserved)]

    await until(there, why=lambda: f"for {on_hand} on hand and {reserved} reserved; there is {seen}")
    return seen[0]
