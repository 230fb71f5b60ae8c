"""A part that the nearest technician has not got: somebody else goes, and no piece is lost on the way."""

from typing import Any

import pytest

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


@pytest.mark.in_turn
async def test_a_part_that_nobody_has_is_waited_for_until_it_is_received(
    firm: Firm,
) -> None:
    acme = await firm.customer()
    office = await firm.site(acme)
    lea = await firm.technician("lea")
    fuser = await firm.part("fuser")
    request = await firm.opens(await firm.work(parts={fuser: 1}), office)
    await request.tells("visit-planned", "parts-short")
    await request.visit.is_("failed")
    await firm.stock(f"van:{lea.id}", fuser, 1)
    # What failed is looked at again twice a minute.
    await request.visit.is_("dispatched", to=lea, within=60)
    await firm_holds(firm, fuser, on_hand=1, reserved=1)


async def test_a_visit_that_is_moved_to_somebody_else_leaves_the_first_ones_part_free(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme)
    lea, marc = await firm.technician("lea"), await firm.technician("marc")
    fuser = await firm.part("fuser")
    for each in (lea, marc):
        await firm.stock(f"van:{each.id}", fuser, 1)
    request = await firm.opens(await firm.work(parts={fuser: 1}), office)
    was = (await request.visit.is_("dispatched"))["technician_id"]
    first, second = (lea, marc) if was == lea.id else (marc, lea)
    done(await firm.dispatcher.post(f"/v1/visits/{request.visit.id}/assign", {"technician_id": second.id}))
    await request.visit.is_("dispatched", to=second)
    places = {f"van:{first.id}": 0, f"van:{second.id}": 1}

    async def moved() -> bool:
        levels = done(await firm.stock_keeper.get("/v1/stock", sku=fuser))["items"]
        return {each["location"]: each["reserved"] for each in levels} == places

    await until(moved, why="for the first one's piece to be free, and the second one's set aside")
    kept = done(await firm.stock_keeper.get(f"/v1/reservations/{request.visit.id}"))
    assert [each["location"] for each in kept["held"]] == [f"van:{second.id}"]


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
