"""What has to exist before a log can be played: customers, sites, work types, technicians."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.replay.mapping import REMOTE, LogMapping, Team

UNKNOWN_LOCATION = "unknown location"
SPREAD_DEGREES = 0.008
"""How far from a commune's middle its sites lie, about half a kilometre."""

COUNTRY_HOLIDAYS = "FR"


@dataclass(frozen=True)
class Put:
    """One piece of reference data: ``PUT path`` with ``body``."""

    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Site:
    """Where a location of the log is taken to be."""

    id: str
    customer_id: str
    agency: str
    put: Put


def slug(text: str) -> str:
    """The text as (a part of) an id; different texts give different ones."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if 0 < len(plain) <= 24 and re.fullmatch(r"[a-z0-9 _-]+", text.lower()):
        return plain
    return f"{plain[:16]}-{_digest(text):08x}".lstrip("-")


def customer_ids(mapping: LogMapping) -> tuple[str, ...]:
    return tuple(f"{mapping.prefix}-{customer.id}" for customer in mapping.customers)


def on_site_type(mapping: LogMapping, work_type: str) -> str:
    return f"{mapping.prefix}-{work_type}"


def remote_type(mapping: LogMapping, work_type: str) -> str:
    return f"{mapping.prefix}-{work_type}{REMOTE}"


def is_remote(work_type_id: str) -> bool:
    """Whether a work type that this module made is one that needs nobody on site."""
    return work_type_id.endswith(REMOTE)


def site_of(mapping: LogMapping, location: str | None) -> Site:
    """The site of a location, in a commune near an agency; the same location is always the same site."""
    name = location or UNKNOWN_LOCATION
    chance = _digest(name)
    customer = customer_ids(mapping)[chance % len(mapping.customers)]
    agency_id = sorted(mapping.agencies)[chance // 7 % len(mapping.agencies)]
    communes = mapping.agencies[agency_id].communes
    commune = communes[chance // 101 % len(communes)]
    east, north = (chance >> 8) % 1000 / 500 - 1, (chance >> 18) % 1000 / 500 - 1
    id = f"{mapping.prefix}-{slug(name)}"
    body = {
        "customer_id": customer,
        "name": name,
        "address": f"{chance % 200 + 1} rue de la République",
        "postcode": commune.postcode,
        "commune": commune.name,
        "latitude": round(commune.latitude + north * SPREAD_DEGREES, 6),
        "longitude": round(commune.longitude + east * SPREAD_DEGREES, 6),
        "time_zone": mapping.time_zone,
        "holidays": COUNTRY_HOLIDAYS,
        "territory": agency_id,
    }
    return Site(id, customer, agency_id, Put(f"/v1/sites/{id}", body))


def reference_data(mapping: LogMapping, locations: Iterable[str | None]) -> tuple[tuple[Put, ...], ...]:
    """Everything to put, in stages: what is in one stage needs only what is in those before it."""
    customers = (
        Put(f"/v1/customers/{id}", {"name": customer.name})
        for id, customer in zip(customer_ids(mapping), mapping.customers, strict=True)
    )
    sites = {site.id: site.put for site in (site_of(mapping, location) for location in locations)}
    first = (*customers, *_work_types(mapping), *_technicians(mapping))
    return first, tuple(sites[id] for id in sorted(sites))


def _work_types(mapping: LogMapping) -> Iterator[Put]:
    for id, work in sorted(mapping.work_types.items()):
        yield Put(
            f"/v1/work-types/{on_site_type(mapping, id)}",
            {
                "name": work.name.model_dump(),
                "kind": "incident",
                "skills": {work.skill: work.level},
                "duration_minutes": work.minutes,
            },
        )
        yield Put(
            f"/v1/work-types/{remote_type(mapping, id)}",
            {
                "name": {"fr": f"{work.name.fr} (à distance)", "en": f"{work.name.en} (remote)"},
                "kind": "incident",
                "skills": {mapping.desk.skill: 1},
                "duration_minutes": work.remote_minutes,
                "remote": True,
            },
        )


def _technicians(mapping: LogMapping) -> Iterator[Put]:
    for group, team in sorted(mapping.teams.items()):
        yield from _team(mapping, group, team)
    yield from _team(mapping, "desk", mapping.desk.team)


def _team(mapping: LogMapping, group: str, team: Team) -> Iterator[Put]:
    for agency_id, agency in sorted(mapping.agencies.items()):
        for n in range(1, team.technicians + 1):
            yield Put(
                f"/v1/technicians/{mapping.prefix}-{slug(group)}-{agency_id}-{n}",
                {
                    "name": f"{group} {agency.name} {n}",
                    "skills": dict(team.skills),
                    "home": {"latitude": agency.latitude, "longitude": agency.longitude},
                    "agency": agency_id,
                    "territory": agency_id,
                    "time_zone": mapping.time_zone,
                    "holidays": COUNTRY_HOLIDAYS,
                    "shifts": {
                        day: [list(window) for window in windows]
                        for day, windows in mapping.shifts[team.shifts].items()
                    },
                },
            )


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
