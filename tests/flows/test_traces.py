"""One request can be followed through every service: the same correlation, the same trace."""

import json
import secrets
from datetime import datetime, timedelta

from tests.flows.firm import Firm, done, promise
from tests.flows.log_reading import Told, told
from tests.flows.waiting import until

FACTS = ("ticket.lifecycle.v1", "dispatch.visits.v1", "inventory.reservations.v1", "notify.deliveries.v1")


async def test_the_correlation_and_the_trace_of_a_request_are_in_all_that_it_leads_to(firm: Firm) -> None:
    acme = await firm.customer()
    lea = await firm.technician("lea")
    fuser = await firm.part("fuser")
    await firm.stock(f"van:{lea.id}", fuser, 1)
    site, work = await firm.site(acme), await firm.work(parts={fuser: 1})
    trace, correlation = secrets.token_hex(16), firm.id("call-17")
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01", "X-Correlation-Id": correlation}

    body = firm.request(work, site, requester=acme.ann)
    answer = await firm.agent.post("/v1/tickets", body, **headers)
    done(answer)
    assert answer.headers["X-Correlation-Id"] == correlation
    assert answer.headers["traceparent"].split("-")[1] == trace

    chain: dict[str, Told] = {}
    wanted = {
        "ticket-opened",
        "visit-planned",
        "technician-dispatched",
        "parts-reserved",
        "notification-sent",
    }

    async def all_there() -> bool:
        events = told(await firm.platform.records(*FACTS))
        chain.update({e.type: e for e in events if e.headers["ce_correlationid"] == correlation})
        return wanted <= set(chain)

    await until(all_there, why=lambda: f"for {wanted - set(chain)}", every=0.3)
    identities = {f"{each.source}#{each.subject}:{each.number}" for each in chain.values()}
    for each in chain.values():
        assert each.headers["traceparent"].split("-")[1] == trace, each.type
        assert each.headers["ce_customer"] == acme.id
        if each.type != "ticket-opened":
            assert each.headers["ce_causationid"] in identities
    assert chain["ticket-opened"].headers["ce_actor"] == f"agent:{firm.agent.id}"

    mails = done(await firm.platform.client.get("/mail.json"))["items"]
    sent = chain["notification-sent"].subject
    assert any(sent in mail["key"] for mail in mails), "the mail names the notification"
    lines = [json.loads(line) for line in firm.platform.log.read_text().strip().split("\n")]
    ours = [line for line in lines if line.get("correlation_id") == correlation]
    assert {(line["service"], line["trace_id"]) for line in ours} >= {("ticket", trace)}


async def test_what_time_brings_about_goes_on_in_the_trace_of_the_request(firm: Firm) -> None:
    """The desk has had its time, so a visit is asked for; the plan has rested, and its day comes."""
    acme = await firm.customer()
    await firm.contract(acme, promise(minutes=60))
    await firm.technician("lea")
    site, work = await firm.site(acme), await firm.work(remote=True)
    trace, correlation = secrets.token_hex(16), firm.id("call-18")
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01", "X-Correlation-Id": correlation}
    body = firm.request(work, site, requester=acme.ann, urgent=False)
    done(await firm.agent.post("/v1/tickets", body, **headers))
    opened = datetime.fromisoformat((await firm.platform.clock())["now"])

    seen: dict[str, Told] = {}
    wanted = {"visits-requested", "technician-dispatched", "sla-at-risk", "notification-sent"}

    async def all_there() -> bool:
        events = told(await firm.platform.records(*FACTS, "ticket.sla.v1"))
        seen.update({e.type: e for e in events if e.headers["ce_correlationid"] == correlation})
        return wanted <= set(seen)

    await firm.platform.step(opened + timedelta(minutes=65))
    await until(all_there, why=lambda: f"for {wanted - set(seen)}", every=0.3)
    assert {each.headers["traceparent"].split("-")[1] for each in seen.values()} == {trace}
    assert seen["visits-requested"].headers["ce_actor"] == "timer:ticket"
