"""Agents' own bytes over real sockets: the greeting, then inventories, and what the park knows afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import (
    DESKTOP_XML,
    FUSION,
    GLPI_AGENT,
    GZIP,
    OCS,
    PARTIAL_SOFTWARE,
    PRINTER,
    PROLOG,
    ZLIB,
    gzipped,
    laptop,
    packed,
    plain,
)
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem

# -- GLPI's agent ------------------------------------------------------------------------------


async def test_glpis_agent_greets_in_xml_and_goes_on_in_json(park: Park) -> None:
    greeted = await park.wire.post(packed(PROLOG), {**GLPI_AGENT, **ZLIB})
    assert (greeted.status, greeted.headers["content-type"]) == (200, "application/json")
    assert (greeted.json["status"], greeted.json["expiration"]) == ("ok", 12)
    unwanted = greeted.json["tasks"]["inventory"]["no-category"].split(",")
    assert {"environment", "local_user", "local_group"} <= set(unwanted)
    contact = {
        "action": "contact",
        "deviceid": "PC-1",
        "installed-tasks": ["inventory"],
        "name": "GLPI-Agent",
    }
    assert (await park.tell(contact)).json["expiration"] == 12

    assert (await park.tell(laptop())).json == {"status": "ok", "expiration": 12}
    asset = await park.only()
    assert {name: asset[name] for name in ("name", "kind", "serial", "model", "site_id", "asset_tag")} == {
        "name": "PC-COMPTA",
        "kind": "laptop",
        "serial": "7KQ9XL3",
        "model": "Latitude 5420",
        "site_id": park.site,
        "asset_tag": None,
    }
    assert asset["seen"]["macs"] == ["a4bb6d123456"]
    machine = await park.about(asset, "inventory")
    assert (machine["memory"], machine["system"]["build"]) == ("16 GB", "10.0.22631")
    assert machine["volumes"] == [
        {"name": "C:", "total_mb": 243543, "free_mb": 20480, "filesystem": "NTFS", "encrypted": True}
    ]
    assert (machine["screens"][0]["serial"], machine["last_user"]) == ("8F3KX42", "claire.morel")
    assert machine["antivirus"][0]["base_on"] == "2026-02-09"
    software = (await park.about(asset, "software"))["items"]
    assert [each["name"] for each in software] == [
        "7-Zip 24.08 (x64)",
        "Mozilla Firefox (x64 fr)",
        "Sage 100",
    ]


async def test_where_nobody_has_logged_in_nobody_is_named(park: Park) -> None:
    await park.tell(laptop(hardware__lastloggeduser="wtmp"))
    assert (await park.about(await park.only(), "inventory"))["last_user"] is None


async def test_what_tells_of_people_is_kept_nowhere(park: Park, inventory: Running) -> None:
    await park.tell(laptop())
    stored = ""
    for name in ("assets", "machines", "software_lists", "agents", "asset_lines", "inventory_reviews"):
        async for each in inventory.runtime.collection(name).find({"customer_id": park.customer}):
            stored += repr(each)
    assert "PC-COMPTA" in stored
    for secret in ("hunter2", "SECRET_TOKEN", "stagiaire", "Administrateur", "explorer.exe"):
        assert secret not in stored


async def test_a_partial_inventory_leaves_what_it_does_not_speak_of(park: Park) -> None:
    await park.tell(laptop())
    before = await park.about(await park.only(), "inventory")
    await park.tell(PARTIAL_SOFTWARE)
    asset = await park.only()
    after = await park.about(asset, "inventory")
    assert {**after, "seen_at": 0, "software_count": 0} == {**before, "seen_at": 0, "software_count": 0}
    assert (after["whole_at"], after["seen_at"] > before["seen_at"]) == (before["whole_at"], True)
    software = (await park.about(asset, "software"))["items"]
    assert [(each["name"], each["version"]) for each in software] == [
        ("Mozilla Firefox (x64 fr)", "132.0"),
        ("Sage 100", "9.00"),
    ]
    await park.tell(laptop())
    assert len((await park.about(asset, "software"))["items"]) == 3


async def test_the_same_inventory_again_changes_nothing_but_when_it_was_seen(
    park: Park, inventory: Running
) -> None:
    await park.tell(laptop())
    asset = await park.only()
    history = await park.about(asset, "history")
    for _ in range(2):
        await park.tell(laptop())
    assert await park.only() == asset
    assert await park.about(asset, "history") == history
    stored = await inventory.runtime.collection("assets").find_one({"_id": asset["id"]}, {"version": 1})
    assert stored is not None
    assert stored["version"] == 1


async def test_a_whole_inventory_without_a_screen_says_that_it_is_gone_and_that_memory_is(park: Park) -> None:
    await park.tell(laptop())
    poorer = laptop(memories__rows=[{"capacity": 8192}], hardware__memory=7900)
    del poorer["content"]["monitors"]
    await park.tell(poorer)
    asset = await park.only()
    assert (await park.about(asset, "inventory"))["screens"] == []
    *_, last = (await park.about(asset, "history"))["items"]
    told = {each["field"]: (each["before"], each["after"]) for each in last["differences"]}
    assert told == {"memory": ("16 GB", "8 GB"), "screen": ("DELL P2422H 8F3KX42", None)}
    assert (last["happening"], last["actor"]) == ("inventoried", f"inventory-agent:{park.key['id']}")


async def test_a_printer_that_is_asked_over_the_network_is_in_the_park(park: Park) -> None:
    await park.tell(PRINTER)
    asset = await park.only()
    assert (asset["kind"], asset["serial"], asset["manufacturer"]) == ("printer", "R4P9X00123", "Kyocera")
    assert (await park.about(asset, "inventory"))["system"]["build"] == "2503.0B"


# -- the older agents --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "headers", "answered_in"),
    [
        (packed, {**FUSION, **ZLIB}, "application/x-compress-zlib"),
        (gzipped, {**FUSION, **GZIP}, "application/x-compress-gzip"),
        (plain, {**FUSION, "Content-Type": "application/xml"}, "application/xml"),
        (packed, OCS, "application/x-compress-zlib"),
    ],
    ids=["fusion-zlib", "fusion-gzip", "fusion-plain", "ocs"],
)
async def test_the_older_agents_are_answered_in_xml_packed_as_they_packed_it(
    park: Park, pack: Any, headers: Mapping[str, str], answered_in: str
) -> None:
    greeted = await park.wire.post(pack(PROLOG), headers)
    assert (greeted.status, greeted.headers["content-type"]) == (200, answered_in)
    assert "<REPLY><PROLOG_FREQ>12</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>" in greeted.xml
    told = await park.wire.post(pack(DESKTOP_XML), headers)
    assert (told.status, told.headers["content-type"]) == (200, answered_in)
    assert "<REPLY>" in told.xml
    asset = await park.only()
    assert (asset["asset_tag"], asset["serial"], asset["kind"]) == ("CLP-00417", "CZC1234ABC", "computer")
    machine = await park.about(asset, "inventory")
    assert (machine["system"]["name"], machine["memory"]) == ("Microsoft Windows 10 Professionnel", "8 GB")
    assert machine["volumes"][0]["free_mb"] == 3120
    software = (await park.about(asset, "software"))["items"]
    assert software[0]["installed_on"] == "2025-01-14"
    assert software[1]["name"] == "LibreOffice 24.2 – éd. française"


async def test_an_agent_without_passwords_has_its_key_in_the_address(park: Park, caplog: Any) -> None:
    wire = replace(park.wire, in_address=True)
    assert (await wire.post(packed(PROLOG), OCS)).status == 200
    assert (await wire.post(packed(DESKTOP_XML), OCS)).status == 200
    assert (await park.only())["name"] == "PC-ACCUEIL"
    assert park.key["secret"] not in caplog.text


async def test_two_agents_on_one_machine_report_one_asset(park: Park) -> None:
    await park.wire.post(packed(DESKTOP_XML), {**FUSION, **ZLIB})
    other = DESKTOP_XML.replace("PC-ACCUEIL-2021-09-01-10-00-00", "PC-ACCUEIL-2026-01-05-09-00-00")
    await park.wire.post(packed(other), OCS)
    assert len(await park.assets()) == 1


# -- keys --------------------------------------------------------------------------------------


async def test_who_has_no_key_is_told_how_to_come_with_one(park: Park) -> None:
    bare = replace(park.wire, secret=None)
    refused = await bare.post(packed(laptop()), {**GLPI_AGENT, **ZLIB})
    assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Basic realm="astreinte"')
    assert refused.headers["content-type"] == "application/json"
    assert refused.json["status"] == "error"
    assert "password" in refused.json["message"]
    older = await bare.post(packed(PROLOG), {**FUSION, **ZLIB})
    assert (older.status, older.json["type"]) == (401, "/problems/unknown-agent-key")
    wrong = await replace(park.wire, secret="agt_wrong").post(packed(PROLOG), {**FUSION, **ZLIB})
    assert wrong.status == 401
    assert await park.assets() == []


async def test_a_revoked_key_lets_nobody_in(park: Park, inventory: Running) -> None:
    await park.tell(laptop())
    assert park.key["secret"].startswith(park.key["hint"])
    listed = (await park.keeper.get("/v1/agent-keys", params={"customer": park.customer})).json()["items"]
    assert [(each["id"], each["secret"]) for each in listed] == [(park.key["id"], None)]
    stored = await inventory.runtime.collection("agent_keys").find_one({"_id": park.key["id"]})
    assert park.key["secret"] not in repr(stored)
    revoked = await park.keeper.post(f"/v1/agent-keys/{park.key['id']}/revoke", headers=keyed())
    assert revoked.json()["revoked_by"] == "stock-keeper:somebody"
    assert (await park.wire.post(packed(laptop()), {**GLPI_AGENT, **ZLIB})).status == 401
    assert len(await park.assets()) == 1


async def test_a_key_is_for_one_customer_and_one_of_its_sites(
    park: Park, inventory: Running, unique: str
) -> None:
    body = {"customer_id": park.customer, "site_id": "elsewhere", "name": "x"}
    made = await park.keeper.post("/v1/agent-keys", json=body, headers=keyed())
    problem(made, 422, "unknown-reference")
    async with inventory.as_("technician") as technician:
        problem(await technician.get("/v1/agent-keys"), 403, "forbidden-role")
