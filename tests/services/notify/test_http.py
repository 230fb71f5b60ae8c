"""Notify's public surface over real HTTP: streams and deliveries, each caller seeing what is his."""

import asyncio
from typing import Any

import pytest

from contracts.ticket.events import TicketHeld
from contracts.ticket.states import ContactChanged, ContractChanged
from infra.chassis.events.sequence import rows_of
from tests.services.notify.people import TicketOpened, example
from tests.services.notify.serving import Notify, heard_of


async def test_a_technician_hears_of_his_own_visits_and_of_no_others(notify: Notify) -> None:
    lea = notify.bearer("technician", subject=notify.mine("lea"))
    async with notify.stream(lea) as stream:
        await notify.bench.publish(notify.dispatch(1, "marc"), notify.dispatch(2, "lea"))
        await notify.bench.publish(notify.dispatch(3, "marc"), notify.dispatch(4, "lea"))
        heard = await heard_of(stream, 2)
    assert [each.data["data"]["number"] for each in heard] == ["INC-2", "INC-4"]
    assert {each.event for each in heard} == {"technician-dispatched"}
    assert heard[0].data["subject"] == notify.mine("t2-1")


async def test_a_customer_hears_of_his_own_and_never_of_anothers(notify: Notify) -> None:
    portal = notify.bearer("portal", notify.mine("clinic"))
    theirs = f"/v1/streams/visits?customer={notify.mine('school')}"
    async with notify.stream(portal) as own, notify.stream(portal, theirs) as another:
        await notify.bench.publish(notify.dispatch(1, customer="school"), notify.dispatch(2))
        [heard] = await heard_of(own, 1)
        assert heard.data["data"]["number"] == "INC-2"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await anext(another)


async def test_a_reader_goes_on_after_the_last_number_he_saw(notify: Notify) -> None:
    lea = notify.bearer("technician", subject=notify.mine("lea"))
    async with notify.stream(lea) as stream:
        await notify.bench.publish(*(notify.dispatch(n) for n in range(1, 4)))
        first, *missed = await heard_of(stream, 3)
    assert first.id is not None
    async with notify.stream(lea, **{"Last-Event-ID": first.id}) as stream:
        assert await heard_of(stream, 2) == missed


async def test_a_reader_away_past_retention_is_told_what_is_gone(notify: Notify) -> None:
    dispatcher = notify.bearer("dispatcher")
    mine = f"/v1/streams/visits?ticket={notify.mine('t2')}"
    await notify.bench.publish(notify.dispatch(1), notify.dispatch(2))
    await notify.settle()
    rows = notify.runtime.db[rows_of("visits")]
    kept = await rows.find_one({"ticket_id": notify.mine("t2")})
    assert kept is not None
    await rows.delete_many({"_id": {"$lt": kept["_id"]}})
    async with notify.stream(dispatcher, mine, **{"Last-Event-ID": "0"}) as stream:
        gap, line = await heard_of(stream, 2)
    assert (gap.event, gap.data) == ("gap", {"from": 1, "to": kept["_id"] - 1})
    assert line.id == str(kept["_id"])


