"""What a technician's screen shows: his own visits, all of them, at once, also after a lost connection."""

import time

from tests.flows.firm import CESSON, LYON, RENNES, VILLEURBANNE, Firm, done, problem
from tests.flows.streams import listening
from tests.flows.waiting import until

SOON_SECONDS = 5.0


async def test_a_dispatch_reaches_the_technicians_screen_and_mailbox_within_five_seconds(firm: Firm) -> None:
    acme = await firm.customer()
    lea = await firm.technician("lea")
    office, work = await firm.site(acme), await firm.work()
    async with listening(lea) as screen:
        asked_at = time.monotonic()
        request = await firm.opens(work, office, requester=acme.ann)
        await screen.hears("technician-dispatched", request.visit.id, within=SOON_SECONDS)
        left = SOON_SECONDS - (time.monotonic() - asked_at)
        number = request.answer.json()["number"]
        await until_mailed(firm, f"{lea.id}@firm.example", number, within=left)
        await until_mailed(firm, acme.ann["email"], number)


async def test_a_technician_hears_exactly_his_own_visits(firm: Firm) -> None:
    acme = await firm.customer()
    west, east = await firm.site(acme, "west", near=CESSON), await firm.site(acme, "east", near=VILLEURBANNE)
    lea, max_ = await firm.technician("lea", near=RENNES), await firm.technician("max", near=LYON)
    work = await firm.work()
    async with listening(lea) as of_lea, listening(max_) as of_max, listening(firm.dispatcher) as of_all:
        request = await firm.opens(work, west, east)
        at_west, at_east = await request.visit_at(west), await request.visit_at(east)
        for technician, visit in ((lea, at_west), (max_, at_east)):
            await visit.is_("dispatched", to=technician)
            await technician.works_on(visit)
            await technician.closes(visit)
        for visit in (at_west, at_east):
            await of_all.hears("service-report-made", visit.id)
        await of_lea.hears("service-report-made", at_west.id)
        await of_max.hears("service-report-made", at_east.id)
        for reader, visit in ((of_lea, at_west), (of_max, at_east)):
            assert {each.data["data"]["visit_id"] for each in reader.heard} == {visit.id}
            all_of_it = [e for e in of_all.heard if e.data["data"]["visit_id"] == visit.id]
            assert reader.heard == all_of_it
            assert [each.event for each in reader.heard] == [
                "visit-planned",
                "technician-dispatched",
                "dispatch-acknowledged",
                "technician-en-route",
                "technician-arrived",
                "intervention-started",
                "intervention-closed",
                "service-report-made",
            ]


async def test_a_reader_who_was_away_goes_on_where_he_was(firm: Firm) -> None:
    acme = await firm.customer()
    lea = await firm.technician("lea")
    office, work = await firm.site(acme), await firm.work()
    async with listening(lea) as before:
        request = await firm.opens(work, office)
        await before.hears("technician-dispatched", request.visit.id)
    await lea.works_on(request.visit)
    await lea.closes(request.visit)
    async with listening(lea, after=before.heard[-1].id) as back:
        await back.hears("intervention-closed", request.visit.id)
        ids = [each.id for each in (*before.heard, *back.heard)]
        assert ids == sorted(set(ids))
        assert [each.event for each in back.heard][:2] == ["dispatch-acknowledged", "technician-en-route"]


async def test_customers_streams_do_not_meet(firm: Firm) -> None:
    acme, bolt = await firm.customer("acme"), await firm.customer("bolt")
    await firm.technician("lea")
    work = await firm.work()
    of_acme, of_bolt = set[str](), set[str]()
    for stream, last in (("tickets", "ticket-opened"), ("visits", "technician-dispatched")):
        async with listening(bolt.portal, stream) as spy, listening(acme.portal, stream) as own:
            of_acme.add((await firm.opens(work, await firm.site(acme))).id)
            await own.hears(last)
            of_bolt.add((await firm.opens(work, await firm.site(bolt))).id)
            await spy.hears(last)
            assert {each.data["data"]["ticket_id"] for each in spy.heard} <= of_bolt
            assert {each.data["data"]["ticket_id"] for each in own.heard} <= of_acme
        async with listening(bolt.portal, stream, customer=acme.id, after=0) as spy:
            of_acme.add((await firm.opens(work, await firm.site(acme))).id)
            marker = await firm.opens(work, await firm.site(bolt))
            of_bolt.add(marker.id)
            async with listening(bolt.portal, stream, ticket=marker.id, after=0) as clock:
                await clock.hears(last)
            assert spy.heard == []


async def test_a_last_event_id_that_is_no_number_is_refused(firm: Firm) -> None:
    headers = {**firm.dispatcher.headers, "Last-Event-ID": "yesterday"}
    answer = await firm.platform.client.get("/v1/streams/visits", headers=headers)
    problem(answer, 422, "invalid-parameter")


async def until_mailed(firm: Firm, address: str, number: str, *, within: float = 20) -> None:
    """Wait until somebody has a mail that names the ticket."""

    async def mailed() -> bool:
        mails = done(await firm.platform.client.get("/mail.json"))["items"]
        return any(address in each["to"] and number in each["subject"] + each["text"] for each in mails)

    await until(mailed, within=within, why=f"for a mail to {address}")
