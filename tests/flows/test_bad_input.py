"""What is not taken in at the one address of all: a problem says why, and nothing is stored."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER
from tests.flows.bad_requests import OTHERS, REQUESTS, Bad
from tests.flows.firm import Customer, Firm, Person, problem
from tests.flows.platform import Platform

STORED = {
    "ticket": ("tickets", "contacts", "customers", "contracts", "work_types", "timeline"),
    "dispatch": ("visits", "technicians", "technician_days", "reports"),
    "inventory": ("sites", "assets", "parts", "stock_levels", "movements", "reservations"),
}


@dataclass(frozen=True)
class Desk:
    """A client with a ticket whose visit somebody has been told of."""

    firm: Firm
    acme: Customer
    bolt: Customer
    site: str
    foreign_site: str
    work: str
    ticket: str
    visit: str
    technician: Person

    def body(self, **changes: Any) -> dict[str, Any]:
        return {**self.firm.request(self.work, self.site), **changes}

    def without(self, name: str) -> dict[str, Any]:
        return {key: value for key, value in self.body().items() if key != name}

    async def stored(self) -> dict[str, Any]:
        """How often each thing of this firm was written."""
        versions: dict[str, Any] = {}
        for service, collections in STORED.items():
            for name in collections:
                async for each in self.firm.platform.db(service)[name].find({}, {"version": 1}):
                    versions[f"{service}.{name}/{each['_id']}"] = each.get("version")
        return versions


@pytest.fixture(scope="module")
async def desk(platform: Platform) -> AsyncIterator[Desk]:
    firm = Firm(platform, f"desk{time.time_ns():x}")
    acme, bolt = await firm.customer("acme"), await firm.customer("bolt")
    site, foreign = await firm.site(acme), await firm.site(bolt)
    lea, work = await firm.technician("lea"), await firm.work()
    request = await firm.opens(work, site)
    await request.visit.is_("dispatched", to=lea)
    await lea.does(request.visit, "acknowledge")
    await platform.quiet()
    yield Desk(firm, acme, bolt, site, foreign, work, request.id, request.visit.id, lea)
    await firm.leave()


@pytest.mark.parametrize("bad", [*REQUESTS, *OTHERS], ids=lambda bad: bad.name)
async def test_bad_input_is_refused_with_its_reason_and_leaves_nothing_behind(desk: Desk, bad: Bad) -> None:
    before = await desk.stored()
    answer = await send(desk, bad)
    told = problem(answer, bad.status, bad.slug)
    assert told["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert {name: told.get(name) for name in bad.says} == bad.says
    if bad.slug == "illegal-transition":
        assert told["possible"]
    assert await desk.stored() == before


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_refusal_speaks_the_callers_language(desk: Desk, language: str) -> None:
    answer = await desk.firm.agent.post("/v1/tickets", {}, **{"Accept-Language": language})
    title = problem(answer, 422, "invalid-body")["title"]
    assert (
        title
        == {"fr": "Le contenu n'est pas conforme", "en": "The body does not say what it should"}[language]
    )


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": -60}, id="expired"),
        pytest.param({"nbf": 600}, id="of the future"),
        pytest.param({"aud": "another-platform"}, id="for somebody else"),
        pytest.param({"iss": "https://evil.example"}, id="of another issuer"),
        pytest.param({"role": "king"}, id="of no role"),
        pytest.param({"role": "portal"}, id="of a client's role without a client"),
    ],
)
async def test_a_token_that_says_something_wrong_is_refused(desk: Desk, claims: dict[str, Any]) -> None:
    key = ECKey.import_key(json.loads((desk.firm.platform.data / "issuer-key.json").read_text()))
    await refused(desk, token(key, claims))


async def test_a_token_that_somebody_else_signed_is_refused(desk: Desk) -> None:
    key = json.loads((desk.firm.platform.data / "issuer-key.json").read_text())
    await refused(desk, token(ECKey.generate_key("P-256", {"kid": key["kid"]}, private=True), {}))


async def test_a_sound_token_made_the_same_way_is_accepted(desk: Desk) -> None:
    key = ECKey.import_key(json.loads((desk.firm.platform.data / "issuer-key.json").read_text()))
    headers = {"Authorization": f"Bearer {token(key, {})}"}
    assert (await desk.firm.platform.client.get("/v1/tickets", headers=headers)).status_code == 200


async def refused(desk: Desk, bearer: str) -> None:
    before = await desk.stored()
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": "k"}
    answer = await desk.firm.platform.client.post("/v1/tickets", json=desk.body(), headers=headers)
    problem(answer, 401, "invalid-token")
    assert "WWW-Authenticate" in answer.headers
    assert await desk.stored() == before


def token(key: ECKey, claims: dict[str, Any]) -> str:
    now = int(time.time())
    said = {"iss": DEVELOPMENT_ISSUER, "aud": AUDIENCE, "sub": "x", "role": "agent", "exp": 600, **claims}
    said["exp"] += now
    if "nbf" in said:
        said["nbf"] += now
    return jwt.encode({"alg": "ES256", "kid": key.kid}, said, key)


async def send(desk: Desk, bad: Bad) -> Any:
    firm = desk.firm
    customer = desk.acme if bad.role == "portal" else None
    who = firm.person(bad.role, customer=customer)
    names = {
        "site": desk.site,
        "foreign_site": desk.foreign_site,
        "bolt": desk.bolt.id,
        "ticket": desk.ticket,
        "visit": desk.visit,
    }
    headers = {**who.headers, "Idempotency-Key": f"{time.time_ns()}", "Content-Type": "application/json"}
    headers = {name: value for name, value in {**headers, **bad.headers}.items() if value}
    return await firm.platform.client.request(
        bad.method, bad.path.format(**names), content=content(desk, bad, names), headers=headers
    )


def content(desk: Desk, bad: Bad, names: dict[str, str]) -> bytes | None:
    if bad.raw is not None or bad.method == "GET":
        return bad.raw
    opens = bad.path == "/v1/tickets"
    if bad.drop is not None:
        return json.dumps(desk.without(bad.drop)).encode()
    body = {**(desk.body() if opens else {}), **(bad.body or {})}
    if not opens and bad.body is None:
        return None
    text = json.dumps(body)
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text.encode()