async def test_ticket_facts_have_a_stream_of_their_own(notify: Notify) -> None:
    ticket = notify.mine("t9")
    async with notify.stream(notify.bearer("agent"), f"/v1/streams/tickets?ticket={ticket}") as stream:
        sites = (notify.mine("north"),)
        await notify.bench.publish(
            example(TicketOpened, ticket_id=ticket, requester_id=notify.mine("anne"), site_ids=sites)
        )
        [heard] = await heard_of(stream, 1)
    assert heard.event == "ticket-opened"


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/v1/streams/visits?colour=red", None),
        ("/v1/streams/sla?type=sla-burnt", None),
        ("/v1/streams/visits?type=visit-planned&type=sla-breached", None),
        ("/v1/streams/visits", "tomorrow"),
        ("/v1/streams/visits", "-1"),
    ],
)
async def test_a_stream_asked_for_wrongly_is_a_problem(notify: Notify, path: str, last: str | None) -> None:
    headers = notify.bearer("dispatcher") | ({"Last-Event-ID": last} if last else {})
    answer = await notify.http.get(path, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/invalid-parameter"


async def test_nobody_reads_a_stream_without_a_token(notify: Notify) -> None:
    assert (await notify.http.get("/v1/streams/visits")).status_code == 401


async def test_deliveries_are_listed_with_what_became_of_them(notify: Notify) -> None:
    await notify.bench.publish(notify.dispatch(1))
    await notify.settle()
    query = {"ticket": notify.mine("t1"), "state": "sent"}
    answer = await notify.http.get("/v1/deliveries", params=query, headers=notify.bearer("dispatcher"))
    assert answer.status_code == 200
    templates = {item["template"]: item for item in answer.json()["items"]}
    assert set(templates) == {"technician-dispatched", "visit-planned"}
    sent = templates["technician-dispatched"]
    assert sent["recipient"] == {"kind": "technician", "id": notify.mine("lea")}
    one = await notify.http.get(f"/v1/deliveries/{sent['id']}", headers=notify.bearer("dispatcher"))
    assert one.json() == sent
    assert one.headers["etag"]


async def test_the_log_is_searched_by_kind_and_says_what_to_do_about_what_failed(notify: Notify) -> None:
    without = example(ContactChanged, contact_id=notify.mine("zoe"), customer_id=notify.mine("clinic"))
    await notify.bench.publish(without.model_copy(update={"email": None}))
    await notify.bench.publish(
        notify.dispatch(1).model_copy(update={"requester_id": notify.mine("zoe")}),
    )
    await notify.settle()
    french = {**notify.bearer("dispatcher"), "Accept-Language": "fr"}

    async def log(**query: str) -> list[dict[str, Any]]:
        answer = await notify.http.get("/v1/deliveries", params=query, headers=french)
        assert answer.status_code == 200
        return list(answer.json()["items"])

    [failed] = await log(template="visit-planned", ticket=notify.mine("t1"))
    assert (failed["state"], failed["attempts"], failed["retry_at"]) == ("failed", 0, None)
    assert failed["failure"].startswith("no-address")
    assert failed["next_step"].startswith("Corrigez l'adresse du contact par PUT /v1/contacts/{id}")
    assert await log(template="visit-planned", recipient=notify.mine("lea")) == []
    [sent] = await log(recipient=notify.mine("lea"), state="sent", ticket=notify.mine("t1"))
    assert sent["next_step"].startswith("Rien")


async def test_a_customer_sees_the_deliveries_to_his_own_people_only(notify: Notify) -> None:
    await notify.bench.publish(notify.dispatch(1))
    await notify.settle()
    query = {"ticket": notify.mine("t1")}
    everything = await notify.http.get("/v1/deliveries", params=query, headers=notify.bearer("admin"))
    to_lea = next(d for d in everything.json()["items"] if d["recipient"]["id"] == notify.mine("lea"))
    portal = notify.bearer("portal", notify.mine("clinic"))
    listed = await notify.http.get("/v1/deliveries", headers=portal)
    assert [item["recipient"]["id"] for item in listed.json()["items"]] == [notify.mine("anne")]
    assert (await notify.http.get(f"/v1/deliveries/{to_lea['id']}", headers=portal)).status_code == 404
    stranger = notify.bearer("portal", notify.mine("school"))
    assert (await notify.http.get("/v1/deliveries", headers=stranger)).json()["items"] == []


async def test_a_contract_manager_gets_what_is_under_the_contracts_that_name_him(notify: Notify) -> None:
    gold = notify.mine("gold")
    await notify.bench.publish(
        example(
            ContractChanged,
            contract_id=gold,
            customer_id=notify.mine("clinic"),
            managers=(notify.mine("ines"),),
        )
    )
    await notify.settle()
    ines = notify.bearer("contract-manager", subject=notify.mine("ines"))
    marc = notify.bearer("contract-manager", subject=notify.mine("marc"))
    his, other = notify.dispatch(1), notify.dispatch(2)
    async with notify.stream(ines) as visits, notify.stream(ines, "/v1/streams/tickets") as tickets:
        await notify.bench.publish(
            other,
            his.model_copy(update={"contract_id": gold}),
            example(TicketHeld, ticket_id=notify.mine("t2")),
            example(TicketHeld, ticket_id=notify.mine("t1"), contract_ids=(gold,)),
        )
        [visit], [ticket] = await heard_of(visits, 1), await heard_of(tickets, 1)
    assert (visit.data["data"]["number"], ticket.data["data"]["ticket_id"]) == ("INC-1", notify.mine("t1"))
    await notify.settle()
    listed = (await notify.http.get("/v1/deliveries", headers=ines)).json()["items"]
    assert [item["ticket_id"] for item in listed] == [notify.mine("t1")] * 2
    assert (await notify.http.get(f"/v1/deliveries/{listed[0]['id']}", headers=ines)).status_code == 200
    assert (await notify.http.get(f"/v1/deliveries/{listed[0]['id']}", headers=marc)).status_code == 404
    assert (await notify.http.get("/v1/deliveries", headers=marc)).json()["items"] == []


async def test_a_technician_may_not_read_deliveries(notify: Notify) -> None:
    answer = await notify.http.get("/v1/deliveries", headers=notify.bearer("technician", subject="x"))
    assert answer.status_code == 403


async def test_the_surface_describes_itself(notify: Notify) -> None:
    described = (await notify.http.get("/v1/openapi/notify.json")).json()
    paths = {"/v1/deliveries", "/v1/deliveries/{id}", "/v1/streams/tickets", "/v1/streams/visits"}
    assert paths <= set(described["paths"])
