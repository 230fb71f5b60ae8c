"""Four services behind one address."""

import asyncio
import html
import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import aiosmtplib
import httpx
import pytest
from fastapi import APIRouter, FastAPI
from jsonschema_rs import validator_for

from contracts.values import rfc3339
from infra.chassis.http.app import create_app
from infra.chassis.http.auth import Authenticator, allow
from infra.chassis.http.body import Body
from infra.chassis.http.merging import merged_openapi, summed_metrics
from infra.chassis.http.principal import Principal
from infra.chassis.ops.health import Checks
from infra.chassis.ops.telemetry import telemetry_of
from infra.chassis.web.screens import SCREENS as VERBS
from infra.local.gateway import Gateway, gateway
from infra.local.issuer import DevelopmentIssuer
from infra.local.mail_sink import MailSink
from infra.local.people import SCREENS
from infra.local.sms_sink import SmsSink

PREFIXES = {
    "ticket": "/v1/tickets",
    "dispatch": "/v1/visits",
    "inventory": "/v1/sites",
    "notify": "/v1/staff",
}


class Hall:
    """Four small services, and what happened to them."""

    def __init__(self, state: Path) -> None:
        self.life: list[str] = []
        self.ready = dict.fromkeys(PREFIXES, True)
        self.steps: list[datetime] = []
        self.stopping: asyncio.Barrier | None = None
        self.broken = ""
        self.issuer = DevelopmentIssuer(state, profile="development")
        self.authenticator = Authenticator(
            jwks=self.issuer.jwks, issuer=self.issuer.name, profile="development"
        )
        self.sink, self.sms_sink = MailSink(), SmsSink()
        self.apps = {name: self._service(name, prefix) for name, prefix in PREFIXES.items()}
        self.gateway: Gateway = gateway(
            self.apps,
            authenticator=self.authenticator,
            telemetry=telemetry_of("local", stream=io.StringIO()),
            kafka="127.0.0.1:9092",
            issuer=self.issuer,
            mail_sink=self.sink,
            sms_sink=self.sms_sink,
            clock_control=self,
        )

    def _service(self, name: str, prefix: str) -> FastAPI:
        router = APIRouter()

        class ThingBody(Body):
            name: str

        if name == "dispatch":

            class ThingBody(Body):  # type: ignore[no-redef]
                minutes: int

        @router.post(prefix)
        async def make(body: ThingBody, _: Annotated[Principal, allow("tickets:open")]) -> str:
            return name

        @router.get(prefix)
        async def read() -> str:
            return name

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            if name == self.broken:
                raise RuntimeError(f"{name} is broken")
            self.life.append(f"{name} starts")
            yield
            if self.stopping is not None:
                # Passed only when all are stopping: one after the other would wait for ever.
                await asyncio.wait_for(self.stopping.wait(), 5)
            self.life.append(f"{name} stops")

        async def ready() -> bool:
            return self.ready[name]

        return create_app(
            name,
            routers=[router],
            authenticator=self.authenticator,
            telemetry=telemetry_of(name, stream=io.StringIO()),
            lifespan=lifespan,
            checks=Checks(ready={"database": ready}),
        )

    async def read(self) -> Mapping[str, Any]:
        return {"now": "2026-03-02T08:00:00.000Z", "quiet": True, "next_due": None}

    async def step(self, to: datetime) -> Mapping[str, Any]:
        self.steps.append(to)
        return {"now": rfc3339(to), "quiet": True, "next_due": None}

    def client(self, role: str | None = None, **headers: str) -> httpx.AsyncClient:
        if role is not None:
            headers["Authorization"] = f"Bearer {self.issuer.token(role, subject='x')}"
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.gateway), base_url="http://127.0.0.1:8000", headers=headers
        )


@pytest.fixture(scope="module")
def only_hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return Hall(tmp_path_factory.mktemp("state"))


@pytest.fixture
def hall(only_hall: Hall) -> Hall:
    only_hall.ready = dict.fromkeys(PREFIXES, True)
    only_hall.life.clear()
    only_hall.stopping, only_hall.broken = None, ""
    only_hall.steps.clear()
    return only_hall


async def test_each_path_reaches_the_service_that_owns_it(hall: Hall) -> None:
    async with hall.client() as client:
        for name, prefix in PREFIXES.items():
            assert (await client.get(prefix)).json() == name
            assert (await client.get(f"/v1/openapi/{name}.json")).json()["info"][
                "title"
            ] == f"Astreinte: {name}"


