"""A firm, its clients and its people, so that a story reads as one."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.flows.platform import Deployment
from tests.flows.waiting import until

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

Place = tuple[float, float]
RENNES: Place = (48.111, -1.680)
CESSON: Place = (48.121, -1.603)
LYON: Place = (45.760, 4.840)
VILLEURBANNE: Place = (45.771, 4.890)
LILLE: Place = (50.630, 3.060)

Json = dict[str, Any]


def promise(minutes: int = 240, name: str = "repair", met_by: str = "resolved") -> Json:
    """A target: so many minutes round the clock; time that waits for the client does not count."""
    return {
        "name": name,
        "minutes": minutes,
        "calendar": "always",
        "stops_on": ["waiting-for-client"],
        "met_by": met_by,
    }


NOT_YET = (404, 503)
"""What a service answers about a visit while the ticket's event has not reached it."""


def done(answer: httpx.Response) -> Json:
    """What a request that had to succeed answered."""
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    body: Json = answer.json()
    return body


def problem(answer: httpx.Response, status: int, slug: str) -> Json:
    """The problem document of a request that had to be refused."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    body: Json = answer.json()
    assert body["type"] == f"/problems/{slug}", body
    assert body["title"]
    assert body["detail"]
    assert body["status"] == status
    return body


@dataclass(frozen=True)
class Person:
    """Somebody with a token. ``id`` is the token's subject."""

    platform: Deployment
    role: str
    id: str
    customer: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return self.platform.bearer(self.role, self.id, self.customer)

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self.platform.client.get(path, params=parameters or None, headers=self.headers)

    async def put(self, path: str, body: Json, **headers: str) -> httpx.Response:
        return await self.platform.client.put(path, json=body, headers={**self.headers, **headers})

    async def post(
        self, path: str, body: Json | None = None, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        given = {**self.headers, "Idempotency-Key": key or uuid.uuid4().hex, **headers}
        return await self.platform.client.post(path, json=body, headers=given)


@dataclass(frozen=True)
class InCharge(Person):
    """A contract manager: what is under the contracts that name him exists for him, and nothing else."""

    @property
    def headers(self) -> dict[str, str]:
        return self.platform.bearer(self.role, self.id, scopes=())


@dataclass(frozen=True)
class Technician(Person):
    """Does what his application lets him do, on his own visits."""

    async def does(self, visit: "Visit", *verbs: str) -> None:
        for verb in verbs:
            done(await self.post(f"/v1/visits/{visit.id}/{verb}"))

    async def declines(self, visit: "Visit", reason: str = "my car broke down") -> None:
        done(await self.post(f"/v1/visits/{visit.id}/decline", {"reason": reason}))

    async def works_on(self, visit: "Visit") -> None:
        await self.does(visit, "acknowledge", "depart", "arrive", "start")

    async def closes(self, visit: "Visit", outcome: str = "fixed", **report: Any) -> None:
        done(await self.post(f"/v1/visits/{visit.id}/close", {"outcome": outcome, **report}))


@dataclass(frozen=True)
class Customer:
    """A client company and those who speak for it."""

    id: str
    portal: Person
    manager: Person

    @property
    def ann(self) -> Json:
        """A requester, as requests name her."""
        return {"name": "Ann", "email": f"ann@{self.id}.example"}


@dataclass(frozen=True)
class Visit:
    firm: "Firm"
    id: str

    async def now(self) -> Json:
        return done(await self.firm.dispatcher.get(f"/v1/visits/{self.id}"))

    async def is_(self, *states: str, to: Person | None = None, within: float = 20) -> Json:
        """Wait until the visit is in one of the states (with that technician)."""
        seen: Json = {}

        async def there() -> bool:
            answer = await self.firm.dispatcher.get(f"/v1/visits/{self.id}")
            if answer.status_code in NOT_YET:
                return False
            seen.update(done(answer))
            return seen["state"] in states and (to is None or seen["technician_id"] == to.id)

        whom = f" to {to.id}" if to else ""
        await until(
            there,
            within=within,
            why=lambda: (
                f"for {'/'.join(states)}{whom}; it is {seen.get('state')} to {seen.get('technician_id')}"
            ),
        )
        return seen


@dataclass(frozen=True)
class Request:
    """A ticket from the outside."""

    firm: "Firm"
    id: str
    answer: httpx.Response

    async def now(self) -> Json:
        return done(await self.firm.agent.get(f"/v1/tickets/{self.id}"))

    async def is_(self, *states: str, within: float = 20) -> Json:
        """Wait until the ticket is in one of the states."""
        seen: Json = {}

        async def there() -> bool:
            seen.update(await self.now())
            return seen["state"] in states

        await until(there, within=within, why=lambda: f"for {'/'.join(states)}; it is {seen.get('state')}")
        return seen

    async def shows_technicians(self, ids: set[str], within: float = 20) -> None:
        """Wait until the ticket names these technicians and no other."""

        async def there() -> bool:
            return {each["technician_id"] for each in (await self.now())["visits"]} == ids

        await until(there, within=within, why=f"for the technicians {sorted(ids)}")

    @property
    def visit(self) -> Visit:
        """Its first visit."""
        return Visit(self.firm, f"{self.id}-1")

    async def visit_at(self, site: str) -> Visit:
        """The visit of this site that was asked for last."""
        visits = (await self.now())["visits"]
        return Visit(self.firm, [each["id"] for each in visits if each["site_id"] == site][-1])

    async def has_visits(self, count: int) -> list[Json]:
        """Wait until the ticket has so many visits."""
        seen: list[Json] = []

        async def there() -> bool:
            seen[:] = (await self.now())["visits"]
            return len(seen) == count

        await until(there, why=lambda: f"for {count} visits; there are {len(seen)}")
        return seen

    async def tells(self, *types: str) -> None:
        """Wait until each of these is on the timeline, as often as it is named here and not more often."""
        wanted, seen = Counter(types), Counter[str]()

        async def there() -> bool:
            seen.clear()
            seen.update(each for each in await self.events() if each in wanted)
            return seen >= wanted

        await until(there, why=lambda: f"for {dict(wanted)}; there are {dict(seen)}")
        assert seen == wanted

    async def events(self) -> list[str]:
        """The types on its timeline, oldest first."""
        found: list[str] = []
        place: Json = {}
        while True:
            page = done(await self.firm.agent.get(f"/v1/tickets/{self.id}/timeline", limit=200, **place))
            found += [line["event"] for line in page["items"]]
            if page["next"] is None:
                return found
            place = {"cursor": page["next"]}


@dataclass
class Firm:
    """``name`` begins every id, skills included, so that stories on one platform do not meet."""

    platform: Deployment
    name: str
    _customers: list[Customer] = field(default_factory=list)
    _sites: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.admin = self.person("admin")
        self.agent = self.person("agent")
        self.dispatcher = self.person("dispatcher")
        self.stock_keeper = self.person("stock-keeper")

    def id(self, name: str) -> str:
        return f"{self.name}-{name}"

    def person(self, role: str, name: str | None = None, customer: Customer | None = None) -> Person:
        return Person(self.platform, role, self.id(name or role), customer.id if customer else None)

    async def customer(self, name: str = "acme") -> Customer:
        id = self.id(name)
        done(await self.admin.put(f"/v1/customers/{id}", {"name": name.title()}))
        customer = Customer(
            id,
            Person(self.platform, "portal", f"{id}-portal", id),
            Person(self.platform, "customer-manager", f"{id}-manager", id),
        )
        self._customers.append(customer)
        return customer

    async def site(self, customer: Customer, name: str = "office", near: Place = RENNES, **body: Any) -> str:
        id = f"{customer.id}-{name}"
        latitude, longitude = near
        written = {
            "customer_id": customer.id,
            "name": name.title(),
            "address": "1 rue de la Paix",
            "postcode": "35000",
            "commune": "Rennes",
            "latitude": latitude,
            "longitude": longitude,
            "time_zone": "Europe/Paris",
            "holidays": "FR",
            **body,
        }
        done(await self.stock_keeper.put(f"/v1/sites/{id}", written))
        self._sites[id] = customer.id
        return id

    def contract_manager(self, name: str) -> InCharge:
        return InCharge(self.platform, "contract-manager", self.id(name))

    async def contract(
        self,
        customer: Customer,
        *promises: Json,
        name: str = "care",
        managers: Sequence[Person] = (),
        billing: Json | None = None,
        penalties: Json | None = None,
    ) -> str:
        """The same promises for every priority, at all of the customer's sites."""
        id = f"{customer.id}-{name}"
        always = {"time_zone": "Europe/Paris", "weekly": ALWAYS}
        body = {
            "customer_id": customer.id,
            "name": name.title(),
            "managers": [each.id for each in managers],
            "valid_from": "2016-01-01",
            "calendars": {"always": always},
            "targets": {f"P{n}": list(promises) for n in range(1, 6)},
            "billing": billing,
            "penalties": penalties,
        }
        done(await self.admin.put(f"/v1/contracts/{id}", body))
        if managers:
            # Which contracts are somebody's is asked when he begins to listen.
            known = self.platform.db("notify").contracts_copy

            async def notify_knows() -> bool:
                return await known.find_one({"_id": id}) is not None

            await until(notify_knows, why=f"for notify to know the contract {id}")
        return id

    async def technician(
        self, name: str, near: Place = RENNES, *, can: Sequence[str] = ("repair",), **body: Any
    ) -> Technician:
        """Somebody with these skills, who works round the clock if nothing else is said."""
        id = self.id(name)
        latitude, longitude = near
        written = {
            "name": name.title(),
            "skills": {self.id(skill): 2 for skill in can},
            "home": {"latitude": latitude, "longitude": longitude},
            "time_zone": "Europe/Paris",
            "shifts": ALWAYS,
            "email": f"{id}@firm.example",
            "language": "en",
            **body,
        }
        done(await self.dispatcher.put(f"/v1/technicians/{id}", written))
        return Technician(self.platform, "technician", id)

    async def work(
        self,
        name: str = "repair",
        *,
        takes: Sequence[str] = ("repair",),
        parts: dict[str, int] | None = None,
        minutes: int = 30,
        remote: bool = False,
    ) -> str:
        """A work type that takes these skills and parts; ``remote``: tried from the desk first."""
        id = self.id(name)
        body = {
            "name": {"fr": name, "en": name},
            "kind": "incident",
            "skills": {self.id(skill): 1 for skill in takes},
            "duration_minutes": minutes,
            "parts": [{"sku": sku, "quantity": quantity} for sku, quantity in (parts or {}).items()],
            "remote": remote,
        }
        done(await self.admin.put(f"/v1/work-types/{id}", body))
        return id

    async def part(self, name: str) -> str:
        sku = self.id(name)
        done(await self.stock_keeper.put(f"/v1/parts/{sku}", {"name": name}))
        return sku

    async def stock(self, location: str, sku: str, quantity: int) -> None:
        body = {"location": location, "sku": sku, "quantity": quantity}
        done(await self.stock_keeper.post("/v1/stock/receive", body))

    def request(self, work: str, *sites: str, urgent: bool = True, **more: Any) -> Json:
        """The body of a request; an urgent one is a P1, another a P4."""
        return {
            "kind": "incident",
            "summary": "The printer is jammed",
            "description": "It blinks",
            "category": work,
            "impact": "high" if urgent else "low",
            "urgency": "high" if urgent else "medium",
            "sites": list(sites),
            **more,
        }

    async def opens(self, work: str, *sites: str, by: Person | None = None, **more: Any) -> Request:
        """A request becomes a ticket."""
        answer = await (by or self.agent).post("/v1/tickets", self.request(work, *sites, **more))
        return Request(self, done(answer)["id"], answer)

    async def leave(self) -> None:
        """Cancel what is still open, so that nobody is asked to go there during the next story."""
        states = ["new", "triaged", "scheduled", "in-progress", "on-hold"]
        for customer in self._customers:
            open_ones = done(
                await self.admin.get("/v1/tickets", customer=customer.id, state=states, limit=200)
            )["items"]
            cancel = {"reason": "client-consent"}
            await asyncio.gather(
                *(self.admin.post(f"/v1/tickets/{each['id']}/cancel", cancel) for each in open_ones)
            )
