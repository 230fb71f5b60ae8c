"""Two clients of the firm: what is the one's does not exist for the other, wherever he looks."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.flows.firm import Customer, Firm, Person, Request, done, problem
from tests.flows.platform import Platform

FILTERS = frozenset(("customer", "site", "ticket"))
CUSTOMER_SIDE = ("portal", "requester", "site-contact", "customer-manager")


@dataclass(frozen=True)
class Client:
    """A client with one of everything."""

    customer: Customer
    site: str
    asset: str
    contact: str
    contract: str
    request: Request

    def ids(self) -> dict[str, str]:
        """An id of his for each collection that is served one by one."""
        return {
            "customers": self.customer.id,
            "contracts": self.contract,
            "contacts": self.contact,
            "tickets": self.request.id,
            "visits": self.request.visit.id,
            "sites": self.site,
            "assets": self.asset,
            "reservations": self.request.visit.id,
        }

    def marks(self) -> set[str]:
        """What must not be read anywhere by the other."""
        return {*self.ids().values(), self.customer.id}


async def settled_client(firm: Firm, name: str, work: str) -> Client:
    customer = await firm.customer(name)
    site = await firm.site(customer)
    asset, contact, contract = (f"{customer.id}-{what}" for what in ("asset", "contact", "contract"))
    body = {"site_id": site, "name": "Printer", "kind": "printer"}
    done(await firm.stock_keeper.put(f"/v1/assets/{asset}", body))
    person = {"customer_id": customer.id, "name": "Ann", "email": f"{contact}@x.example", "sites": [site]}
    done(await firm.agent.put(f"/v1/contacts/{contact}", person))
    always = {"time_zone": "site", "weekly": {"mon": [["08:00", "18:00"]]}}
    target = {"name": "gti", "minutes": 240, "calendar": "office", "stops_on": [], "met_by": "started"}
    terms = {
        "customer_id": customer.id,
        "name": "Silver",
        "valid_from": "2020-01-01",
        "calendars": {"office": always},
        "targets": {priority: [target] for priority in ("P1", "P2", "P3", "P4", "P5")},
    }
    done(await firm.admin.put(f"/v1/contracts/{contract}", terms))
    request = await firm.opens(work, site, by=customer.portal, asset=asset, requester=customer.ann)
    return Client(customer, site, asset, contact, contract, request)


@pytest.fixture(scope="module")
async def firm(platform: Platform) -> AsyncIterator[Firm]:
    firm = Firm(platform, f"two{secrets.token_hex(5)}")
    yield firm
    await firm.leave()


@pytest.fixture(scope="module")
async def two(firm: Firm) -> tuple[Client, Client]:
    await firm.technician("lea")
    work = await firm.work()
    acme, bolt = await settled_client(firm, "acme", work), await settled_client(firm, "bolt", work)
    for client in (acme, bolt):
        await client.request.visit.is_("dispatched")
    await firm.platform.quiet()
    return acme, bolt


@dataclass(frozen=True)
class Served:
    """A path that can be read, with the names of its query parameters."""

    path: str
    asks: frozenset[str]

    @property
    def collection(self) -> str:
        return self.path.split("/")[2]


async def readable(firm: Firm) -> list[Served]:
    """What the merged OpenAPI document says can be read, streams aside."""
    paths = done(await firm.platform.client.get("/openapi.json"))["paths"]
    return [
        Served(path, frozenset(each["name"] for each in methods["get"].get("parameters", ())))
        for path, methods in paths.items()
        if "get" in methods and path.startswith("/v1/") and "/streams/" not in path
    ]


@pytest.mark.parametrize("role", CUSTOMER_SIDE)
async def test_no_list_and_no_thing_of_the_other_is_ever_shown(
    firm: Firm, two: tuple[Client, Client], role: str
) -> None:
    acme, bolt = two
    spy = Person(firm.platform, role, f"{bolt.customer.id}-{role}", bolt.customer.id)
    paths = await readable(firm)
    assert len(paths) >= 20, "the services serve less than they did"
    await asyncio.gather(
        *(
            nothing_is_listed(spy, each, acme)
            if "{" not in each.path
            else nothing_is_told_apart(spy, each, acme)
            for each in paths
        )
    )


async def nothing_is_listed(spy: Person, served: Served, other: Client) -> None:
    """Neither as it is nor when he asks for it by name."""
    theirs = other.ids()
    for filters in ({}, *({name: theirs[f"{name}s"]} for name in FILTERS & served.asks)):
        answer = await spy.get(served.path, limit=200, **filters)
        leaked = {mark for mark in other.marks() - set(filters.values()) if mark in answer.text}
        assert not leaked, f"{spy.role} reads {leaked} in {served.path} {filters}"


async def nothing_is_told_apart(spy: Person, served: Served, other: Client) -> None:
    """What is somebody else's answers exactly as what does not exist."""
    if served.collection not in other.ids():
        return
    theirs, nothing = await asyncio.gather(
        spy.get(with_id(served.path, other.ids()[served.collection])),
        spy.get(with_id(served.path, "no-such-id")),
    )
    assert same_answer(theirs, nothing), f"{spy.role} {served.path}: {theirs.text} against {nothing.text}"
    assert theirs.status_code in (403, 404)
    if theirs.status_code == 403:
        assert "roles" in theirs.json(), "a role is refused whatever the id"


