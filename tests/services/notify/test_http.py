"""Notify's public surface over real HTTP: streams and deliveries, each caller seeing what is his."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts.catalogue import CATALOGUE
from contracts.dispatch.events import TechnicianDispatched
from contracts.ticket.events import TicketHeld
from contracts.ticket.states import ContactChanged, ContractChanged
from infra.chassis.clock import SteppedClock
from infra.chassis.events.sequence import rows_of
from infra.chassis.http.serving import server_of
from infra.chassis.runtime import Runtime
from infra.local.issuer import DevelopmentIssuer
from infra.local.mail_sink import MailSink
from services.notify.app import build
from services.notify.mail.smtp import Server
from services.notify.settings import Settings
from tests.servers import RealServers, until
from tests.services.notify.bench import Bench
from tests.services.notify.people import ANNE, CLINIC, LEA, MARC, NORTH, TicketOpened, at, example, moved
from tests.services.notify.sink import Sink
from tests.world import MONDAY_NINE


@dataclass
class Heard:
    """One event of a stream as it came over the wire; a comment has no event."""

    id: str | None
    event: str | None
    data: Any


@dataclass
class Notify:
    """The running service; ``ids`` are this test's own people, places and visits."""

    http: httpx.AsyncClient
    bench: Bench
    mails: MailSink
    issuer: DevelopmentIssuer
    runtime: Runtime
    me: str

    def bearer(self, role: str, customer: str | None = None, subject: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.token(role, customer, subject)}"}

    def mine(self, id: str) -> str:
        return f"{self.me}-{id}"

    def dispatch(
        self, number: int, technician: str = "lea", customer: str = "clinic"
    ) -> TechnicianDispatched:
        return moved(
            TechnicianDispatched,
            at(9, 30),
            technician=self.mine(technician),
            ticket_id=self.mine(f"t{number}"),
            visit_id=self.mine(f"t{number}-1"),
            number=f"INC-{number}",
            customer_id=self.mine(customer),
            site_id=self.mine("north"),
            requester_id=self.mine("anne"),
            on_site_contact_id=None,
        )

    async def settle(self) -> None:
        async def quiet() -> bool:
            try:
                return not await self.runtime.unquiet()
            except ConnectionError:
                return False

        await until(quiet, within=20, every=0.05)

    @asynccontextmanager
    async def stream(
        self, who: dict[str, str], path: str = "/v1/streams/visits", **headers: str
    ) -> AsyncIterator[AsyncIterator[Heard]]:
        async with self.http.stream("GET", path, headers=who | headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"].startswith("text/event-stream")
            heard = events(answer)
            assert (await anext(heard)).event is None
            yield heard


async def events(answer: httpx.Response) -> AsyncIterator[Heard]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif fields:
            data = json.loads(fields["data"]) if "data" in fields else None
            yield Heard(fields.get("id"), fields.get("event"), data)
            fields = {}


async def heard_of(stream: AsyncIterator[Heard], count: int) -> list[Heard]:
    async with asyncio.timeout(10):
        found: list[Heard] = []
        while len(found) < count:
            each = await anext(stream)
            if each.event is not None:
                found.append(each)
        return found


@pytest.fixture
async def notify(servers: RealServers, unique: str, tmp_path: Path) -> AsyncIterator[Notify]:
    issuer = DevelopmentIssuer(tmp_path, profile="development")
    mails = MailSink()
    await mails.start()
    clock = SteppedClock(MONDAY_NINE)
    settings = Settings(
        profile="development",
        jwks=json.dumps(issuer.jwks),
        database_prefix=unique,
        group_prefix=unique,
        smtp=Server("127.0.0.1", mails.port),
    )
    app = build(settings, clock=clock, mongo=servers.mongodb, kafka=servers.kafka)
    server = server_of(app)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started, within=10, every=0.02)
    runtime: Runtime = app.state.runtime
    await runtime.prepared.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    bench = Bench(servers, "", CATALOGUE, producer, Sink(), clock)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        made = Notify(http, bench, mails, issuer, runtime, unique)
        await bench.publish(*people(made))
        await made.settle()
        yield made
    server.should_exit = True
    await serving
    await producer.stop()
    await mails.stop()


def people(notify: Notify) -> list[Any]:
    clinic = notify.mine("clinic")
    return [
        LEA.model_copy(update={"technician_id": notify.mine("lea")}),
        MARC.model_copy(update={"technician_id": notify.mine("marc")}),
        CLINIC.model_copy(update={"customer_id": clinic}),
        CLINIC.model_copy(update={"customer_id": notify.mine("school")}),
        NORTH.model_copy(update={"site_id": notify.mine("north"), "customer_id": clinic}),
        ANNE.model_copy(
            update={
                "contact_id": notify.mine("anne"),
                "customer_id": clinic,
                "sites": (notify.mine("north"),),
            }
        ),
    ]


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


