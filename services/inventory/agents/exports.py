"""Exports of other tools as one table of machines. It runs in a process of its own: they may be anything.

A workbook or a csv is a table already. An archive (zip) is ConfigMgr's views, a csv each, joined by their
``ResourceID``; or one csv of any tool with a ``mapping.json`` that says which of its columns is which.
"""

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from infra.chassis.imports.columns import Cell, plain
from infra.chassis.imports.sheet import (
    MAX_BYTES,
    MAX_LINES,
    MAX_PARTS,
    MAX_UNPACKED,
    Row,
    Table,
    Unfit,
    read_table,
)
from services.inventory.agents.reading import NO_CARDS

MAPPING = "mapping.json"
MOST_ROWS = 1_000_000
MOST_LISTED = 2_000
"""Programs of one machine."""
_KEY = "resourceid"
_LOCAL_DISK = "3"
Line = Mapping[str, str]


def machines_table(content: bytes) -> Table:
    """``Unfit`` for anything else, and for what is too large."""
    if len(content) > MAX_BYTES:
        raise Unfit("too-many-lines")
    files = _files(content) if content.startswith(b"PK") else None
    if files is None:
        return read_table(content)
    mapping = _mapping(files.pop(MAPPING, None))
    views = {name: _lines(text) for name, text in files.items() if name.endswith(".csv")}
    if not views:
        raise Unfit("unreadable-file")
    if len(views) == 1 and "columns" in mapping:
        [lines] = views.values()
        return _mapped(lines, mapping)
    return _joined(views, mapping)


