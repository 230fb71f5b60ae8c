"""One request for several sites: a visit each, made by whoever has the skill and is near."""

from tests.flows.firm import CESSON, LILLE, LYON, RENNES, VILLEURBANNE, Firm, Json, done, problem
from tests.flows.waiting import until


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


async def test_one_technician_makes_a_request_in_the_order_asked_for_and_never_one_who_is_refused(
    firm: Firm,
) -> None:
    acme = await firm.customer()
    server, desks = await firm.site(acme, "server"), await firm.site(acme, "desks", near=CESSON)
    near, far = await firm.technician("near", near=RENNES), await firm.technician("far", near=LILLE)
    refusing = {"name": "Acme", "technicians": {"refused": [near.id]}}
    done(await firm.admin.put(f"/v1/customers/{acme.id}", refusing))
    asked: Json = {"site_order": [[server], [desks]], "same_technician": True}
    request = await firm.opens(await firm.work(), desks, server, **asked)

    first, then = await request.visit_at(server), await request.visit_at(desks)
    await first.is_("dispatched", to=far)
    planned = await then.is_("planned", "dispatched", to=far)
    assert planned["after"] == [first.id]
    assert planned["planned_start"] >= (await first.now())["planned_end"]
    found = done(await firm.dispatcher.get(f"/v1/visits/{then.id}/candidates"))
    assert {each["rule"] for each in found["others"] if each["technician_id"] == near.id} == {
        "refused-by-customer"
    }
    too_soon = {"technician_id": far.id, "start": (await first.now())["planned_start"]}
    by_hand = f"/v1/visits/{then.id}/assign"
    for language, word in (("fr", "passe avant"), ("en", "comes before")):
        refused = await firm.dispatcher.post(by_hand, too_soon, **{"Accept-Language": language})
        assert word in problem(refused, 409, "not-its-turn")["detail"]
    await far.works_on(first)
    await far.closes(first, outcome="not-fixed", work_done="Disk ordered")
    again = next(each for each in await request.has_visits(3) if each["follows"] == first.id)
    await then.is_("waiting", "planned", "dispatched")

    async def desks_come_after_the_server_again() -> bool:
        late, now = await then.now(), done(await firm.dispatcher.get(f"/v1/visits/{again['id']}"))
        return bool(
            now["planned_end"] and late["planned_start"] and late["planned_start"] >= now["planned_end"]
        )

    await until(desks_come_after_the_server_again, why="the follow-up comes first, too")