async def test_what_nobody_owns_is_a_problem(hall: Hall) -> None:
    async with hall.client() as client:
        for path in ("/v1/nothing", "/nothing", "/v1/ticketsx", "/local/secrets"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_services_start_in_order_and_stop_together(hall: Hall) -> None:
    local = hall.gateway._local
    hall.stopping = asyncio.Barrier(len(PREFIXES))
    async with local.router.lifespan_context(local):
        assert hall.life == [f"{name} starts" for name in PREFIXES]
    assert sorted(hall.life[4:]) == sorted(f"{name} stops" for name in PREFIXES)


async def test_a_service_that_does_not_start_stops_the_others(hall: Hall) -> None:
    local = hall.gateway._local
    hall.broken = "inventory"
    with pytest.raises(RuntimeError, match="inventory is broken"):
        async with local.router.lifespan_context(local):
            pass
    assert sorted(hall.life[2:]) == ["dispatch stops", "ticket stops"]


async def test_the_origin_is_ready_when_all_services_are(hall: Hall) -> None:
    async with hall.client() as client:
        assert (await client.get("/ready")).status_code == 200
        hall.ready["dispatch"] = False
        answer = await client.get("/ready")
        assert answer.status_code == 503
        assert {name: each["status"] for name, each in answer.json()["services"].items()} == {
            "ticket": "ok",
            "dispatch": "failing",
            "inventory": "ok",
            "notify": "ok",
        }
        assert (await client.get("/live")).status_code == 200
        assert "✗ not ready" in (await client.get("/")).text


async def test_metrics_of_all_services_stand_side_by_side_with_their_label(hall: Hall) -> None:
    async with hall.client() as client:
        await client.get("/v1/tickets")
        text = (await client.get("/metrics")).text
    labels = 'service="ticket",method="GET",route="/v1/tickets",status="200"'
    assert f"ticket_http_request_seconds_count{{{labels}}}" in text
    assert "process_resident_memory_bytes" in text
    names = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert len(names) == len(set(names))


def test_a_metric_that_two_services_share_is_one_family() -> None:
    text = "# HELP up Up\n# TYPE up gauge\nup 1.0\n"
    assert summed_metrics({"a": text, "b": text.replace("up 1", 'up{x="1"} 1')}) == (
        '# HELP up Up\n# TYPE up gauge\nup{service="a"} 1.0\nup{service="b",x="1"} 1.0\n'
    )


async def test_one_openapi_document_tells_of_all_services(hall: Hall) -> None:
    async with hall.client() as client:
        document = (await client.get("/openapi.json")).json()
    assert set(PREFIXES.values()) <= document["paths"].keys()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert {tag for operation in operations for tag in operation["tags"]} == set(PREFIXES)
    assert _references(document) <= {
        f"#/components/{section}/{name}" for section, all in document["components"].items() for name in all
    }
    reference = document["paths"]["/v1/visits"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    schemas = document["components"]["schemas"]
    assert "minutes" in schemas[reference["$ref"].rpartition("/")[2]]["properties"]
    assert "name" in schemas["ThingBody"]["properties"]
    assert len([name for name in schemas if "Problem" in name]) == 1


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return found.union(*map(_references, node.values()))
    return set().union(*map(_references, node)) if isinstance(node, list) else set()


def test_a_component_that_differs_only_in_what_it_refers_to_is_renamed_too() -> None:
    def document(inner: str) -> dict[str, Any]:
        return {
            "paths": {},
            "components": {
                "schemas": {
                    "Outer": {"items": {"$ref": "#/components/schemas/Inner"}},
                    "Inner": {"type": inner},
                    "Same": {"type": "string"},
                }
            },
        }

    merged = merged_openapi({"a": document("string"), "b": document("integer")}, title="t", version="1")
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"Outer", "Inner", "Same", "b.Outer", "b.Inner"}
    assert schemas["Outer"]["items"]["$ref"] == "#/components/schemas/Inner"
    assert schemas["b.Outer"]["items"]["$ref"] == "#/components/schemas/b.Inner"


async def test_the_clock_is_an_administrators(hall: Hall) -> None:
    async with hall.client("dispatcher") as client:
        assert (await client.get("/v1/clock")).status_code == 403
        assert (await client.post("/v1/clock", json={"to": "2026-03-02T09:00:00Z"})).status_code == 403
    async with hall.client("admin") as client:
        assert (await client.get("/v1/clock")).json()["quiet"] is True
        answer = await client.post("/v1/clock", json={"to": "2026-03-02T10:00:00+01:00"})
        assert answer.json()["now"] == "2026-03-02T09:00:00.000Z"
        assert (await client.post("/v1/clock", json={"to": "tomorrow"})).status_code == 422
    assert len(hall.steps) == 1


PAGES = ["/", "/docs", "/asyncapi", "/mail", "/issuer"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_in_the_readers_language_and_needs_nothing_from_elsewhere(
    hall: Hall, path: str
) -> None:
    async with hall.client() as client:
        french = await client.get(path, headers={"Accept-Language": "fr"})
        english = await client.get(path, headers={"Accept-Language": "en"})
        switched = await client.get(path, params={"lang": "fr"})
        assert '<html lang="fr">' in french.text
        assert '<html lang="en">' in english.text
        assert '<html lang="fr">' in switched.text
        policy = english.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        used = set(re.findall(r'(?:src|href)="(?!http://[a-z-]+\.localhost:)([^"#?]+)', english.text)) - set(
            PAGES
        )
        for address in used:
            assert address.startswith("/"), address
            assert (await client.get(address)).status_code in (200, 503), address
    assert not re.findall(r"<script(?![^>]*src=)", english.text)
    assert " style=" not in english.text


@pytest.mark.parametrize("screen", SCREENS)
async def test_the_front_page_leads_to_each_screen_signed_in_as_somebody_whose_it_is(
    hall: Hall, screen: str
) -> None:
    async with hall.client() as client:
        front = html.unescape((await client.get("/")).text)
        [address] = re.findall(
            rf'href="(http://[a-z-]+\.localhost:[^"]*next={quote(screen, safe="")})"', front
        )
        entered = await client.get(address)
    assert entered.status_code == 303
    assert entered.headers["location"] == screen
    principal = await hall.authenticator.principal(entered.cookies["astreinte"])
    assert principal.role == SCREENS[screen]
    assert principal.may(VERBS[screen])


async def test_the_page_of_the_streams_shows_every_event_its_fields_and_its_readers(hall: Hall) -> None:
    async with hall.client() as client:
        page = (await client.get("/asyncapi")).text
        document = (await client.get("/asyncapi.json")).json()
    assert document["asyncapi"] == "3.0.0"
    for name, channel in document["channels"].items():
        assert f'id="{name}"' in page
        for event in channel["messages"]:
            assert f'id="{name}/{event}"' in page
    assert "technician_id" in page
    assert "127.0.0.1:9092" in page


async def test_mail_is_shown_and_its_html_may_do_nothing(hall: Hall) -> None:
    await hall.sink.start()
    try:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "<b>Hi</b>"
        message.set_content("plain <i>text</i>")
        message.add_alternative("<script>alert(1)</script><p>Hello</p>", subtype="html")
        await aiosmtplib.send(message, hostname="127.0.0.1", port=hall.sink.port)
    finally:
        await hall.sink.stop()
    async with hall.client() as client:
        listed = await client.get("/mail")
        assert "&lt;b&gt;Hi&lt;/b&gt;" in listed.text
        one = await client.get("/mail/1")
        assert "plain &lt;i&gt;text&lt;/i&gt;" in one.text
        assert 'sandbox=""' in one.text
        html = await client.get("/mail/1/html")
        assert "sandbox" in html.headers["content-security-policy"]
        assert "script-src" not in html.headers["content-security-policy"]
        items = (await client.get("/mail.json")).json()
        assert (items["total"], items["items"][0]["subject"]) == (1, "<b>Hi</b>")
        assert (await client.get("/mail/99")).status_code == 404


async def test_mails_and_sms_are_shown_together_and_each_apart(hall: Hall) -> None:
    await hall.sink.start()
    await hall.sms_sink.start()
    try:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "By mail"
        message.set_content("plain")
        await aiosmtplib.send(message, hostname="127.0.0.1", port=hall.sink.port)
        async with httpx.AsyncClient(trust_env=False) as phone:
            said = {"to": "+33612345678", "text": "<i>By</i> SMS http://a.example/1", "from": "Astreinte"}
            await phone.post(hall.sms_sink.url, json=said, headers={"Idempotency-Key": "n-1"})
    finally:
        await hall.sink.stop()
        await hall.sms_sink.stop()
    async with hall.client() as client:
        both = (await client.get("/mail")).text
        assert both.index("&lt;i&gt;By&lt;/i&gt; SMS") < both.index("By mail"), "the newest first"
        assert "By mail" not in (await client.get("/mail", params={"channel": "sms"})).text
        assert "&lt;i&gt;By" not in (await client.get("/mail", params={"channel": "mail"})).text
        one = await client.get("/mail/sms/1")
        assert "&lt;i&gt;By&lt;/i&gt; SMS http://a.example/1" in one.text
        assert "http://a.example/1" not in both, "a list is to be skimmed"
        assert "GSM-7" in one.text
        assert (await client.get("/mail/sms/9")).status_code == 404
        [listed] = (await client.get("/mail.json")).json()["sms"]["items"]
        assert (listed["to"], listed["key"], listed["parts"]) == ("+33612345678", "n-1", 1)


async def test_a_token_is_made_by_the_form_and_by_the_endpoint(hall: Hall) -> None:
    async with hall.client() as client:
        made = await client.get("/issuer", params={"role": "portal", "customer": "acme"})
        assert re.search(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", made.text)
        wrong = await client.get("/issuer", params={"role": "portal"})
        assert wrong.status_code == 422
        assert "needs a customer" in wrong.text
        got = await client.post("/issuer/token", data={"grant_type": "client_credentials", "role": "admin"})
        bearer = {"Authorization": f"Bearer {got.json()['access_token']}"}
        assert (await client.get("/v1/clock", headers=bearer)).status_code == 200
        refused = await client.post("/issuer/token", data={"grant_type": "client_credentials", "role": "x"})
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/refused")


async def test_a_problem_of_any_service_is_explained_at_the_one_origin(hall: Hall) -> None:
    async with hall.client() as client:
        answer = await client.get("/problems/precondition-failed")
    assert answer.json()["status"] == 412


def test_openapi_documents_of_the_services_are_valid_json_schema_inside(hall: Hall) -> None:
    for app in hall.apps.values():
        for schema in app.openapi()["components"]["schemas"].values():
            validator_for({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
