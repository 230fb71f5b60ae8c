"""The sample firm: three agencies, twenty technicians, twelve clients, sixty sites; a seed gives the same."""

import random
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from infra.local.people import Person
from infra.sample.calls import Call, Json
from infra.sample.people import FIRST, HANDS, LAST, PEOPLE, STAFF, Hand
from infra.sample.places import AGENCIES, CLIENTS, PLACES, REUNION, WEEK, Agency, Client, Place
from infra.sample.promises import PROMISES, SCALE
from infra.sample.questions import QUESTIONS
from infra.sample.repairs import REPAIRS
from infra.sample.rota import TURNS
from infra.sample.script import SCRIPT, Line
from infra.sample.tariffs import TARIFFS
from infra.sample.trade import SPARES, WORKS, Spare, Work

_FICTION = {"lyon": "46571", "nancy": "35301", "nantes": "26191", "lille": "35301", REUNION: "63998"}
"""Numbers that are set aside for fiction, by where they are; there are none overseas but mobile ones."""

_MACHINES = (
    ("server", "Serveur", "Dell", "PowerEdge T360"),
    ("copier", "Copieur", "Ricoh", "IM C2510"),
    ("workstation", "Poste de travail", "HP", "Elite Mini 800"),
)


@dataclass(frozen=True)
class Stocked:
    """How many of a part a place holds when it is full."""

    location: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class House:
    """Who and where, before they become bodies: a services firm, or a company's own IT department.

    ``turns`` are who takes turns on call, by territory; ``staff`` subjects with their roles; ``people``
    one for each role, for whom tokens are made; ``script`` its day.
    """

    agencies: tuple[Agency, ...]
    clients: tuple[Client, ...]
    places: tuple[Place, ...]
    hands: tuple[Hand, ...]
    turns: Mapping[str, tuple[str, ...]]
    staff: Mapping[str, str]
    people: Mapping[str, Person]
    script: tuple[Line, ...]


HOUSE = House(AGENCIES, CLIENTS, PLACES, HANDS, TURNS, STAFF, PEOPLE, SCRIPT)
"""The sample firm."""


@dataclass(frozen=True)
class Firm:
    """Bodies by id, as the public interface takes them, and what the stock holds when full."""

    house: House

    parts: Mapping[str, Json]
    work_types: Mapping[str, Json]
    customers: Mapping[str, Json]
    technicians: Mapping[str, Json]
    sites: Mapping[str, Json]
    contracts: Mapping[str, Json]
    contacts: Mapping[str, Json]
    assets: Mapping[str, Json]
    staff: Mapping[str, Json]
    stock: tuple[Stocked, ...]

    def requests_to_put(self) -> list[Call]:
        """Everything, in an order in which each thing finds what it names; repeating it changes nothing."""
        kinds = (
            ("customers", self.customers),
            ("parts", self.parts),
            ("work-types", self.work_types),
            ("articles", REPAIRS),
            ("diagnoses", QUESTIONS),
            ("technicians", self.technicians),
            ("sites", self.sites),
            ("contracts", self.contracts),
            ("contacts", self.contacts),
            ("assets", self.assets),
            ("staff", self.staff),
        )
        puts = [Call("PUT", f"/v1/{kind}/{id}", body) for kind, all_ in kinds for id, body in all_.items()]
        return puts + self.restocking(())

    def publishing(self) -> list[Call]:
        """What has been put is found and asked from then on; again it changes nothing."""
        read = [
            Call("POST", f"/v1/articles/{id}/{verb}", {}) for id in REPAIRS for verb in ("review", "publish")
        ]
        return read + [Call("POST", f"/v1/diagnoses/{id}/publish", {}) for id in QUESTIONS]

    def wishes(self) -> list[Call]:
        """Whoever has a mobile telephone wants to know by SMS that a technician is on his way."""
        mobile = (id for id, body in self.contacts.items() if str(body["phone"]).startswith("+336"))
        wish = {"kinds": {"technician-en-route": "sms"}}
        return [Call("PUT", f"/v1/preferences?person={id}&as=contact", wish) for id in mobile]

    def restocking(self, present: Iterable[Json]) -> list[Call]:
        """What to receive so that every place is full again. ``present``: items of ``GET /v1/stock``."""
        there = {(level["location"], level["sku"]): int(level["on_hand"]) for level in present}
        return [
            Call(
                "POST", "/v1/stock/receive", {"location": full.location, "sku": full.sku, "quantity": lacking}
            )
            for full in self.stock
            if (lacking := full.quantity - there.get((full.location, full.sku), 0)) > 0
        ]

    def someone(self, role: str) -> str:
        """The subject of one of the firm's own people who has that role."""
        return self.all_who_are(role)[0]

    def all_who_are(self, role: str) -> tuple[str, ...]:
        return tuple(subject for subject, his in self.house.staff.items() if his == role)

    def promises_remote_work(self, customer_id: str) -> bool:
        """Whether a contract of theirs wants somebody to begin, be it remotely, within a time."""
        theirs = (body for body in self.contracts.values() if body["customer_id"] == customer_id)
        return any(each["met_by"] == "started" for body in theirs for each in body["targets"]["P1"])

    def contact_at(self, site_id: str) -> Json:
        """Who answers for a site, as a request names him."""
        found = next(body for body in self.contacts.values() if body["sites"] == [site_id])
        return {"name": found["name"], "email": found["email"], "phone": found["phone"]}


