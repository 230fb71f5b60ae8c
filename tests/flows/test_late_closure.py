"""A technician without a network tells late what he did in time: the breach that was said is taken back."""

from datetime import timedelta

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.clocks import explained, hears, now, of
from tests.flows.firm import Firm, promise
from tests.flows.log_reading import gaps, told
from tests.flows.streams import listening

ALLOWED = timedelta(minutes=120)
LEFT = timedelta(seconds=10)
"""Of what is allowed when the ticket is opened: the technician has to be there by then."""


async def test_a_closure_told_late_takes_back_the_breach_and_tells_how_it_was(firm: Firm) -> None:
    acme = await firm.customer()
    await firm.contract(acme, promise(120, "response", met_by="started"), promise(120))
    site, work = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    opened = await now(firm) - ALLOWED + LEFT
    async with listening(acme.portal, "sla") as screen:
        request = await firm.opens(work, site, occurred_at=rfc3339(opened))
        await request.visit.is_("dispatched", to=lea)
        await lea.does(request.visit, "acknowledge", "depart", "arrive")
        began = await now(firm)
        ended = began + timedelta(milliseconds=500)
        assert ended < opened + ALLOWED, "she was there too late"

        said = {name: await hears(screen, request, name, "sla-breached") for name in ("response", "repair")}
        for breach in said.values():
            assert parse_rfc3339(breach["time"]) == opened + ALLOWED
        await lea.closes(request.visit, started_at=rfc3339(began), ended_at=rfc3339(ended))
        for name, met_at in (("response", began), ("repair", ended)):
            corrected = (await hears(screen, request, name, "sla-corrected"))["data"]
            number = int(said[name]["id"].rpartition(":")[2])
            assert corrected["corrects"] == [{"n": number, "type": "sla-breached", "at": said[name]["time"]}]
            assert (corrected["state"], corrected["met_at"]) == ("met", rfc3339(met_at))
            assert "breached_at" not in corrected
            spent = (met_at - opened).total_seconds() / 60
            assert corrected["elapsed_minutes"] == spent
        await request.is_("resolved")

    for name, met_at, english_end, french_end in (
        ("response", began, "the start of work on site", "le début des travaux sur place"),
        ("repair", ended, "the resolution", "la résolution"),
    ):
        english = await explained(request, name, acme.portal, "en")
        french = await explained(request, name, acme.portal, "fr")
        assert english["state"] == french["state"] == "met"
        assert english["breached_at"] is None
        [counted] = [each for each in english["intervals"] if each["counted"]]
        [of_french] = [each for each in french["intervals"] if each["counted"]]
        assert (counted["from"], counted["to"]) == (rfc3339(opened), rfc3339(met_at))
        assert counted["sentence"].startswith("Counted: from ")
        assert "(the opening of the request)" in counted["sentence"]
        assert f"({english_end})" in counted["sentence"]
        assert of_french["sentence"].startswith("Compté : du ")
        assert "(l'ouverture de la demande)" in of_french["sentence"]
        assert f"({french_end})" in of_french["sentence"]

    events = told(await firm.platform.records("ticket.sla.v1"))
    events = [each for each in events if each.subject == request.id]
    assert gaps(events) == {}
    types = {each.number: each.type for each in events}
    assert [types[number] for number in sorted(types)] == [word for _, word, _ in of(screen.heard, request)]
