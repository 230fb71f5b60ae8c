"""A technician who cannot go: the next one goes."""

from tests.flows.firm import CESSON, LYON, RENNES, Firm, problem


async def test_who_declines_is_followed_by_the_next_and_not_asked_again(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    near, far = await firm.technician("near", near=RENNES), await firm.technician("far", near=LYON)
    request = await firm.opens(await firm.work(), office)
    await request.visit.is_("dispatched", to=near)
    await near.declines(request.visit)
    await request.visit.is_("dispatched", to=far)
    problem(await near.post(f"/v1/visits/{request.visit.id}/acknowledge"), 404, "not-found")

    await far.declines(request.visit)
    failed = await request.visit.is_("failed")
    rules = {each["technician_id"]: each["rule"] for each in failed["reasons"]}
    assert (rules[near.id], rules[far.id]) == ("declined-before", "declined-before")
    await request.tells(*["technician-dispatched"] * 2, *["dispatch-declined"] * 2, "dispatch-failed")


async def test_a_visit_that_nobody_would_make_is_made_by_who_is_hired_next(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme)
    request = await firm.opens(await firm.work(), office)
    await request.visit.is_("failed")
    hired = await firm.technician("hired")
    await request.visit.is_("dispatched", to=hired)