async def test_his_own_is_shown_to_the_customer(firm: Firm, two: tuple[Client, Client]) -> None:
    """Otherwise the test above would hold for a platform that shows nothing to anybody."""
    for client in two:
        portal = client.customer.portal
        for collection, id in client.ids().items():
            if collection != "reservations":
                assert done(await portal.get(f"/v1/{collection}/{id}"))["id"] == id
        for collection in ("sites", "assets", "tickets", "visits", "contracts", "contacts"):
            shown = {each["id"] for each in done(await portal.get(f"/v1/{collection}"))["items"]}
            assert client.ids()[collection] in shown
        sent = done(await portal.get("/v1/deliveries", ticket=client.request.id))["items"]
        assert {each["customer_id"] for each in sent} <= {client.customer.id}


async def test_nothing_of_the_other_is_changed_or_named(firm: Firm, two: tuple[Client, Client]) -> None:
    acme, bolt = two
    spy = bolt.customer.portal
    before = await acme.request.now()
    ticket = f"/v1/tickets/{acme.request.id}"
    bodies: dict[str, dict[str, Any]] = {
        "cancel": {"reason": "client-consent"},
        "close": {},
        "reopen": {"reason": "again", "service": "down"},
        "notes": {"text": "hello", "public": True},
    }
    for verb, body in bodies.items():
        problem(await spy.post(f"{ticket}/{verb}", body), 404, "not-found")
    names_theirs = firm.request(before["category"], acme.site)
    refused = problem(await spy.post("/v1/tickets", names_theirs), 422, "unknown-reference")
    assert (refused["kind"], refused["id"]) == ("site", acme.site)
    for change in ({"asset": acme.asset}, {"customer_id": acme.customer.id}):
        body = {**firm.request(before["category"], bolt.site), **change}
        problem(await spy.post("/v1/tickets", body), 422, "unknown-reference")
    contact = {"customer_id": acme.customer.id, "name": "Eve"}
    problem(await spy.put(f"/v1/contacts/{firm.id('eve')}", contact), 422, "unknown-reference")
    taken = {"customer_id": bolt.customer.id, "name": "Eve"}
    problem(await spy.put(f"/v1/contacts/{acme.contact}", taken), 404, "not-found")
    assert await acme.request.now() == before
    assert done(await acme.customer.portal.get(f"/v1/contacts/{acme.contact}"))["name"] == "Ann"


async def test_colleagues_see_what_their_role_lets_them_see(firm: Firm, two: tuple[Client, Client]) -> None:
    acme, _ = two
    work = (await acme.request.now())["category"]
    secret = await firm.opens(work, acme.site, by=acme.customer.manager, confidential=True)
    for role, subject, sees_first, sees_secret in (
        ("requester", "somebody-else", False, False),
        ("portal", "erp", True, False),
        ("customer-manager", "boss", True, True),
        ("site-contact", acme.contact, True, False),
        ("site-contact", "of-nowhere", False, False),
    ):
        person = Person(firm.platform, role, subject, acme.customer.id)
        for request, sees in ((acme.request, sees_first), (secret, sees_secret)):
            answer = await person.get(f"/v1/tickets/{request.id}")
            assert answer.status_code == (200 if sees else 404), f"{role} {subject}: {answer.text}"


def with_id(path: str, id: str) -> str:
    """The path of that thing, and of nothing that there is below it."""
    head, _, rest = path.partition("{")
    return head + id + re.sub(r"{\w+}", "no-such-id", rest.partition("}")[2])


def same_answer(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers tell nothing apart but the id that was asked for."""
    if one.status_code != other.status_code:
        return False
    told = [{k: v for k, v in each.json().items() if k in ("type", "title", "kind")} for each in (one, other)]
    return told[0] == told[1]
