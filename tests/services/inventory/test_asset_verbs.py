"""What is done to an asset after it was written down, and what is told of it afterwards."""

import asyncio
from typing import Any

import httpx
import pytest

from contracts.ticket.states import ContactChanged
from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import laptop
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem
from tests.services.inventory.test_on_real_servers import SITE


@pytest.fixture
async def pc(park: Park, unique: str) -> str:
    await put(park, f"{unique}-pc")
    return f"{unique}-pc"


async def put(park: Park, id: str, **more: Any) -> dict[str, Any]:
    body = {"site_id": park.site, "name": "Poste d'accueil", "kind": "computer", **more}
    answer = await park.keeper.put(f"/v1/assets/{id}", json=body)
    assert answer.status_code in (200, 201), answer.text
    asset: dict[str, Any] = answer.json()
    return asset


async def does(park: Park, id: str, verb: str, **body: Any) -> httpx.Response:
    return await park.keeper.post(f"/v1/assets/{id}/{verb}", json=body, headers=keyed())


async def contact(inventory: Running, id: str, customer: str) -> str:
    await inventory.state(ContactChanged(contact_id=id, customer_id=customer, name="Claire Morel"), id)
    await inventory.settled()
    return id


async def test_everything_that_is_written_down_reads_back(
    park: Park, inventory: Running, unique: str
) -> None:
    claire = await contact(inventory, f"{unique}-claire", park.customer)
    said = {
        "asset_tag": "CLP-00417",
        "place": {"building": "Nord", "floor": "2", "room": "214", "rack": None},
        "owner_id": claire,
        "users": [claire],
        "last_backup_on": "2026-02-28",
        "fields": {"memory_mb": 16384, "cpu": "i5-10500"},
    }
    await put(park, f"{unique}-pc", **said)
    read = (await park.keeper.get(f"/v1/assets/{unique}-pc")).json()
    assert {name: read[name] for name in said} == said
    assert (read["status"], read["seen"], read["links"]) == ("in-use", None, [])


async def test_fields_are_those_of_the_kind_and_of_its_types(park: Park, unique: str) -> None:
    body = {"site_id": park.site, "name": "Imprimante", "kind": "printer"}
    path = f"/v1/assets/{unique}-printer"
    wrong = await park.keeper.put(path, json={**body, "fields": {"colour": "yes"}})
    assert problem(wrong, 422, "wrong-field")["field"] == "colour"
    unknown = await park.keeper.put(path, json={**body, "fields": {"seats": 3}})
    assert "colour" in problem(unknown, 422, "unknown-field")["possible"]
    number = await park.keeper.put(path, json={**body, "fields": {"page_count": True}})
    problem(number, 422, "wrong-field")
    own = await park.keeper.put(path, json={**body, "kind": "tonometer", "fields": {"seats": 3}})
    assert own.json()["fields"] == {"seats": 3}


async def test_an_owner_is_one_of_the_customers_contacts(park: Park, inventory: Running, unique: str) -> None:
    stranger = await contact(inventory, f"{unique}-stranger", "another")
    body = {"site_id": park.site, "name": "PC", "kind": "computer", "owner_id": stranger}
    refused = await park.keeper.put(f"/v1/assets/{unique}", json=body)
    assert problem(refused, 422, "unknown-reference")["id"] == stranger


async def test_a_move_says_whereto_and_because_of_which_ticket(
    park: Park, agent: httpx.AsyncClient, pc: str, unique: str
) -> None:
    other = f"{unique}-south"
    assert (await agent.put(f"/v1/sites/{other}", json={"customer_id": park.customer, **SITE})).is_success
    moved = await does(park, pc, "move", site_id=other, place={"room": "12"}, ticket_id="t-42")
    assert (moved.json()["site_id"], moved.json()["place"]["room"]) == (other, "12")
    [first, last] = (await park.about({"id": pc}, "history"))["items"]
    assert (first["happening"], last["happening"], last["ticket_id"]) == ("registered", "moved", "t-42")
    assert last["actor"] == "stock-keeper:somebody"
    told = {each["field"]: (each["before"], each["after"]) for each in last["differences"]}
    assert told == {"site_id": (park.site, other), "place.room": (None, "12")}
    problem(await does(park, pc, "move", site_id="nowhere"), 422, "unknown-reference")


