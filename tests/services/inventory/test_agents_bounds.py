"""Whatever is sent to the agents' address: it is refused with a reason, and takes little memory."""

import asyncio
import json
import resource
import uuid
import zlib

import pytest

from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import (
    FUSION,
    GLPI_AGENT,
    ZLIB,
    laptop,
    packed,
)

# -- bounds ------------------------------------------------------------------------------------


def _most_memory() -> int:
    """In kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def bomb() -> bytes:
    """Four hundred megabytes of spaces in four hundred kilobytes."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()


ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE REQUEST [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<REQUEST><DEVICEID>&b;</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>"""
FILES = ENTITIES.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/passwd"').replace(b"&b;", b"&a;")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (bomb(), 413, "inventory-too-large"),
        (zlib.compress(b"<R>" + b"<A/>" * 500_000 + b"</R>"), 413, "inventory-too-large"),
        (zlib.compress(b'{"content":[' + b"[],[]," * 300_000 + b"0]}"), 413, "inventory-too-large"),
        (packed(ENTITIES), 400, "unreadable-inventory"),
        (packed(FILES), 400, "unreadable-inventory"),
        (packed("<A>" * 5_000 + "</A>" * 5_000), 400, "unreadable-inventory"),
        (packed("[" * 100_000), 400, "unreadable-inventory"),
        (packed('{"content":' * 1_000 + "0" + "}" * 1_000), 400, "unreadable-inventory"),
        (packed(laptop())[:-20], 400, "unreadable-inventory"),
        (b"\x78\x9cnothing that was packed", 400, "unreadable-inventory"),
        (packed("<REQUEST><QUERY>SNMP</QUERY></REQUEST>"), 400, "unreadable-inventory"),
        (packed('{"action":"inventory"}'), 400, "unreadable-inventory"),
        (packed('{"action":"get_params"}'), 400, "unreadable-inventory"),
        (packed("<REQUEST>"), 400, "unreadable-inventory"),
        (b"", 400, "unreadable-inventory"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_is_no_inventory_is_refused_and_takes_little_memory(
    park: Park, body: bytes, status: int, slug: str
) -> None:
    before = _most_memory()
    refused = await park.wire.post(body, {**FUSION, **ZLIB})
    assert (refused.status, refused.json["type"]) == (status, f"/problems/{slug}")
    assert _most_memory() - before < 200_000
    assert (await park.assets(), await park.reviews()) == ([], [])


async def test_a_body_of_200_megabytes_is_refused_before_it_is_read(park: Park) -> None:
    before = _most_memory()
    refused = await park.wire.post(b"x" * 1000, {**GLPI_AGENT, **ZLIB}, length=200_000_000)
    assert (refused.status, refused.json["status"]) == (413, "error")
    assert _most_memory() - before < 20_000


async def test_glpis_agent_can_write_the_reason_into_its_log(park: Park) -> None:
    refused = await park.wire.post(packed('{"action":"register"}'), {**GLPI_AGENT, **ZLIB})
    assert (refused.status, refused.headers["content-type"]) == (400, "application/json")
    assert refused.json["status"] == "error"
    assert "register" in refused.json["message"]


async def test_texts_that_no_store_can_hold_are_cleaned(park: Park) -> None:
    strange = laptop(hardware__name="PC\u0000-\ud800É\u001b[31m" + "x" * 5_000, bios__smodel=["no", "text"])
    strange["content"]["softwares"] = [{"name": 7, "version": {"a": 1}}, "none", None]
    await park.tell(json.loads(json.dumps(strange)))
    asset = await park.only()
    assert asset["name"].startswith("PC-É[31mxxx")
    assert (len(asset["name"]), asset["model"]) == (200, None)
    assert [each["name"] for each in (await park.about(asset, "software"))["items"]] == ["7"]


async def test_many_agents_at_the_same_time_make_each_its_machine(park: Park) -> None:
    run = uuid.uuid4().hex[:4]
    names = [f"{run}{n:02}" for n in range(12)]
    await asyncio.gather(*(park.tell(laptop(name)) for name in (*names, *names)))
    assert sorted(each["name"] for each in await park.assets()) == sorted(f"PC-{name}" for name in names)
    assert await park.reviews() == []
