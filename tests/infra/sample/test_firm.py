"""The sample firm is what its promises say, and every body of it is one that the interfaces take."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from contracts.values import ID_PATTERN
from infra.chassis.http.body import Body
from infra.chassis.http.roles import ROLES
from infra.sample.firm import Firm, firm
from infra.sample.loading import SAMPLES
from infra.sample.people import STAFF
from infra.sample.rota import rota
from infra.sample.trade import SPARES
from services.dispatch.api.rota import RotaEntryBody
from services.dispatch.api.technicians import TechnicianBody
from services.inventory.api.asset_body import AssetBody
from services.inventory.api.parts import PartBody
from services.inventory.api.sites import SiteBody
from services.inventory.api.stock import ReceiveBody
from services.notify.api.preferences import PreferencesBody
from services.notify.api.staff import StaffBody
from services.notify.domain.message import MessageKind
from services.notify.domain.preferences import Wish
from services.notify.sms.numbers import e164
from services.ticket.api.article_body import RepairBody
from services.ticket.api.contacts import ContactBody
from services.ticket.api.contract_body import ContractBody
from services.ticket.api.customers import CustomerBody
from services.ticket.api.diagnosis_body import TreeBody
from services.ticket.api.work_types import WorkTypeBody

BODIES: Mapping[str, type[Body]] = {
    "customers": CustomerBody,
    "contracts": ContractBody,
    "contacts": ContactBody,
    "work-types": WorkTypeBody,
    "diagnoses": TreeBody,
    "articles": RepairBody,
    "technicians": TechnicianBody,
    "sites": SiteBody,
    "assets": AssetBody,
    "staff": StaffBody,
    "parts": PartBody,
    "stock": ReceiveBody,
}


@pytest.fixture(scope="module")
def sample() -> Firm:
    return firm(1)


@pytest.fixture(scope="module", params=SAMPLES)
def either(request: pytest.FixtureRequest) -> Firm:
    return SAMPLES[request.param](1)


def test_it_has_three_agencies_twenty_technicians_twelve_clients_and_sixty_sites(sample: Firm) -> None:
    agencies = {body["agency"] for body in sample.technicians.values() if "agency" in body}
    assert len(agencies) == 3
    assert (len(sample.technicians), len(sample.customers), len(sample.sites)) == (20, 12, 60)
    assert len({tuple(body["shifts"]["mon"][0]) for body in sample.technicians.values()}) >= 4
    assert {body["language"] for body in sample.technicians.values()} == {"fr", "en"}


def test_sites_have_the_holidays_and_the_hour_of_where_they_are(sample: Firm) -> None:
    holidays = Counter(site["holidays"] for site in sample.sites.values())
    assert (holidays["FR-6AE"], holidays["FR-974"]) == (1, 1)
    assert holidays["FR-57"] >= 2
    [overseas] = [site for site in sample.sites.values() if site["time_zone"] != "Europe/Paris"]
    [there] = [each for each in sample.technicians.values() if each["territory"] == overseas["territory"]]
    assert (overseas["holidays"], there["holidays"], there["time_zone"]) == ("FR-974",) * 2 + (
        overseas["time_zone"],
    )
    assert (there["regime"], "agency" in there) == ("partner", False)


def test_contracts_are_of_different_rigour_and_each_has_its_managers(sample: Firm) -> None:
    calendars = {json.dumps(body["calendars"], sort_keys=True) for body in sample.contracts.values()}
    assert len(calendars) == 4
    targets = [target for body in sample.contracts.values() for target in body["targets"]["P1"]]
    assert {target["met_by"] for target in targets} == {"started", "started-onsite", "restored", "resolved"}
    assert any("days" in target for target in targets)
    managers = {subject for subject, role in STAFF.items() if role == "contract-manager"}
    assert {name for body in sample.contracts.values() for name in body["managers"]} == managers


def test_somebody_of_each_agency_is_on_call_at_any_time(sample: Firm) -> None:
    entries = [call.body for call in rota(date(2026, 3, 4))]
    for territory in {body["agency"] for body in sample.technicians.values() if "agency" in body}:
        there = sorted((e["from"], e["to"]) for e in entries if e["territory"] == territory)
        assert there[0][0] == "2026-03-02T07:00:00.000Z"
        assert all(before[1] == after[0] for before, after in pairwise(there))
        assert there[-1][1] > "2026-03-19", "known fifteen days before"
    for entry in entries:
        RotaEntryBody.model_validate(entry)
        assert sample.technicians[str(entry["technician_id"])]["territory"] == entry["territory"]


def test_the_internal_department_has_one_customer_and_no_contract() -> None:
    department = SAMPLES["internal"](1)
    assert (len(department.customers), len(department.contracts)) == (1, 0)
    assert "contract_id" not in {field for body in department.assets.values() for field in body}
    assert department.house.people.keys() == ROLES


def test_every_body_is_one_that_the_interface_takes(either: Firm) -> None:
    for call in either.requests_to_put():
        [_, version, kind, id, *_] = call.path.split("/")
        assert version == "v1"
        assert re.fullmatch(ID_PATTERN, id)
        BODIES[kind].model_validate(call.body)


def test_everything_named_exists_by_the_time_it_is_named(either: Firm) -> None:
    known: set[tuple[str, str]] = set()
    for call in either.requests_to_put():
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


def test_who_has_a_mobile_telephone_wishes_to_be_told_by_sms_that_somebody_comes(either: Firm) -> None:
    for call in either.wishes():
        assert PreferencesBody.model_validate(call.body).kinds == {MessageKind.TECHNICIAN_EN_ROUTE: Wish.SMS}
        [named] = re.findall(r"person=([\w-]+)&as=contact", call.path)
        assert e164(either.contacts[named]["phone"], "FR")


def test_the_firm_reaches_its_own_people_by_sms(either: Firm) -> None:
    phones = [each["phone"] for each in (*either.technicians.values(), *either.staff.values())]
    assert phones == [e164(phone, "FR") for phone in phones]


def test_every_contract_is_billed_and_every_spare_has_its_price(sample: Firm) -> None:
    contracts = sample.contracts.values()
    assert {body["billing"]["model"] for body in contracts} == {"forfait", "prepaid", "regie"}
    assert all(body["billing"]["parts"].keys() == {spare.sku for spare in SPARES} for body in contracts)