def firm(seed: int = 1, house: House = HOUSE) -> Firm:
    """The firm. The seed decides people's names, house numbers, telephones and serials; ids never change."""
    chance = random.Random(seed)
    return Firm(
        house=house,
        parts={
            s.sku: {"name": s.name, "reorder_point": s.in_depot // 2, "supplier": s.supplier} for s in SPARES
        },
        work_types={work.id: _work_type(work) for work in WORKS},
        customers={client.id: {"name": client.name} for client in house.clients},
        technicians={hand.id: _technician(hand, chance) for hand in house.hands},
        sites={place.id: _site(place, house, chance) for place in house.places},
        contracts={_contract_id(each.id): _contract(each) for each in house.clients if each.promises},
        contacts=dict(_contacts(house, chance)),
        assets=dict(_assets(house, chance)),
        staff={
            subject: _staff_member(subject, role, n) for n, (subject, role) in enumerate(house.staff.items())
        },
        stock=tuple(_stock(house)),
    )


def _work_type(work: Work) -> Json:
    body: dict[str, object] = {
        "name": {"fr": work.fr, "en": work.en},
        "kind": work.kind,
        "skills": work.skills,
        "duration_minutes": work.minutes,
        "parts": [{"sku": sku, "quantity": quantity} for sku, quantity in work.needs.items()],
    }
    if work.remote:
        body["remote"] = True
    if work.safety is not None:
        body["safety"] = work.safety
    return body


def _technician(hand: Hand, chance: random.Random) -> Json:
    body: dict[str, object] = {
        "name": hand.name,
        "skills": hand.skills,
        "home": {"latitude": hand.latitude, "longitude": hand.longitude},
        "territory": hand.territory,
        "time_zone": hand.time_zone,
        "holidays": hand.holidays,
        "shifts": {day: [list(hand.shift)] for day in WEEK},
        "email": f"{hand.id}@{'partenaire' if hand.partner else 'astreinte'}.example",
        "phone": f"+33639980{chance.randrange(1000):03d}",
        "language": hand.language,
    }
    return {**body, "regime": "partner"} if hand.partner else {**body, "agency": hand.territory}


def _staff_member(subject: str, role: str, n: int) -> Json:
    return {
        "name": subject.capitalize(),
        "role": role,
        "email": f"{subject}@astreinte.example",
        "phone": f"+33639981{n:03d}",
        "language": "fr",
        "on_duty": True,
    }


def _site(place: Place, house: House, chance: random.Random) -> Json:
    client = _client(place.client, house)
    body = {
        "customer_id": place.client,
        "name": place.name,
        "address": f"{chance.randrange(1, 120)} {place.street}",
        "postcode": place.postcode,
        "commune": place.commune,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "time_zone": place.time_zone,
        "holidays": place.holidays,
        "good_friday": place.good_friday,
        "territory": place.agency,
    }
    if client.opening is not None:
        body["opening"] = client.opening
    if place.instructions is not None:
        body["access"] = {"instructions": place.instructions, "badge_lead_minutes": 5}
    return body


def _contract(client: Client) -> Json:
    promises = PROMISES[client.promises or ""]
    penalties = {"penalties": SCALE} if "gtr" in promises.targets else {}
    return {
        **penalties,
        "customer_id": client.id,
        "name": f"Maintenance {client.name}",
        "managers": list(client.managers),
        "valid_from": "2016-01-01",
        "calendars": {"hours": promises.calendar()},
        "targets": promises.by_priority(),
        "billing": TARIFFS[client.promises or ""],
    }


def _contacts(house: House, chance: random.Random) -> Iterator[tuple[str, Json]]:
    names = [(first, last) for first in FIRST for last in LAST]
    chance.shuffle(names)
    for place, (first, last) in zip(house.places, names, strict=False):
        client = _client(place.client, house)
        yield (
            f"at-{place.id}",
            {
                "customer_id": client.id,
                "name": f"{first} {last}",
                "email": f"{_plain(first)}.{_plain(last)}@{client.domain}",
                "phone": f"+33{_FICTION[place.agency]}{chance.randrange(10_000):04d}",
                "language": "fr",
                "sites": [place.id],
                "role": "Référent informatique",
            },
        )


def _assets(house: House, chance: random.Random) -> Iterator[tuple[str, Json]]:
    covered = {client.id for client in house.clients if client.promises}
    for n, place in enumerate(house.places):
        kind, name, manufacturer, model = _MACHINES[n % len(_MACHINES)]
        year = 2022 + n % 4
        body = {
            "site_id": place.id,
            "name": f"{name} {place.name}",
            "kind": kind,
            "manufacturer": manufacturer,
            "model": model,
            "serial": f"{manufacturer[:2].upper()}{chance.randrange(16**7):07X}",
            "bought_on": f"{year}-09-01",
            "warranty_until": f"{year + 3}-08-31",
        }
        if place.client in covered:
            body["contract_id"] = _contract_id(place.client)
        yield f"{kind}-{place.id}", body


def _stock(house: House) -> Iterator[Stocked]:
    for spare in SPARES:
        for agency in house.agencies:
            if spare.in_depot:
                yield Stocked(f"depot:{agency.id}", spare.sku, spare.in_depot)
        for hand in house.hands:
            if _carries(hand, spare):
                yield Stocked(f"van:{hand.id}", spare.sku, spare.in_van)


def _carries(hand: Hand, spare: Spare) -> bool:
    level: int = hand.skills.get(spare.skill, 0)
    return level >= spare.level


def _client(id: str, house: House) -> Client:
    return next(client for client in house.clients if client.id == id)


def _contract_id(client_id: str) -> str:
    return f"{client_id}-care"


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()
