"""The sample firm is what its promises say, and every body of it is one that the interfaces take."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from contracts.values import ID_PATTERN
from infra.chassis.http.body import Body
from infra.sample.firm import Firm, firm
from services.dispatch.api.technicians import TechnicianBody
from services.inventory.api.assets import AssetBody
from services.inventory.api.parts import PartBody
from services.inventory.api.sites import SiteBody
from services.inventory.api.stock import ReceiveBody
from services.ticket.api.contacts import ContactBody
from services.ticket.api.contract_body import ContractBody
from services.ticket.api.customers import CustomerBody
from services.ticket.api.work_types import WorkTypeBody

BODIES: Mapping[str, type[Body]] = {
    "customers": CustomerBody,
    "contracts": ContractBody,
    "contacts": ContactBody,
    "work-types": WorkTypeBody,
    "technicians": TechnicianBody,
    "sites": SiteBody,
    "assets": AssetBody,
    "parts": PartBody,
    "stock": ReceiveBody,
}


@pytest.fixture(scope="module")
def sample() -> Firm:
    return firm(1)


def test_it_has_two_agencies_ten_technicians_six_clients_and_thirty_sites(sample: Firm) -> None:
    agencies = {body["agency"] for body in sample.technicians.values()}
    assert (len(agencies), len(sample.technicians), len(sample.customers), len(sample.sites)) == (
        2,
        10,
        6,
        30,
    )
    assert sum(site["holidays"] == "FR-57" for site in sample.sites.values()) == 2
    assert len({tuple(body["shifts"]["mon"][0]) for body in sample.technicians.values()}) >= 4


def test_every_body_is_one_that_the_interface_takes(sample: Firm) -> None:
    for call in sample.requests_to_put():
        [_, version, kind, id, *_] = call.path.split("/")
        assert version == "v1"
        assert re.fullmatch(ID_PATTERN, id)
        BODIES[kind].model_validate(call.body)


def test_everything_named_exists_by_the_time_it_is_named(sample: Firm) -> None:
    known: set[tuple[str, str]] = set()
    for call in sample.requests_to_put():
        [_, _, kind, id, *_] = call.path.split("/")
        assert set(_named(kind, call.body)) <= known
        known.add((kind, id))


def _named(kind: str, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    single = {"customer_id": "customers", "site_id": "sites", "contract_id": "contracts", "sku": "parts"}
    named = [(single[field], str(value)) for field, value in body.items() if field in single]
    named += [("sites", site) for site in body.get("sites", ())]
    named += [("parts", part["sku"]) for part in body.get("parts", ())]
    return named


def test_the_seed_decides_who_people_are_and_never_their_ids(sample: Firm) -> None:
    assert firm(1) == sample
    other = firm(2)
    assert other.contacts != sample.contacts
    assert other.contacts.keys() == sample.contacts.keys()
    assert other.assets.keys() == sample.assets.keys()


def test_putting_it_again_carries_the_same_keys(sample: Firm) -> None:
    keys = [call.key for call in sample.requests_to_put()]
    assert keys == [call.key for call in firm(1).requests_to_put()]
    assert len(set(keys)) == len(keys)


def test_restocking_receives_only_what_is_lacking(sample: Firm) -> None:
    [first, *rest] = sample.stock
    full = [{"location": s.location, "sku": s.sku, "on_hand": s.quantity} for s in rest]
    lacking = {"location": first.location, "sku": first.sku, "on_hand": first.quantity - 1}
    [call] = sample.restocking([*full, lacking])
    assert call.body == {"location": first.location, "sku": first.sku, "quantity": 1}
