"""Machines from ConfigMgr's views and other tools' tables: shown first, matched as inventories are."""

import io
import json
import zipfile
from typing import Any

import httpx
import pytest

from infra.chassis.imports.sheet import Unfit
from services.inventory.agents.exports import machines_table
from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import laptop
from tests.services.inventory.running import Running
from tests.tables import applied, counts, csv_of, lines, sent, workbook_of


def archive(**files: Any) -> bytes:
    """A zip of csv as SQL Server's tools write them, and of JSON."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, rows in files.items():
            if isinstance(rows, dict):
                made.writestr("mapping.json", json.dumps(rows))
            else:
                text = "\r\n".join(",".join(f'"{each}"' for each in row) for row in rows)
                made.writestr(f"export/{name}.csv", text.encode("utf-16"))
    return written.getvalue()


def configmgr(site: str, serial: str, **mapping: Any) -> bytes:
    return archive(
        mapping={"site_id": site, **mapping},
        v_GS_COMPUTER_SYSTEM=[
            ("ResourceID", "Name0", "Manufacturer0", "Model0", "UserName0", "Domain0"),
            ("16777220", "PC-PAIE", "Dell Inc.", "Latitude 5420", "CLINIQUE\\jean", "CLINIQUE"),
            ("16777221", "SRV-DATA", "HPE", "ProLiant DL380", "", "SIEGE"),
        ],
        v_GS_OPERATING_SYSTEM=[
            ("ResourceID", "Caption00", "Version00", "BuildNumber0", "InstallDate", "TotalVisibleMemorySize"),
            ("16777220", "Microsoft Windows 11 Education", "10.0.22631", "22631", "20240105", "16654336"),
            ("16777221", "Microsoft Windows Server 2019 Standard", "10.0.17763", "17763", "", ""),
        ],
        v_GS_PC_BIOS=[("ResourceID", "SerialNumber0"), ("16777220", serial), ("16777221", f"{serial}-S")],
        v_GS_ADD_REMOVE_PROGRAMS=[
            ("ResourceID", "DisplayName0", "Version0", "Publisher0", "InstallDate0"),
            ("16777220", "Sage 100", "7.1", "Sage", "20240110"),
            ("16777220", "Sage 100", "7.1", "Sage", "20240110"),
            ("16777220", "", "1", "", ""),
            ("99", "Of no machine", "1", "", ""),
        ],
        v_GS_LOGICAL_DISK=[
            ("ResourceID", "DeviceID0", "Size0", "FreeSpace0", "DriveType0"),
            ("16777220", "C:", "243000", "9000", "3"),
            ("16777220", "E:", "8000", "8000", "2"),
        ],
    )  # fmt: skip


@pytest.fixture
async def admin(inventory: Running) -> Any:
    async with inventory.as_("admin") as client:
        yield client


def test_views_are_joined_by_their_resource() -> None:
    table = machines_table(configmgr("nord", "SN-1", sites={"siege": "paris"}))
    first, second = (dict(zip(table.headings, row.cells, strict=True)) for row in table.rows)
    assert (first["serial"], first["memory_mb"]) == ("SN-1", 16264)
    assert str(first["id"]).endswith("-16777220")
    assert (first["site_id"], second["site_id"], second["kind"]) == ("nord", "paris", "server")
    assert json.loads(str(first["software"])) == [
        {"name": "Sage 100", "version": "7.1", "publisher": "Sage", "installed_on": "2024-01-10"}
    ]
    assert [each["name"] for each in json.loads(str(first["volumes"]))] == ["C:"]
    assert second["software"] is None, "of a machine that tells none nothing follows"


def rows_of(content: bytes) -> list[dict[str, Any]]:
    table = machines_table(content)
    return [dict(zip(table.headings, row.cells, strict=True)) for row in table.rows]


def test_sites_go_by_any_column_under_configmgrs_name_for_it() -> None:
    found = rows_of(configmgr("nord", "SN-1", site_by="Model0", sites={"latitude 5420": "paris"}))
    assert [each["site_id"] for each in found] == ["paris", "nord"]


def test_machines_of_two_installations_have_ids_of_their_own() -> None:
    nord, paris = ({each["id"] for each in rows_of(configmgr(site, "SN"))} for site in ("nord", "paris"))
    assert len(nord | paris) == 4
    assert {each["id"] for each in rows_of(configmgr("nord", "SN", sites={"siege": "paris"}))} == nord


def test_another_tools_headings_are_read_as_they_are() -> None:
    columns = {"id": "Level 10", "hostname": "Level 1"}
    [found] = rows_of(archive(t=[("Level 1", "Level 10"), ("PC", "a")], mapping={"columns": columns}))
    assert (found["id"], found["hostname"]) == ("a", "PC")


def test_a_day_that_is_none_is_left_out() -> None:
    programs = [("ResourceID", "DisplayName0", "InstallDate0"), ("1", "Sage", "19032021")]
    computers = [("ResourceID", "Name0"), ("1", "PC")]
    [found] = rows_of(archive(v_GS_COMPUTER_SYSTEM=computers, v_GS_ADD_REMOVE_PROGRAMS=programs))
    assert json.loads(found["software"]) == [{"name": "Sage"}]


@pytest.mark.parametrize(
    "content",
    [
        archive(v_GS_PC_BIOS=[("ResourceID", "SerialNumber0"), ("1", "x")]),
        archive(mapping={"site_id": "nord"}),
        archive(t=[("a",), ("b",)], mapping={"columns": {"id": 3}}),
        archive(t=[("a",), ("b",)], mapping={"columns": {"id": "a", "serial": "c"}}),
        archive(t=[("a",), ("b",)], mapping={"columns": {"id": "a"}, "site_by": "c"}),
        archive(t=[("a",), ("b",)], mapping={"columns": {"id": "a"}, "exported_on": "2026-13-01"}),
        configmgr("nord", "SN-1", site_by="AD_Site0"),
        b"PK\x03\x04 broken",
    ],
)
def test_an_archive_that_tells_no_machine_is_not_read(content: bytes) -> None:
    with pytest.raises(Unfit):
        machines_table(content)


async def test_an_export_is_shown_applied_and_changes_nothing_again(
    admin: httpx.AsyncClient, park: Park, unique: str
) -> None:
    content = configmgr(park.site, f"SN-{unique}")
    shown = await sent(admin, content, kind="inventories")
    assert counts(shown) == (2, 0, 0, 0)
    assert await park.assets() == []
    await applied(admin, shown)
    names = {each["name"]: each for each in await park.assets()}
    assert sorted(names) == ["PC-PAIE", "SRV-DATA"]
    machine = await park.about(names["PC-PAIE"], "inventory")
    assert (machine["system"]["build"], machine["software_count"], machine["memory"]) == ("22631", 1, "16 GB")
    assert counts(await sent(admin, content, kind="inventories")) == (0, 0, 2, 0)


async def test_a_machine_that_its_agent_reports_is_the_same_one_and_doubts_wait_for_a_person(
    admin: httpx.AsyncClient, park: Park, unique: str
) -> None:
    serial = f"SN-{unique}"
    await park.tell(laptop(bios__ssn=serial))
    known = await park.only()
    head = ("Identifiant", "Site (identifiant)", "Nom d'hôte", "Numéro de série", "Modèle", "Logiciels")
    same = ("m-1" + unique, park.site, "PC-COMPTA", serial, known["model"], "Sage 100 | 7.1; EBP")
    await applied(admin, await sent(admin, workbook_of(head, same), kind="inventories"))
    assert [each["id"] for each in await park.assets()] == [known["id"]]
    software = await park.about(known, "software")
    told = [(each["name"], each["version"]) for each in software["items"]]
    assert told == [
        ("EBP", None),
        ("Sage 100", "7.1"),
    ]
    other = ("m-2" + unique, park.site, "PC-AUTRE", serial, "OptiPlex 7010", "")
    await applied(admin, await sent(admin, workbook_of(head, other), kind="inventories"))
    [review] = await park.reviews()
    assert (review["name"], review["doubt"]) == ("PC-AUTRE", "other-model")
    assert len(await park.assets()) == 1


async def test_an_old_export_changes_nothing_of_what_an_agent_said_since(
    admin: httpx.AsyncClient, park: Park, unique: str
) -> None:
    await park.tell(laptop(bios__ssn=f"SN-{unique}"))
    known = await park.only()
    machine, software = (await park.about(known, "inventory"), await park.about(known, "software"))
    old = configmgr(park.site, f"SN-{unique}", exported_on="2020-01-31")
    await applied(admin, await sent(admin, old, kind="inventories"))
    assert len(await park.assets()) == 2, "what no agent tells is taken from it"
    assert await park.about(known, "inventory") == machine
    assert await park.about(known, "software") == software
    assert counts(await sent(admin, old, kind="inventories")) == (0, 0, 2, 0)


async def test_any_tools_table_is_read_by_a_mapping_and_its_errors_are_told_by_line(
    admin: httpx.AsyncClient, park: Park, unique: str
) -> None:
    mapping = {
        "site_id": park.site,
        "columns": {"id": "Asset No", "hostname": "Machine", "serial": "S/N", "memory_mb": "RAM"},
    }
    rows = [("Asset No", "Machine", "S/N", "RAM", "Colour")]
    rows += [(f"a-{unique}", "PC-1", f"A-{unique}", "8192", "red"), (f"b-{unique}", "PC-2", "", "much", "")]
    shown = await sent(admin, archive(table=rows, mapping=mapping), kind="inventories")
    assert counts(shown) == (1, 0, 0, 1)
    [wrong] = await lines(admin, shown, standing="refused")
    assert [each["column"] for each in wrong["errors"]] == ["memory_mb"]
    unknown = csv_of(("id", "site_id"), (f"c-{unique}", "nowhere"))
    [refused] = await lines(admin, await sent(admin, unknown, kind="inventories"), standing="refused")
    assert [each["column"] for each in refused["errors"]] == ["site_id"]
