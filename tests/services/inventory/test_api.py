"""What callers may do over HTTP, and what each bad request is answered."""

import uuid
from datetime import date
from typing import Any

import httpx
import pytest

from contracts.dispatch.states import TechnicianChanged
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from tests.services.inventory.facts import planned
from tests.services.inventory.running import Running
from tests.services.inventory.test_on_real_servers import SITE


def problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document, of the type and status expected."""
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["type"]) == (status, f"/problems/{slug}"), document
    assert document["status"] == status
    assert document["detail"]
    return document


def keyed(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or uuid.uuid4().hex}


async def test_a_site_reads_back_as_it_was_put(agent: httpx.AsyncClient, customer: str, unique: str) -> None:
    body = {"customer_id": customer, **SITE}
    put = await agent.put(f"/v1/sites/{unique}", json=body)
    read = await agent.get(f"/v1/sites/{unique}")
    assert put.json() == read.json()
    assert {name: read.json()[name] for name in body if name != "access"} == {
        name: value for name, value in body.items() if name != "access"
    }
    assert read.json()["access"]["escort"] is True
    assert read.json()["warnings"] == []
    again = await agent.put(f"/v1/sites/{unique}", json=body)
    assert (put.status_code, again.status_code, again.headers["ETag"]) == (201, 200, put.headers["ETag"])
    assert put.headers["Location"] == f"/v1/sites/{unique}"
    unchanged = await agent.get(f"/v1/sites/{unique}", headers={"If-None-Match": read.headers["ETag"]})
    assert unchanged.status_code == 304
    once = await agent.put(f"/v1/sites/{unique}", json=body, headers={"If-None-Match": "*"})
    problem(once, 412, "precondition-failed")
    gone = await agent.put(f"/v1/sites/{unique}-x", json=body, headers={"If-Match": "*"})
    problem(gone, 412, "precondition-failed")


async def test_a_site_says_whom_it_refuses_to_those_who_plan_and_what_is_spoken_there_to_all(
    agent: httpx.AsyncClient, inventory: Running, customer: str, unique: str
) -> None:
    max_ = TechnicianChanged(technician_id=f"{unique}-max", name="Max", skills={})
    await inventory.state(max_, max_.technician_id)
    wishes = {"preferred": [], "refused": [max_.technician_id]}
    body = {**SITE, "customer_id": customer, "technicians": wishes, "languages": ["de", "pt-BR"]}
    put = (await agent.put(f"/v1/sites/{unique}", json=body)).json()
    assert (put["technicians"], put["languages"]) == (wishes, ["de", "pt-BR"])
    async with inventory.as_("portal", customer) as portal:
        seen = (await portal.get(f"/v1/sites/{unique}")).json()
        assert (seen["technicians"], seen["languages"]) == (None, ["de", "pt-BR"])
    unknown = {**body, "technicians": {"preferred": [f"{unique}-nobody"]}}
    problem(await agent.put(f"/v1/sites/{unique}", json=unknown), 422, "unknown-reference")
    wrong = await agent.put(f"/v1/sites/{unique}", json={**body, "languages": ["German"]})
    assert problem(wrong, 422, "invalid-body")["errors"][0]["pointer"] == "/languages/0"


async def test_a_site_without_a_territory_is_accepted_and_says_what_will_not_work(
    agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    body = {**SITE, "customer_id": customer, "territory": None}
    put = await agent.put(f"/v1/sites/{unique}", json=body, headers={"Accept-Language": "fr"})
    assert put.status_code == 201
    assert [each["type"] for each in put.json()["warnings"]] == ["no-territory"]
    assert "territoire" in put.json()["warnings"][0]["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"name": ""}, "/name"),
        ({"latitude": "45.7"}, "/latitude"),
        ({"latitude": 91}, "/latitude"),
        ({"longitude": True}, "/longitude"),
        ({"time_zone": "Europe/Lyon"}, "/time_zone"),
        ({"time_zone": "../etc/passwd"}, "/time_zone"),
        ({"time_zone": "site"}, "/time_zone"),
        ({"holidays": "DE"}, "/holidays"),
        ({"good_friday": 1}, "/good_friday"),
        ({"opening": {"lun": [["08:00", "18:00"]]}}, "/opening/lun/[key]"),
        ({"opening": {"mon": [["18:00", "08:00"]]}}, "/opening/mon/0"),
        ({"access": {"badge_lead_minutes": "10"}}, "/access/badge_lead_minutes"),
        ({"access": {"door_code": "1234"}}, "/access/door_code"),
        ({"colour": "blue"}, "/colour"),
    ],
)
async def test_a_malformed_site_is_refused_at_the_place_that_is_wrong(
    agent: httpx.AsyncClient, customer: str, unique: str, change: dict[str, Any], pointer: str
) -> None:
    body = {**SITE, "customer_id": customer, **change}
    refused = problem(await agent.put(f"/v1/sites/{unique}", json=body), 422, "invalid-body")
    assert pointer in {error["pointer"] for error in refused["errors"]}
    problem(await agent.get(f"/v1/sites/{unique}"), 404, "not-found")


async def test_a_site_that_lacks_a_field_is_refused(agent: httpx.AsyncClient, unique: str) -> None:
    refused = problem(await agent.put(f"/v1/sites/{unique}", json=SITE), 422, "invalid-body")
    assert refused["errors"][0]["pointer"] == "/customer_id"


@pytest.mark.parametrize(
    ("content", "media_type", "status", "slug"),
    [
        (b'{"customer_id": ', "application/json", 400, "invalid-json"),
        (b'{"name": "\xe9"}', "application/json", 400, "not-utf8"),
        (b"name=site", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b'"' + b"x" * (1 << 20) + b'"', "application/json", 413, "body-too-large"),
        (b"[]", "application/json", 422, "invalid-body"),
        (b"", "application/json", 422, "invalid-body"),
    ],
    ids=["broken", "latin-1", "form", "too large", "a list", "empty"],
)
async def test_what_is_no_json_object_is_refused(
    agent: httpx.AsyncClient, unique: str, content: bytes, media_type: str, status: int, slug: str
) -> None:
    headers = {"Content-Type": media_type}
    answer = await agent.put(f"/v1/sites/{unique}", content=content, headers=headers)
    problem(answer, status, slug)


async def test_a_site_of_an_unknown_customer_is_refused_in_the_callers_language(
    agent: httpx.AsyncClient, unique: str
) -> None:
    body = {**SITE, "customer_id": f"{unique}-nobody"}
    answer = await agent.put(f"/v1/sites/{unique}", json=body, headers={"Accept-Language": "fr"})
    refused = problem(answer, 422, "unknown-reference")
    assert (refused["kind"], refused["id"]) == ("customer", f"{unique}-nobody")
    assert refused["title"] == "La demande nomme une chose qui n'existe pas"


async def test_a_site_does_not_change_hands(
    agent: httpx.AsyncClient, inventory: Running, customer: str, unique: str
) -> None:
    other = f"{unique}-other"
    await inventory.state(CustomerChanged(customer_id=other, name="Autre"), other)
    await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})
    problem(await agent.put(f"/v1/sites/{unique}", json={"customer_id": other, **SITE}), 409, "conflict")


async def test_a_stale_etag_changes_nothing(agent: httpx.AsyncClient, customer: str, unique: str) -> None:
    body = {"customer_id": customer, **SITE}
    put = await agent.put(f"/v1/sites/{unique}", json=body)
    fresh = {"If-Match": put.headers["ETag"]}
    changed = await agent.put(f"/v1/sites/{unique}", json={**body, "name": "Nord"}, headers=fresh)
    assert changed.status_code == 200
    stale = await agent.put(f"/v1/sites/{unique}", json={**body, "name": "Sud"}, headers=fresh)
    problem(stale, 412, "precondition-failed")
    assert (await agent.get(f"/v1/sites/{unique}")).json()["name"] == "Nord"


async def test_an_odd_id_is_refused(agent: httpx.AsyncClient) -> None:
    problem(await agent.put("/v1/sites/a%20site", json=SITE), 422, "invalid-parameter")


# -- who -----------------------------------------------------------------------------------------


async def test_an_asset_is_found_by_its_serial_however_it_is_read_out_and_by_nothing_that_is_none(
    agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})
    for id, serial in (("own", f"SN-{unique}"), ("junk", "Default string"), ("none", None)):
        machine = {"site_id": unique, "name": "Serveur", "kind": "server", "serial": serial}
        put = await agent.put(f"/v1/assets/{unique}-{id}", json=machine)
        assert (put.status_code, put.json()["serial"]) == (201, serial)

    async def found(serial: str) -> list[str]:
        items = (await agent.get("/v1/assets", params={"serial": serial})).json()["items"]
        return [each["id"] for each in items]

    assert await found(f"sn {unique.upper()}") == [f"{unique}-own"]
    assert await found("DEFAULT STRING") == []


async def test_two_customers_never_see_each_others_sites_and_assets(
    inventory: Running, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    site, asset = f"{unique}-site", f"{unique}-asset"
    await agent.put(f"/v1/sites/{site}", json={"customer_id": customer, **SITE})
    machine = {"site_id": site, "name": "Serveur", "kind": "server", "serial": "X-1"}
    assert (await agent.put(f"/v1/assets/{asset}", json=machine)).status_code == 201
    async with inventory.as_("portal", customer) as own, inventory.as_("portal", "another") as other:
        assert (await own.get(f"/v1/sites/{site}")).json()["id"] == site
        assert [each["id"] for each in (await own.get("/v1/sites")).json()["items"]] == [site]
        assert [each["id"] for each in (await own.get("/v1/assets")).json()["items"]] == [asset]
        problem(await other.get(f"/v1/sites/{site}"), 404, "not-found")
        problem(await other.get(f"/v1/assets/{asset}"), 404, "not-found")
        assert (await other.get("/v1/sites", params={"customer": customer})).json()["items"] == []
        assert (await other.get("/v1/assets", params={"site": site})).json()["items"] == []


async def test_a_site_contact_sees_his_own_sites_and_what_stands_there(
    inventory: Running, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    for place in ("north", "south"):
        await agent.put(f"/v1/sites/{unique}-{place}", json={"customer_id": customer, **SITE})
        machine = {"site_id": f"{unique}-{place}", "name": "Serveur", "kind": "server"}
        await agent.put(f"/v1/assets/{unique}-{place}-server", json=machine)
    anne = ContactChanged(contact_id=unique, customer_id=customer, name="Anne", sites=(f"{unique}-north",))
    await inventory.state(anne, unique)
    await inventory.settled()
    async with inventory.as_("site-contact", customer, unique) as client:
        assert [each["id"] for each in (await client.get("/v1/sites")).json()["items"]] == [f"{unique}-north"]
        assets = (await client.get("/v1/assets")).json()["items"]
        assert [each["id"] for each in assets] == [f"{unique}-north-server"]
        assert (await client.get(f"/v1/assets/{unique}-north-server")).status_code == 200
        problem(await client.get(f"/v1/sites/{unique}-south"), 404, "not-found")
        problem(await client.get(f"/v1/assets/{unique}-south-server"), 404, "not-found")
    async with inventory.as_("site-contact", customer, f"{unique}-nobody") as client:
        assert (await client.get("/v1/sites")).json()["items"] == []


async def test_a_contract_manager_has_the_customers_of_the_contracts_that_name_him(
    inventory: Running, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    ines, other = f"{unique}-ines", f"{unique}-other"
    await inventory.state(CustomerChanged(customer_id=other, name="Mairie"), other)
    for owner, managers in ((customer, (ines, "marc")), (other, ("marc",))):
        gold = ContractChanged(
            contract_id=f"{owner}-gold",
            customer_id=owner,
            name="Or",
            managers=managers,
            valid_from=date(2026, 1, 1),
        )
        await inventory.state(gold, gold.contract_id)
        assert (await agent.put(f"/v1/sites/{owner}", json={"customer_id": owner, **SITE})).status_code == 201
        machine = {"site_id": owner, "name": "Serveur", "kind": "server", "serial": unique}
        assert (await agent.put(f"/v1/assets/{owner}", json=machine)).status_code == 201
        planning = planned(f"{owner}-1", "lea", (unique, 1)).model_copy(update={"customer_id": owner})
        await inventory.visit(planning)
    await inventory.settled()
    async with (
        inventory.as_("contract-manager", subject=ines) as hers,
        inventory.as_("contract-manager", subject=f"{unique}-nobody") as nobodys,
    ):
        for path in ("/v1/sites/{}", "/v1/assets/{}", "/v1/reservations/{}-1"):
            assert (await hers.get(path.format(customer))).status_code == 200
            problem(await hers.get(path.format(other)), 404, "not-found")
            problem(await nobodys.get(path.format(customer)), 404, "not-found")
        for path in (f"/v1/assets?serial={unique}", f"/v1/reservations?sku={unique}", "/v1/sites?limit=200"):
            listed = (await hers.get(path)).json()["items"]
            assert {each["customer_id"] for each in listed} == {customer}
            assert (await nobodys.get(path)).json()["items"] == []
        assert (await hers.get(f"/v1/sites?customer={other}")).json()["items"] == []
        body = {**SITE, "name": "Annexe"}
        theirs = await hers.put(f"/v1/sites/{other}", json={**body, "customer_id": other})
        problem(theirs, 404, "not-found")
        new = await hers.put(f"/v1/sites/{unique}-new", json={**body, "customer_id": other})
        assert problem(new, 422, "unknown-reference")["kind"] == "customer"
        own = await hers.put(f"/v1/sites/{unique}-new", json={**body, "customer_id": customer})
        assert own.status_code == 201


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("technician", "PUT", "/v1/sites/s"),
        ("portal", "PUT", "/v1/assets/a"),
        ("agent", "PUT", "/v1/parts/p"),
        ("dispatcher", "POST", "/v1/stock/receive"),
        ("customer-manager", "GET", "/v1/stock"),
        ("requester", "GET", "/v1/reservations"),
    ],
)
async def test_a_role_that_may_not_is_told_who_may(
    inventory: Running, role: str, method: str, path: str
) -> None:
    customer = "c" if role in {"portal", "customer-manager", "requester"} else None
    async with inventory.as_(role, customer) as client:
        answer = await client.request(method, path, json={}, headers=keyed())
    refused = problem(answer, 403, "forbidden-role")
    assert role not in refused["roles"]


async def test_nobody_reads_without_a_token(inventory: Running) -> None:
    transport = httpx.ASGITransport(inventory.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://inventory") as client:
        problem(await client.get("/v1/sites"), 401, "unauthenticated")
        forged = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ."}
        problem(await client.get("/v1/sites", headers=forged), 401, "invalid-token")


# -- assets and parts ----------------------------------------------------------------------------


async def test_an_asset_at_an_unknown_site_is_refused(agent: httpx.AsyncClient, unique: str) -> None:
    body = {"site_id": f"{unique}-nowhere", "name": "Serveur", "kind": "server"}
    refused = problem(await agent.put(f"/v1/assets/{unique}", json=body), 422, "unknown-reference")
    assert (refused["kind"], refused["id"]) == ("site", f"{unique}-nowhere")


async def test_an_asset_keeps_its_dates_and_names_its_gaps(
    agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})
    body = {"site_id": unique, "name": "Serveur", "kind": "server", "warranty_until": "2027-05-31"}
    put = await agent.put(f"/v1/assets/{unique}", json=body)
    assert (put.json()["warranty_until"], put.json()["customer_id"]) == ("2027-05-31", customer)
    assert [each["type"] for each in put.json()["warnings"]] == ["no-contract"]
    wrong = await agent.put(f"/v1/assets/{unique}", json={**body, "warranty_until": "31/05/2027"})
    assert problem(wrong, 422, "invalid-body")["errors"][0]["pointer"] == "/warranty_until"


async def test_an_asset_may_name_a_contract_that_was_written_a_moment_ago(
    inventory: Running, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})
    contract = ContractChanged(
        contract_id=unique, customer_id=customer, name="Or", valid_from=date(2026, 1, 1)
    )
    await inventory.state(contract, unique)
    body = {"site_id": unique, "name": "Serveur", "kind": "server", "contract_id": unique}
    put = await agent.put(f"/v1/assets/{unique}", json=body)
    assert (put.status_code, put.json()["warnings"]) == (201, [])


async def test_a_list_is_read_page_by_page(keeper: httpx.AsyncClient, unique: str) -> None:
    ids = [f"{unique}-{n}" for n in range(5)]
    for id in ids:
        put = await keeper.put(f"/v1/parts/{id}", json={"name": "Alimentation", "supplier": unique})
        assert put.status_code == 201
    seen, cursor = [], None
    while True:
        parameters = {"supplier": unique, "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await keeper.get("/v1/parts", params=parameters)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "201"}, {"cursor": "?"}, {"updated_after": "today"}]
)
async def test_a_list_asked_for_wrongly_is_refused(keeper: httpx.AsyncClient, query: dict[str, str]) -> None:
    problem(await keeper.get("/v1/parts", params=query), 422, "invalid-parameter")
