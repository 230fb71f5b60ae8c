"""One request for several sites: a visit each, made by whoever has the skill and is near."""

from tests.flows.firm import CESSON, LILLE, LYON, RENNES, VILLEURBANNE, Firm


async def test_a_request_for_two_sites_sends_two_technicians_and_ends_with_the_second(firm: Firm) -> None:
    acme = await firm.customer()
    west = await firm.site(acme, "west", near=CESSON)
    east = await firm.site(acme, "east", near=VILLEURBANNE)
    lea = await firm.technician("lea", near=RENNES)
    max_ = await firm.technician("max", near=LYON)
    await firm.technician("only-cables", near=CESSON, can=["cabling"])
    work = await firm.work()

    request = await firm.opens(work, west, east, by=acme.portal)
    assert [each["site_id"] for each in request.answer.json()["visits"]] == [west, east]
    at_west, at_east = await request.visit_at(west), await request.visit_at(east)
    await at_west.is_("dispatched", to=lea)
    await at_east.is_("dispatched", to=max_)
    await request.is_("scheduled")
    await request.shows_technicians({lea.id, max_.id})

    await lea.works_on(at_west)
    await lea.closes(at_west, work_done="Rollers changed")
    await request.is_("in-progress")
    await max_.works_on(at_east)
    await max_.closes(at_east, work_done="Firmware updated")
    resolved = await request.is_("resolved")
    assert {each["outcome"] for each in resolved["visits"]} == {"fixed"}
    assert resolved["resolution"]["work_done"] == "West – Rollers changed\nEast – Firmware updated"
    await request.tells("intervention-closed", "intervention-closed", "ticket-resolved")


async def test_the_skill_decides_before_the_place(firm: Firm) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=RENNES)
    await firm.technician("next-door", near=RENNES, can=["cabling"])
    far = await firm.technician("far", near=LILLE, can=["repair"])
    request = await firm.opens(await firm.work(), office)
    await request.visit.is_("dispatched", to=far)