def _files(content: bytes) -> dict[str, bytes] | None:
    """By their names in small; None of a workbook, which is an archive too."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if any(part.filename == "[Content_Types].xml" for part in parts):
                return None
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Unfit("unsafe-file")
            # The archive gives no more bytes of a part than it says that it has.
            named = {part.filename.rpartition("/")[2].casefold(): part for part in parts if not part.is_dir()}
            return {name: archive.read(part) for name, part in named.items()}
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("unreadable-file") from error


def _mapping(content: bytes | None) -> Mapping[str, Any]:
    if content is None:
        return {}
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise Unfit("unreadable-file") from None
    if not isinstance(said, dict):
        raise Unfit("unreadable-file")
    return said


def _lines(content: bytes) -> Iterator[Line]:
    """By headings as they are compared, without the ``0`` that ConfigMgr ends them with."""
    text = _text(content)
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    headings: list[str] | None = None
    try:
        for n, row in enumerate(rows):
            if n > MOST_ROWS:
                raise Unfit("too-many-lines")
            if headings is None:
                headings = [plain(re.sub(r"0{1,2}$", "", each.strip())) for each in row]
            elif any(each.strip() for each in row):
                yield {name: each.strip() for name, each in zip(headings, row, strict=False)}
    except csv.Error as error:
        raise Unfit("unreadable-file") from error


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# -- one table of another tool's ---------------------------------------------------------------


def _mapped(lines: Iterator[Line], mapping: Mapping[str, Any]) -> Table:
    """``columns`` says which heading of the file each of ours is; what it leaves out is not taken."""
    columns = mapping["columns"]
    if not isinstance(columns, dict) or not all(isinstance(each, str) for each in columns.values()):
        raise Unfit("unreadable-file")
    ours = tuple(columns)
    more = () if "site_id" in columns else ("site_id",)
    rows = []
    for n, line in enumerate(lines, 2):
        cells = [line.get(plain(columns[name])) or None for name in ours]
        rows.append(Row(n, (*cells, *(_site(mapping, line) for _ in more))))
        if len(rows) > MAX_LINES:
            raise Unfit("too-many-lines")
    return Table((*ours, *more), tuple(rows))


def _site(mapping: Mapping[str, Any], line: Line) -> str | None:
    """By what a column says (``site_by``, the domain where nothing is said), else the one for all."""
    by, sites = str(mapping.get("site_by", "Domain")), mapping.get("sites")
    said = line.get(plain(by))
    known = {str(name).casefold(): id for name, id in sites.items()} if isinstance(sites, dict) else {}
    found = known.get((said or "").casefold(), mapping.get("site_id"))
    return None if found is None else str(found)


# -- ConfigMgr's views -------------------------------------------------------------------------

_OF = {
    "addremoveprograms": "programs",
    "operatingsystem": "system",
    "pcbios": "bios",
    "logicaldisk": "disks",
    "networkadapter": "cards",
    "systemenclosure": "enclosure",
    "computersystemproduct": "product",
    "computersystem": "computer",
}
"""Views by their names; the longer ones first where one begins as another."""
_HEADINGS = (
    *("id", "site_id", "hostname", "domain", "last_user", "kind", "manufacturer", "model", "serial"),
    *("asset_tag", "uuid", "macs", "system_name", "system_version", "system_build", "system_installed_on"),
    *("memory_mb", "volumes", "software"),
)
_LAPTOPS = frozenset({"8", "9", "10", "14", "30", "31", "32"})
_SERVERS = frozenset({"17", "23", "25", "28"})


def _joined(views: Mapping[str, Iterator[Line]], mapping: Mapping[str, Any]) -> Table:
    one = defaultdict[str, dict[str, Line]](dict)
    several = defaultdict[str, dict[str, list[Line]]](lambda: defaultdict(list))
    for name, lines in views.items():
        view = next((of for known, of in _OF.items() if known in plain(name)), None)
        if view is None:
            continue
        for line in lines:
            if key := line.get(_KEY):
                if view in ("programs", "disks", "cards"):
                    several[view][key].append(line)
                else:
                    one[view].setdefault(key, line)
    if not one["computer"]:
        raise Unfit("unreadable-file")
    if len(one["computer"]) > MAX_LINES:
        raise Unfit("too-many-lines")
    rows = []
    for n, (key, computer) in enumerate(one["computer"].items(), 2):
        parts = {view: of.get(key, {}) for view, of in one.items()}
        lists = {view: of.get(key, []) for view, of in several.items()}
        said = _machine(key, computer, parts, lists)
        said["site_id"] = _site(mapping, computer)
        rows.append(Row(n, tuple(said.get(each) for each in _HEADINGS)))
    return Table(_HEADINGS, tuple(rows))


def _machine(
    key: str, computer: Line, parts: Mapping[str, Line], lists: Mapping[str, list[Line]]
) -> dict[str, Cell]:
    system, bios = parts.get("system", {}), parts.get("bios", {})
    enclosure, product = parts.get("enclosure", {}), parts.get("product", {})
    memory = system.get("totalvisiblememorysize", "")
    return {
        "id": f"configmgr-{key}",
        "hostname": computer.get("name") or None,
        "domain": computer.get("domain") or None,
        "last_user": computer.get("username") or None,
        "kind": _kind(enclosure.get("chassistypes", ""), system.get("caption", "")),
        "manufacturer": computer.get("manufacturer") or None,
        "model": computer.get("model") or None,
        "serial": bios.get("serialnumber") or None,
        "asset_tag": enclosure.get("smbiosassettag") or None,
        "uuid": product.get("uuid") or None,
        "macs": ",".join(filter(None, map(_card, lists.get("cards", ())))) or None,
        "system_name": system.get("caption") or None,
        "system_version": system.get("version") or None,
        "system_build": system.get("buildnumber") or None,
        "system_installed_on": _day(system.get("installdate", "")),
        "memory_mb": int(memory) // 1024 if memory.isdecimal() else None,
        "volumes": _listed(lists.get("disks", ()), _volume),
        "software": _listed(lists.get("programs", ()), _program),
    }


def _kind(chassis: str, system: str) -> str | None:
    if "server" in system.casefold() or chassis in _SERVERS:
        return "server"
    return "laptop" if chassis in _LAPTOPS else None


def _card(line: Line) -> str | None:
    said = line.get("description") or line.get("name") or ""
    return None if NO_CARDS.search(said) else line.get("macaddress")


def _listed(lines: Iterable[Line], made: Callable[[Line], dict[str, Any] | None]) -> str | None:
    """None where it tells none: its client may never have been asked."""
    found = {json.dumps(each, ensure_ascii=False): None for line in lines if (each := made(line)) is not None}
    return f"[{','.join(sorted(found)[:MOST_LISTED])}]" if found else None


def _program(line: Line) -> dict[str, Any] | None:
    name = line.get("displayname")
    if not name:
        return None
    said = {"name": name, "version": line.get("version"), "publisher": line.get("publisher")}
    said["installed_on"] = _day(line.get("installdate", ""))
    return {key: value[:200] for key, value in said.items() if value}


def _volume(line: Line) -> dict[str, Any] | None:
    name, kind = line.get("deviceid") or line.get("name"), line.get("drivetype")
    if not name or kind not in (None, "", _LOCAL_DISK):
        return None
    sizes = {"total_mb": line.get("size", ""), "free_mb": line.get("freespace", "")}
    return {"name": name[:200], **{key: int(each) for key, each in sizes.items() if each.isdecimal()}}


def _day(said: str) -> str | None:
    found = re.match(r"(\d{4})[-/]?(\d\d)[-/]?(\d\d)", said)
    return "-".join(found.groups()) if found else None
