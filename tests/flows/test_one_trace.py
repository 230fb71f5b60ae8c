"""From the portal's request to the technician's message: one trace through four processes, without a gap."""

import secrets

from infra.local.mail_sink import MailSink
from tests.flows.apart import Apart
from tests.flows.collector import Span, collecting
from tests.flows.firm import Firm, done
from tests.flows.waiting import until

WANTED = {
    ("ticket", "POST /v1/tickets"),
    ("dispatch", "ticket-opened"),
    ("dispatch", "plan-visit"),
    ("inventory", "visit-planned"),
    ("ticket", "visit-planned"),
    ("notify", "technician-dispatched"),
    ("notify", "send-mail"),
}


async def test_a_request_of_the_portal_is_followed_to_the_technicians_mail(apart: Apart, unique: str) -> None:
    sink = MailSink(file=apart.data / "mail.jsonl")
    await sink.start()
    try:
        with collecting() as collector:
            apart.settings |= {
                "TRACES": collector.url,
                "SMTP": sink.url.removeprefix("smtp://"),
            }
            await apart.start("ticket", "dispatch", "inventory", "notify")
            firm = Firm(apart, unique)
            acme = await firm.customer()
            lea = await firm.technician("lea")
            fuser = await firm.part("fuser")
            await firm.stock(f"van:{lea.id}", fuser, 1)
            site, work = await firm.site(acme), await firm.work(parts={fuser: 1})

            trace, portal = secrets.token_hex(16), secrets.token_hex(8)
            asked = firm.request(work, site, requester=acme.ann)
            done(await acme.portal.post("/v1/tickets", asked, traceparent=f"00-{trace}-{portal}-01"))

            def told() -> set[tuple[str, str]]:
                return {(each.service, each.name) for each in collector.of(trace)}

            def beginnings() -> set[tuple[str, str]]:
                """What the spans hang on, each followed up to the first that no service opened."""
                by_id = {each.id: each for each in collector.of(trace)}
                firsts = [path_of(each, by_id)[-1] for each in by_id.values()]
                return {(first.name, first.parent) for first in firsts}

            async def followed() -> bool:
                to_lea = [each for each in sink.messages if f"{lea.id}@firm.example" in each.recipients]
                sent = [each for each in collector.of(trace) if each.name == "send-mail"]
                everything = told() >= WANTED and len(sent) >= len(sink.messages)
                return bool(to_lea) and everything and beginnings() == {("POST /v1/tickets", portal)}

            await until(followed, within=40, every=0.2, why=lambda: f"for {WANTED - told()}, {beginnings()}")
            assert not [each for each in collector.of(trace) if each.failed]
    finally:
        await sink.stop()


def path_of(span: Span, by_id: dict[str, Span]) -> list[Span]:
    """From a span up to the first that nobody here opened."""
    path = [span]
    while path[-1].parent in by_id:
        path.append(by_id[path[-1].parent])
    return path
