"""The sample firm: two agencies, ten technicians, six clients, thirty sites; the same for the same seed."""

import random
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from infra.sample.calls import Call, Json
from infra.sample.people import FIRST, HANDS, LAST, Hand
from infra.sample.places import AGENCIES, CLIENTS, PLACES, WEEK, Client, Place
from infra.sample.trade import SPARES, WORKS, Spare, Work

_HOURS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "round-the-clock": {"P1": (1, 4), "P2": (2, 8), "P3": (4, 24), "P4": (8, 72), "P5": (8, 72)},
    "business": {"P1": (2, 6), "P2": (4, 10), "P3": (8, 20), "P4": (10, 40), "P5": (10, 40)},
    "shops": {"P1": (2, 6), "P2": (4, 12), "P3": (10, 24), "P4": (20, 48), "P5": (20, 48)},
}
"""Hours to the start on site and to the restoration, by what was bought and priority."""

_STOPS = ["waiting-for-client", "waiting-for-access", "appointment"]
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
class Firm:
    """Bodies by id, as the public interface takes them, and what the stock holds when full."""

    parts: Mapping[str, Json]
    work_types: Mapping[str, Json]
    customers: Mapping[str, Json]
    technicians: Mapping[str, Json]
    sites: Mapping[str, Json]
    contracts: Mapping[str, Json]
    contacts: Mapping[str, Json]
    assets: Mapping[str, Json]
    stock: tuple[Stocked, ...]

    def requests_to_put(self) -> list[Call]:
        """Everything, in an order in which each thing finds what it names; repeating it changes nothing."""
        kinds = (
            ("customers", self.customers),
            ("parts", self.parts),
            ("work-types", self.work_types),
            ("technicians", self.technicians),
            ("sites", self.sites),
            ("contracts", self.contracts),
            ("contacts", self.contacts),
            ("assets", self.assets),
        )
        puts = [Call("PUT", f"/v1/{kind}/{id}", body) for kind, all_ in kinds for id, body in all_.items()]
        return puts + self.restocking(())

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

    def contact_at(self, site_id: str) -> Json:
        """Who answers for a site, as a request names him."""
        found = next(body for body in self.contacts.values() if body["sites"] == [site_id])
        return {"name": found["name"], "email": found["email"], "phone": found["phone"]}


def firm(seed: int = 1) -> Firm:
    """The firm. The seed decides people's names, house numbers, telephones and serials; ids never change."""
    chance = random.Random(seed)
    return Firm(
        parts={
            s.sku: {"name": s.name, "reorder_point": s.in_depot // 2, "supplier": s.supplier} for s in SPARES
        },
        work_types={work.id: _work_type(work) for work in WORKS},
        customers={client.id: {"name": client.name} for client in CLIENTS},
        technicians={hand.id: _technician(hand, chance) for hand in HANDS},
        sites={place.id: _site(place, chance) for place in PLACES},
        contracts={_contract_id(client.id): _contract(client) for client in CLIENTS},
        contacts=dict(_contacts(chance)),
        assets=dict(_assets(chance)),
        stock=tuple(_stock()),
    )


def _work_type(work: Work) -> Json:
    body = {
        "name": {"fr": work.fr, "en": work.en},
        "kind": work.kind,
        "skills": work.skills,
        "duration_minutes": work.minutes,
        "parts": [{"sku": sku, "quantity": quantity} for sku, quantity in work.needs.items()],
    }
    return body if work.safety is None else {**body, "safety": work.safety}


def _technician(hand: Hand, chance: random.Random) -> Json:
    return {
        "name": hand.name,
        "skills": hand.skills,
        "home": {"latitude": hand.latitude, "longitude": hand.longitude},
        "agency": hand.agency,
        "territory": hand.agency,
        "time_zone": "Europe/Paris",
        "holidays": "FR",
        "shifts": {day: [list(hand.shift)] for day in WEEK},
        "email": f"{hand.id}@astreinte.example",
        "phone": f"+33639980{chance.randrange(1000):03d}",
        "language": "fr",
    }


def _site(place: Place, chance: random.Random) -> Json:
    client = _client(place.client)
    body = {
        "customer_id": place.client,
        "name": place.name,
        "address": f"{chance.randrange(1, 120)} {place.street}",
        "postcode": place.postcode,
        "commune": place.commune,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "time_zone": "Europe/Paris",
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
    if client.pace == "round-the-clock":
        weekly = {day: [["00:00", "24:00"]] for day in (*WEEK, "sat", "sun")}
        calendar = {"time_zone": "site", "weekly": weekly, "holidays": "none"}
    else:
        days = (*WEEK, "sat") if client.pace == "shops" else WEEK
        calendar = {
            "time_zone": "site",
            "weekly": {day: [["08:00", "18:00"]] for day in days},
            "holidays": "site",
        }
    return {
        "customer_id": client.id,
        "name": f"Maintenance {client.name}",
        "managers": ["claire"],
        "valid_from": "2016-01-01",
        "calendars": {"hours": calendar},
        "targets": {
            priority: [
                _target("start", "started-onsite", start),
                _target("restoration", "restored", restore),
            ]
            for priority, (start, restore) in _HOURS[client.pace].items()
        },
    }


def _target(name: str, met_by: str, hours: float) -> Json:
    return {
        "name": name,
        "minutes": int(hours * 60),
        "calendar": "hours",
        "stops_on": _STOPS,
        "met_by": met_by,
    }


def _contacts(chance: random.Random) -> Iterator[tuple[str, Json]]:
    names = [(first, last) for first in FIRST for last in LAST]
    chance.shuffle(names)
    for place, (first, last) in zip(PLACES, names, strict=False):
        client = _client(place.client)
        yield (
            f"at-{place.id}",
            {
                "customer_id": client.id,
                "name": f"{first} {last}",
                "email": f"{_plain(first)}.{_plain(last)}@{client.domain}",
                # 04 65 71 and 03 53 01 are set aside for fiction.
                "phone": f"+33{'46571' if place.agency == 'lyon' else '35301'}{chance.randrange(10_000):04d}",
                "language": "fr",
                "sites": [place.id],
                "role": "Référent informatique",
            },
        )


def _assets(chance: random.Random) -> Iterator[tuple[str, Json]]:
    for n, place in enumerate(PLACES):
        kind, name, manufacturer, model = _MACHINES[n % len(_MACHINES)]
        year = 2022 + n % 4
        yield (
            f"{kind}-{place.id}",
            {
                "site_id": place.id,
                "name": f"{name} {place.name}",
                "kind": kind,
                "manufacturer": manufacturer,
                "model": model,
                "serial": f"{manufacturer[:2].upper()}{chance.randrange(16**7):07X}",
                "bought_on": f"{year}-09-01",
                "warranty_until": f"{year + 3}-08-31",
                "contract_id": _contract_id(place.client),
            },
        )


def _stock() -> Iterator[Stocked]:
    for spare in SPARES:
        for agency in AGENCIES:
            if spare.in_depot:
                yield Stocked(f"depot:{agency.id}", spare.sku, spare.in_depot)
        for hand in HANDS:
            if _carries(hand, spare):
                yield Stocked(f"van:{hand.id}", spare.sku, spare.in_van)


def _carries(hand: Hand, spare: Spare) -> bool:
    level: int = hand.skills.get(spare.skill, 0)
    return level >= spare.level


def _client(id: str) -> Client:
    return next(client for client in CLIENTS if client.id == id)


def _contract_id(client_id: str) -> str:
    return f"{client_id}-care"


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()
