"""The same request, however often it comes."""

import asyncio

from tests.flows.firm import Firm, done, problem

TWINS = 12


async def test_twelve_identical_requests_at_once_open_one_ticket(firm: Firm) -> None:
    acme = await firm.customer()
    work, office = await firm.work(), await firm.site(acme)
    body = firm.request(work, office, requester=acme.ann, external_reference="PO-17")
    answers = await asyncio.gather(
        *(acme.portal.post("/v1/tickets", body, key=firm.id("key")) for _ in range(TWINS))
    )
    assert [answer.json().get("type") for answer in answers] == [None] * TWINS
    assert {answer.status_code for answer in answers} == {201}
    [id] = {answer.json()["id"] for answer in answers}
    assert {answer.headers["location"] for answer in answers} == {f"/v1/tickets/{id}"}

    await firm.platform.quiet()
    tickets = firm.platform.db("ticket").tickets
    assert await tickets.count_documents({"customer_id": acme.id}) == 1
    assert len(done(await acme.portal.get("/v1/contacts"))["items"]) == 1
    assert await firm.platform.db("dispatch").visits.count_documents({"ticket_id": id}) == 1
    told = [r for r in await firm.platform.records("ticket.lifecycle.v1") if r.key == id.encode()]
    assert [dict(r.headers)["ce_type"] for r in told] == [b"ticket-opened"]

    problem(
        await acme.portal.post("/v1/tickets", {**body, "summary": "Other"}, key=firm.id("key")),
        422,
        "idempotency-key-reused",
    )
    taken = problem(await acme.portal.post("/v1/tickets", body), 409, "external-reference-taken")
    assert taken["ticket_id"] == id


async def test_a_key_belongs_to_who_sent_it(firm: Firm) -> None:
    acme, bolt = await firm.customer("acme"), await firm.customer("bolt")
    work = await firm.work()
    ids = set()
    for customer in (acme, bolt):
        body = firm.request(work, await firm.site(customer))
        ids.add(done(await customer.portal.post("/v1/tickets", body, key="the-same-key"))["id"])
    assert len(ids) == 2


async def test_an_intervention_closed_twelve_times_is_closed_once(firm: Firm) -> None:
    acme = await firm.customer()
    lea = await firm.technician("lea")
    cable = await firm.part("cable")
    await firm.stock(f"van:{lea.id}", cable, 20)
    request = await firm.opens(await firm.work(), await firm.site(acme))
    await request.visit.is_("dispatched", to=lea)
    await lea.works_on(request.visit)
    report = {"outcome": "fixed", "parts_used": [{"sku": cable, "quantity": 1}]}
    path = f"/v1/visits/{request.visit.id}/close"
    answers = await asyncio.gather(*(lea.post(path, report, key=firm.id("close")) for _ in range(TWINS)))
    assert {answer.status_code for answer in answers} == {200}
    await request.is_("resolved")
    await firm.platform.quiet()
    [level] = done(await firm.stock_keeper.get("/v1/stock", sku=cable))["items"]
    assert level["on_hand"] == 19
    await request.tells("intervention-closed")
