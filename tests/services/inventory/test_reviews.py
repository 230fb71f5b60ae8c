"""An inventory that may be of more than one machine waits; what is junk or another's makes no doubt."""

from dataclasses import replace

import httpx

from contracts.ticket.states import CustomerChanged
from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import (
    GLPI_AGENT,
    ZLIB,
    laptop,
    packed,
)
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem
from tests.services.inventory.test_on_real_servers import SITE

# -- doubt -------------------------------------------------------------------------------------


async def test_a_machine_that_may_be_two_waits_for_a_person_and_asks_once(park: Park, unique: str) -> None:
    await park.tell(laptop())
    await park.tell(laptop("other"))
    first, second = sorted(await park.assets(), key=lambda each: str(each["name"]))
    mixed = laptop("third", bios__ssn="7KQ9XL3", hardware__uuid=second["seen"]["uuid"])
    for _ in range(2):
        assert (await park.tell(mixed)).json["status"] == "ok"
    assert len(await park.assets()) == 2
    [review] = await park.reviews()
    assert (review["doubt"], review["name"]) == ("several-machines", "PC-third")
    assert {each["asset_id"] for each in review["candidates"]} == {first["id"], second["id"]}

    problem(await park.decide(review, "merge"), 422, "asset-not-named")
    problem(await park.decide(review, "merge", f"{unique}-nothing"), 422, "unknown-reference")
    decided = await park.decide(review, "merge", first["id"])
    assert (decided.status_code, decided.json()["state"]) == (200, "decided"), decided.text
    problem(await park.decide(review, "new"), 409, "review-decided")
    assert (await park.about(first, "inventory"))["hostname"] == "PC-third"
    await park.tell(mixed)
    assert (await park.reviews(), len(await park.assets())) == ([], 2)


async def test_a_clone_becomes_a_machine_of_its_own_once_somebody_says_so(park: Park) -> None:
    await park.tell(laptop())
    clone = laptop("clone", hardware__uuid=laptop()["content"]["hardware"]["uuid"])
    await park.tell(clone)
    [review] = await park.reviews()
    assert review["doubt"] == "other-serial"
    decided = (await park.decide(review, "new")).json()
    assert len((await park.about({"id": decided["asset_id"]}, "software"))["items"]) == 3
    await park.tell(clone)
    assert (await park.reviews(), len(await park.assets())) == ([], 2)


async def test_what_little_a_doubtful_machine_says_next_is_written_to_no_other(park: Park) -> None:
    """A partial inventory names no network cards, by which its copy was noticed."""
    shared = laptop()["content"]["hardware"]["uuid"]
    original = laptop(bios__ssn="")
    await park.tell(original)
    [machine] = await park.assets()
    clone = laptop("clone", bios__ssn="", hardware__uuid=shared)
    await park.tell(clone)
    [review] = await park.reviews()
    assert review["doubt"] == "other-adapters"
    before = await park.about(machine, "software")
    little = {name: clone["content"][name] for name in ("hardware", "bios", "versionclient")}
    software = [{"name": "Trojan", "version": "1", "arch": "x86_64"}]
    await park.tell({**clone, "partial": True, "content": {**little, "softwares": software}})
    [still] = await park.reviews()
    assert (still["id"], still["doubt"]) == (review["id"], "other-adapters")
    assert await park.about(machine, "software") == before


async def test_what_is_to_be_ignored_is_taken_and_left_alone(park: Park) -> None:
    await park.tell(laptop())
    other = laptop("spare", bios__ssn="7KQ9XL3", bios__smodel="OptiPlex 7010")
    await park.tell(other)
    [review] = await park.reviews()
    assert review["doubt"] == "other-model"
    await park.decide(review, "ignore")
    assert (await park.tell(other)).json["status"] == "ok"
    assert (await park.reviews(), len(await park.assets())) == ([], 1)


async def test_machines_whose_maker_gave_them_no_number_are_never_one(park: Park) -> None:
    for unique in ("white1", "white2"):
        junk = laptop(unique, bios__ssn="To be filled by O.E.M.", bios__assettag="Default string")
        junk["content"]["hardware"]["uuid"] = "03000200-0400-0500-0006-000700080009"
        await park.tell(junk)
    assert (len(await park.assets()), await park.reviews()) == (2, [])


async def test_another_customers_machine_with_the_same_serial_is_another_machine(
    park: Park, inventory: Running, agent: httpx.AsyncClient, unique: str
) -> None:
    await park.tell(laptop())
    theirs, site = f"{unique}-theirs", f"{unique}-their-site"
    await inventory.state(CustomerChanged(customer_id=theirs, name="Autre"), theirs)
    assert (await agent.put(f"/v1/sites/{site}", json={"customer_id": theirs, **SITE})).status_code == 201
    body = {"customer_id": theirs, "site_id": site, "name": "Parc"}
    secret = (await park.keeper.post("/v1/agent-keys", json=body, headers=keyed())).json()["secret"]
    told = await replace(park.wire, secret=secret).post(packed(laptop()), {**GLPI_AGENT, **ZLIB})
    assert told.status == 200
    assert len(await park.assets()) == 1
    assert len(await replace(park, customer=theirs).assets()) == 1


async def test_what_people_wrote_down_is_found_and_kept(park: Park, unique: str) -> None:
    body = {"site_id": park.site, "name": "Portable de Claire", "kind": "laptop", "serial": "7kq9xl3"}
    put = await park.keeper.put(f"/v1/assets/{unique}-claire", json={**body, "asset_tag": "CLP-1"})
    assert put.status_code == 201, put.text
    await park.tell(laptop())
    asset = await park.only()
    assert (asset["id"], asset["name"], asset["asset_tag"]) == (f"{unique}-claire", body["name"], "CLP-1")
    assert (asset["model"], asset["seen"]["hostname"]) == ("Latitude 5420", "PC-COMPTA")
    again = await park.keeper.put(f"/v1/assets/{unique}-claire", json={**body, "name": "Portable"})
    assert again.json()["seen"] == asset["seen"]