async def test_a_staff_member_reads_back_as_he_was_put_and_putting_him_again_changes_nothing(
    notify: Notify,
) -> None:
    admin, path = notify.bearer("admin"), f"/v1/staff/{notify.mine('sandrine')}"
    said = {"name": "Sandrine Roy", "role": "dispatcher", "email": "s@firm.example", "on_duty": True}
    put = await notify.http.put(path, json=said, headers=admin)
    again = await notify.http.put(path, json=said, headers=admin)
    read = await notify.http.get(path, headers=notify.bearer("agent"))
    assert (put.status_code, put.headers["Location"], again.status_code) == (201, path, 200)
    assert read.json() == put.json() == again.json()
    assert read.json().items() >= {**said, "phone": None, "language": "fr"}.items()
    assert read.headers["ETag"] == put.headers["ETag"] == again.headers["ETag"]
    once = await notify.http.put(path, json=said, headers=admin | {"If-None-Match": "*"})
    assert (once.status_code, once.json()["type"]) == (412, "/problems/precondition-failed")


async def test_staff_are_listed_page_by_page_by_what_is_asked_of_them(notify: Notify) -> None:
    admin = notify.bearer("admin")
    for name, role, duty in (("a", "agent", True), ("d", "dispatcher", True), ("e", "dispatcher", False)):
        body = {"name": name, "role": role, "on_duty": duty}
        await notify.http.put(f"/v1/staff/{notify.mine(name)}", json=body, headers=admin)
    found, query = [], {"limit": "1"}
    while True:
        page = (await notify.http.get("/v1/staff", params=query, headers=admin)).json()
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert found == [notify.mine(name) for name in "ade"]
    asked = {"role": "dispatcher", "on_duty": "true"}
    on = await notify.http.get("/v1/staff", params=asked, headers=notify.bearer("technician", subject="x"))
    assert [each["id"] for each in on.json()["items"]] == [notify.mine("d")]


async def test_staff_are_written_by_an_administrator_and_read_within_the_firm(notify: Notify) -> None:
    path, body = f"/v1/staff/{notify.mine('x')}", {"name": "X", "role": "agent"}
    answer = await notify.http.put(path, json=body, headers=notify.bearer("dispatcher"))
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    portal = notify.bearer("portal", notify.mine("clinic"))
    assert (await notify.http.get("/v1/staff", headers=portal)).status_code == 403
    nobody = await notify.http.get(path, headers=notify.bearer("dispatcher"))
    assert (nobody.status_code, nobody.json()["type"]) == (404, "/problems/not-found")
    wrong = {"name": "X", "role": "customer-manager", "email": "none"}
    refused = await notify.http.put(path, json=wrong, headers=notify.bearer("admin"))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-body")
    assert {each["pointer"] for each in refused.json()["errors"]} == {"/role", "/email"}


async def test_everybody_chooses_for_himself_and_an_administrator_for_anybody(notify: Notify) -> None:
    anne, path = notify.mine("anne"), "/v1/preferences"
    hers = notify.bearer("requester", notify.mine("clinic"), anne)
    fresh = (await notify.http.get(path, headers=hers)).json()
    assert (fresh["told_as"], set(fresh["kinds"].values())) == ("contact", {"at-once"})
    put = await notify.http.put(path, json={"kinds": {"ticket-closed": "off"}}, headers=hers)
    assert put.status_code == 200
    assert (put.json()["person"], put.json()["kinds"]["ticket-closed"]) == (anne, "off")
    read = await notify.http.get(path, headers=hers)
    assert (read.json(), read.headers["ETag"]) == (put.json(), put.headers["ETag"])
    admin, whose = notify.bearer("admin"), {"person": anne, "as": "contact"}
    assert (await notify.http.get(path, params=whose, headers=admin)).json() == put.json()
    stale = await notify.http.put(path, json={"kinds": {}}, headers=hers | {"If-Match": '"9"'})
    assert stale.status_code == 412
    other = notify.bearer("requester", notify.mine("clinic"), notify.mine("luc"))
    assert (await notify.http.get(path, params=whose, headers=other)).status_code == 404
    lea = notify.bearer("technician", subject=notify.mine("lea"))
    urgent = await notify.http.put(path, json={"kinds": {"technician-dispatched": "digest"}}, headers=lea)
    assert (urgent.status_code, urgent.json()["type"]) == (422, "/problems/message-cannot-wait")
    nobody = await notify.http.get(path, headers=admin)
    assert (nobody.status_code, nobody.json()["type"]) == (422, "/problems/token-without-subject")
    wrong = await notify.http.put(path, json={"kinds": {"ticket-closed": "never"}}, headers=hers)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/invalid-body")


async def test_the_surface_describes_itself(notify: Notify) -> None:
    described = (await notify.http.get("/v1/openapi/notify.json")).json()
    paths = {"/v1/deliveries", "/v1/deliveries/{id}", "/v1/streams/tickets", "/v1/streams/visits"}
    assert paths <= set(described["paths"])
