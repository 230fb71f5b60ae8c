"""Tips for the people whose machines they are about: once each, and only where there is somebody."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from contracts.inventory.assets import TipSent
from contracts.ticket.events import Wording
from contracts.ticket.states import ContactChanged
from services.inventory.domain.asset import Asset, Seen, Status
from services.inventory.domain.campaign import Campaign, Person, Told, concerned, people_of
from services.inventory.usecases.send_campaign import SendCampaign
from tests.services.inventory.agent_park import Park
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed
from tests.world import MONDAY_NINE, World

PRINTER = Asset("p1", "pasteur", "nord", "Imprimante", "printer", model="HL-L2350DW", users=("anne",))
ANNE, BRUNO = Person("anne", "pasteur"), Person("bruno", "pasteur", ("nord",))
TIP = {
    "title": {"fr": "Laissez respirer\nvotre imprimante", "en": "Let your printer breathe"},
    "text": {"fr": "Dix centimètres derrière elle.", "en": "Ten centimetres behind it."},
}


def test_owners_and_users_are_told_once_however_many_machines_they_have() -> None:
    second = replace(PRINTER, id="p2", owner_id="anne")
    assert people_of([PRINTER, second], [ANNE, BRUNO]) == (Told("pasteur", ("anne",)),)


def test_of_a_machine_that_is_nobodys_the_sites_contact_is_told() -> None:
    assert people_of([replace(PRINTER, users=())], [ANNE, BRUNO]) == (Told("pasteur", ("bruno",)),)


def test_another_customers_contact_is_never_told() -> None:
    stranger = Person("bruno", "another", ("nord",))
    assert people_of([replace(PRINTER, users=("bruno",))], [stranger]) == ()


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"model": "hl l2350dw"}, True),
        ({"model": None, "seen": Seen(model="HL-L2350DW")}, True),
        ({"model": "MFC-1"}, False),
        ({"kind": "computer"}, False),
        ({"status": Status.DISPOSED}, False),
    ],
)
def test_machines_are_those_in_use_of_the_kind_and_model(change: dict[str, Any], fits: bool) -> None:
    found = concerned([replace(PRINTER, **change)], "printer", "HL-L2350DW")
    assert bool(found) is fits


def test_many_people_are_named_in_several_events_and_nobody_in_two() -> None:
    ids = tuple(f"c{n:04}" for n in range(1_201))
    words = Wording(fr="a", en="a")
    sent = Campaign("k", words, words, (Told("pasteur", ids),), 1, MONDAY_NINE, "paul")
    world = World()
    world.do(SendCampaign(sent))
    told = [id for each in world.told(TipSent) for id in each.contact_ids]
    assert (tuple(told), len(world.told(TipSent))) == (ids, 3)


async def test_a_campaign_says_whom_it_reaches_before_it_is_sent(
    inventory: Running, keeper: httpx.AsyncClient, park: Park, unique: str
) -> None:
    claire = ContactChanged(contact_id=f"{unique}-claire", customer_id=park.customer, name="Claire")
    await inventory.state(claire, claire.contact_id)
    await inventory.settled()
    machine = {"site_id": park.site, "name": "Imprimante", "kind": "printer", "users": [claire.contact_id]}
    made = await keeper.put(f"/v1/assets/{unique}-p", json={**machine, "model": f"HL {unique}"})
    assert made.status_code == 201, made.text
    body = {**TIP, "model": f"hl-{unique}"}
    dry = await keeper.post("/v1/campaigns", json={**body, "dry_run": True}, headers=keyed())
    assert (dry.status_code, dry.json()["recipients"], dry.json()["id"]) == (200, 1, None)
    key = keyed()
    sent = [await keeper.post("/v1/campaigns", json=body, headers=key) for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 201]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    assert sent[0].json()["title"]["fr"] == "Laissez respirer votre imprimante"
    assert sent[0].json()["customers"] == [park.customer]
    path = sent[0].headers["location"]
    assert (await keeper.get(path)).json() == sent[0].json()


async def test_a_campaign_for_nobody_or_for_everything_is_refused(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    nobody = await keeper.post("/v1/campaigns", json={**TIP, "model": unique}, headers=keyed())
    everything = await keeper.post("/v1/campaigns", json=TIP, headers=keyed())
    slugs = [each.json()["type"] for each in (nobody, everything)]
    assert slugs == ["/problems/nobody-to-tell", "/problems/nothing-named"]
    async with inventory.as_("requester", "pasteur") as requester:
        assert (await requester.post("/v1/campaigns", json=TIP, headers=keyed())).status_code == 403