async def test_what_is_lent_comes_back_into_stock(
    park: Park, inventory: Running, pc: str, unique: str
) -> None:
    claire = await contact(inventory, f"{unique}-claire", park.customer)
    lent = (await does(park, pc, "lend", contact_id=claire, due_on="2026-12-24")).json()
    assert (lent["status"], lent["loan"]["contact_id"], lent["loan"]["due_on"]) == (
        "lent",
        claire,
        "2026-12-24",
    )
    again = await does(park, pc, "lend", contact_id=claire)
    assert problem(again, 409, "asset-lent")["contact_id"] == claire
    back = (await does(park, pc, "return")).json()
    assert (back["status"], back["loan"]) == ("in-stock", None)
    assert (await park.assets(status="in-stock"))[0]["id"] == pc


async def test_what_is_disposed_of_keeps_its_certificate_and_is_changed_no_more(park: Park, pc: str) -> None:
    gone = await does(park, pc, "dispose", how="recycled", certificate="DEEE-2026-118", recipient="Ecologic")
    assert gone.json()["disposal"]["certificate"] == "DEEE-2026-118"
    problem(await does(park, pc, "move", site_id=park.site), 409, "asset-disposed")
    body = {"site_id": park.site, "name": "Autre", "kind": "computer"}
    problem(await park.keeper.put(f"/v1/assets/{pc}", json=body), 409, "asset-disposed")


async def test_nothing_is_a_part_of_itself_however_long_the_way(park: Park, unique: str) -> None:
    rack, blade, card = (f"{unique}-{name}" for name in ("rack", "blade", "card"))
    for id in (rack, blade, card):
        await put(park, id)
    for part, whole in ((card, blade), (blade, rack)):
        assert (await does(park, part, "links", kind="part-of", to=whole)).status_code == 200
    refused = await does(park, rack, "links", kind="part-of", to=card)
    assert problem(refused, 409, "part-of-itself")["chain"] == [card, blade, rack]
    problem(await does(park, rack, "links", kind="depends-on", to=rack), 409, "part-of-itself")
    assert (await does(park, rack, "links", kind="depends-on", to=card)).status_code == 200
    links = await park.about({"id": rack}, "links")
    assert links == {
        "of": [{"kind": "depends-on", "asset_id": card}],
        "to": [{"kind": "part-of", "asset_id": blade}],
    }
    cut = await park.keeper.delete(f"/v1/assets/{blade}/links/part-of/{rack}")
    assert cut.json()["links"] == []
    again = await park.keeper.delete(f"/v1/assets/{blade}/links/part-of/{rack}")
    problem(again, 404, "not-found")


async def test_of_two_links_that_make_a_circle_together_one_is_refused(park: Park, unique: str) -> None:
    for n in range(6):
        one, other = f"{unique}-{n}-one", f"{unique}-{n}-other"
        await asyncio.gather(put(park, one), put(park, other))
        answers = await asyncio.gather(
            does(park, one, "links", kind="part-of", to=other),
            does(park, other, "links", kind="part-of", to=one),
        )
        assert sorted(each.status_code for each in answers) == [200, 409]


async def test_machines_are_found_by_the_beginnings_of_words(park: Park, unique: str) -> None:
    await park.tell(laptop())
    await put(park, f"{unique}-x", name="Écran d'accueil", asset_tag="CLP-00417")

    async def found(text: str) -> list[str]:
        return [each["name"] for each in await park.assets(q=text)]

    for text in ("7kq9", "latit 5420", "LATITUDE5420", "pc-compta", "claire.m", "dell lati", "compta"):
        assert await found(text) == ["PC-COMPTA"], text
    for text in ("ecran", "ÉCRAN", "clp-00417", "clp00417"):
        assert await found(text) == ["Écran d'accueil"], text
    assert await found("latitude ecran") == []
    assert await found("5420x") == []


async def test_a_site_contact_sees_the_inventory_of_his_sites_only(
    park: Park, inventory: Running, unique: str
) -> None:
    await park.tell(laptop())
    asset = await park.only()
    here, elsewhere = f"{unique}-here", f"{unique}-elsewhere"
    for id, sites in ((here, (park.site,)), (elsewhere, ("other",))):
        contact = ContactChanged(contact_id=id, customer_id=park.customer, name="X", sites=sites)
        await inventory.state(contact, id)
    await inventory.settled()
    for what in ("inventory", "software", "history", "links"):
        for subject, status in ((here, 200), (elsewhere, 404)):
            async with inventory.as_("site-contact", park.customer, subject) as client:
                answer = await client.get(f"/v1/assets/{asset['id']}/{what}")
                assert answer.status_code == status, (what, subject)
        async with inventory.as_("customer-manager", "another") as stranger:
            problem(await stranger.get(f"/v1/assets/{asset['id']}/{what}"), 404, "not-found")
