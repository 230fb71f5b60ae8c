"""What opens a site's doors: who may see it and when, and that it is written down."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.dispatch.events import RevocationReason, TechnicianArrived
from infra.chassis.settings import SettingsError
from services.inventory.settings import Settings
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.sealing import AccessCode, Seal, Unreadable
from tests.servers import until
from tests.services.inventory.facts import Visits, an_inventory, planned
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import problem
from tests.services.inventory.test_on_real_servers import SITE
from tests.world import MONDAY_NINE, World

TEN = MONDAY_NINE + timedelta(hours=1)
"""When visits start here; they are planned to end an hour later."""
GATE = {"name": "Gate", "code": "4711#", "note": "Press twice"}


def shows(world: World, visit: str, to: str, at: datetime) -> bool:
    return world.have(PlannedVisits, visit).shows_codes(to, at)


@pytest.mark.parametrize(
    ("minutes", "seen"), [(-121, False), (-120, True), (0, True), (60, True), (120, True), (121, False)]
)
def test_codes_are_shown_from_two_hours_before_a_visit_to_an_hour_after_it(minutes: int, seen: bool) -> None:
    world = an_inventory()
    Visits(world).planned("v-1", "lea")
    at = TEN + timedelta(minutes=minutes)
    assert shows(world, "v-1", "lea", at) is seen
    assert not shows(world, "v-1", "marc", at)


def test_who_is_there_sees_them_as_long_as_he_stays_and_an_hour_longer() -> None:
    world = an_inventory()
    visits = Visits(world)
    visits.planned("v-1", "lea", starts_in=timedelta(hours=5))
    assert not shows(world, "v-1", "lea", MONDAY_NINE)
    visits.tell(arrived("v-1", "lea"))
    assert shows(world, "v-1", "lea", MONDAY_NINE)
    assert shows(world, "v-1", "lea", MONDAY_NINE + timedelta(hours=12))
    visits.closed("v-1", "lea")
    assert shows(world, "v-1", "lea", TEN + timedelta(hours=1))
    assert not shows(world, "v-1", "lea", TEN + timedelta(minutes=61))


def test_who_need_not_go_any_more_sees_nothing() -> None:
    world = an_inventory()
    visits = Visits(world)
    for visit in ("moved", "revoked", "cancelled", "nobody"):
        visits.planned(visit, "lea")
    visits.revoked("moved", "lea", RevocationReason.REASSIGNED)
    assert not shows(world, "moved", "lea", TEN)
    visits.rescheduled("moved", "marc")
    visits.revoked("moved", "lea", RevocationReason.NO_ANSWER)
    visits.revoked("revoked", "lea", RevocationReason.ABSENCE)
    visits.cancelled("cancelled")
    visits.failed("nobody")
    assert shows(world, "moved", "marc", TEN)
    assert not any(shows(world, visit, "lea", TEN) for visit in ("moved", "revoked", "cancelled", "nobody"))


def test_an_older_fact_that_comes_late_changes_nothing() -> None:
    world = an_inventory()
    visits = Visits(world)
    visits.tell(planned("v-1", "marc"), sequence=3)
    visits.tell(planned("v-1", "lea"), sequence=2)
    assert shows(world, "v-1", "marc", TEN)


def test_what_is_sealed_opens_with_any_of_the_keys_and_for_its_own_site_only() -> None:
    codes = (AccessCode("Gate", "4711#"), AccessCode("Alarme", "ébène", "à gauche"))
    old, new = Seal(["old"]), Seal(["new", "old"])
    sealed = old.close("north", codes)
    assert "4711" not in sealed
    assert sealed != old.close("north", codes)
    assert new.open("north", sealed) == codes
    assert Seal(["new"]).open("north", new.close("north", codes)) == codes
    for seal, site, what in (
        (new, "south", sealed),
        (Seal(["new"]), "north", sealed),
        (old, "north", f"{sealed[:-6]}AAAAAA"),
        (old, "north", "not sealed"),
    ):
        with pytest.raises(Unreadable):
            seal.open(site, what)


def test_a_key_that_is_guessed_easily_is_refused_in_production() -> None:
    servers = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}
    keys = ("k" * 32, "l" * 32)
    said = Settings.from_environment({**servers, "ASTREINTE_CODES_KEY": ", ".join(keys)})
    assert said.codes_keys == keys
    assert Settings.from_environment(servers).codes_keys == ()
    with pytest.raises(SettingsError, match="ASTREINTE_CODES_KEY"):
        Settings.from_environment({**servers, "ASTREINTE_CODES_KEY": f"{keys[0]},short"})


@pytest.fixture
async def site(agent: httpx.AsyncClient, customer: str, unique: str) -> str:
    """A site whose gate has a code."""
    assert (await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})).is_success
    put = await agent.put(f"/v1/sites/{unique}/codes", json={"codes": [GATE]})
    assert put.json()["names"] == ["Gate"]
    assert "4711" not in put.text
    return unique


async def sent(inventory: Running, site: str, customer: str, technician: str, starts_in: timedelta) -> str:
    """A visit there that the inventory knows of, so long from now."""
    visit = f"{site}-{technician}"
    ahead = inventory.runtime.clock.now() - MONDAY_NINE + starts_in
    fact = planned(visit, technician, starts_in=ahead)
    await inventory.visit(fact.model_copy(update={"site_id": site, "customer_id": customer}))

    async def known() -> bool:
        return await inventory.runtime.read(PlannedVisits, visit) is not None

    await until(known, within=20)
    return visit


async def test_a_technician_sees_codes_for_his_visit_alone_and_each_view_is_written_down(
    inventory: Running, agent: httpx.AsyncClient, customer: str, site: str
) -> None:
    hers = await sent(inventory, site, customer, "lea", timedelta(hours=1))
    await sent(inventory, site, customer, "marc", timedelta(hours=9))
    path = f"/v1/sites/{site}/codes"
    async with inventory.as_("technician", subject="lea") as lea:
        shown = await lea.get(path)
        assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
        assert shown.json() == {"site_id": site, "visit_id": hers, "codes": [GATE]}
    async with inventory.as_("technician", subject="marc") as marc:
        begins = datetime.fromisoformat(problem(await marc.get(path), 403, "no-visit-now")["from"])
        assert timedelta(hours=6) < begins - inventory.runtime.clock.now() < timedelta(hours=7)
    async with inventory.as_("technician", subject="nina") as nina:
        assert "from" not in problem(await nina.get(path), 403, "no-visit-now")
    problem(await agent.get(path), 422, "reason-needed")
    assert (await agent.get(path, params={"reason": "He stands before the gate"})).json()["codes"] == [GATE]
    async with inventory.as_("dispatcher", subject="dana") as dispatcher:
        views = (await dispatcher.get(f"{path}/views")).json()["items"]
        assert [(each["subject"], each["role"], each["visit_id"], each["reason"]) for each in views] == [
            ("lea", "technician", hers, None),
            ("somebody", "agent", None, "He stands before the gate"),
        ]
    async with inventory.as_("customer-manager", customer) as manager:
        assert (await manager.get(f"{path}/views")).json()["items"] == views
        problem(await manager.get(path), 403, "forbidden-role")
    async with inventory.as_("customer-manager", f"{customer}-other") as stranger:
        problem(await stranger.get(f"{path}/views"), 404, "not-found")


async def test_codes_lie_nowhere_in_clear(inventory: Running, site: str) -> None:
    await inventory.settled()
    for name in await inventory.runtime.db.list_collection_names():
        held: list[dict[str, Any]] = await inventory.runtime.db[name].find().to_list(None)
        assert "4711#" not in json.dumps(held, default=str), name


async def test_codes_are_replaced_whole_and_taken_away(agent: httpx.AsyncClient, site: str) -> None:
    path, why = f"/v1/sites/{site}/codes", {"reason": "Asked by phone"}
    same = await agent.put(path, json={"codes": [GATE]})
    again = await agent.put(path, json={"codes": [GATE]})
    assert same.headers["ETag"] == again.headers["ETag"]
    alarm = {"name": "Alarm", "code": "0000"}
    changed = await agent.put(path, json={"codes": [alarm]}, headers={"If-Match": same.headers["ETag"]})
    assert changed.json()["names"] == ["Alarm"]
    problem(
        await agent.put(path, json={"codes": []}, headers={"If-Match": same.headers["ETag"]}),
        412, "precondition-failed",
    )  # fmt: skip
    assert (await agent.get(path, params=why)).json()["codes"] == [{**alarm, "note": None}]
    await agent.put(path, json={"codes": []})
    problem(await agent.get(path, params=why), 404, "not-found")
    problem(await agent.put(f"{path[:-6]}-x/codes", json={"codes": []}), 404, "not-found")
    problem(await agent.put(path, json={"codes": [{"name": "Gate"}]}), 422, "invalid-body")


def arrived(visit: str, technician: str) -> TechnicianArrived:
    whom = planned(visit, technician).model_dump(include=set(TechnicianArrived.model_fields))
    return TechnicianArrived(**whom)
