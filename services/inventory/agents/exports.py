"""Exports of other tools as one table of machines. It runs in a process of its own: they may be anything.

A workbook or a csv is a table already. An archive (zip) is ConfigMgr's views, a csv each, joined by their
``ResourceID``; or one csv of any tool with a ``mapping.json`` that says which of its columns is which. What
an archive says is as old as the newest of its files, or as the mapping's ``exported_on`` says.
"""

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
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
    said = files.pop(MAPPING, None)
    mapping = _mapping(None if said is None else said.content)
    views = {name: each.content for name, each in files.items() if name.endswith(".csv")}
    if not views:
        raise Unfit("unreadable-file")
    day = _exported_on(mapping, files.values())
    if len(views) == 1 and "columns" in mapping:
        [content] = views.values()
        return _mapped(content, mapping, day)
    return _joined(views, mapping, day)


@dataclass(frozen=True)
class _File:
    content: bytes
    written_on: tuple[int, ...]


def _exported_on(mapping: Mapping[str, Any], files: Iterable[_File]) -> str | None:
    said = mapping.get("exported_on")
    if said is not None:
        day = _day(said) if isinstance(said, str) else None
        if day is None:
            raise Unfit("unreadable-file")
        return day
    newest = max(each.written_on for each in files)
    # Tools that know no time write the first day that there is.
    return None if newest[0] <= 1980 else _day("-".join(f"{each:02}" for each in newest))


def _files(content: bytes) -> dict[str, _File] | None:
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
            return {name: _File(archive.read(part), part.date_time[:3]) for name, part in named.items()}
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


def _lines(content: bytes, named: Callable[[str], str], needs: Iterable[str] = ()) -> Iterator[Line]:
    """By headings as ``named`` has them to be compared; ``Unfit`` where one of ``needs`` is not there."""
    text = _text(content)
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    headings: list[str] | None = None
    try:
        for n, row in enumerate(rows):
            if n > MOST_ROWS:
                raise Unfit("too-many-lines")
            if headings is None:
                headings = [named(each) for each in row]
                if not {named(each) for each in needs} <= set(headings):
                    raise Unfit("unreadable-file")
            elif any(each.strip() for each in row):
                yield {name: each.strip() for name, each in zip(headings, row, strict=False)}
    except csv.Error as error:
        raise Unfit("unreadable-file") from error


def _of_a_view(heading: str) -> str:
    """Without the ``0`` that ConfigMgr ends its headings with."""
    return plain(re.sub(r"0{1,2}$", "", heading.strip()))


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# -- one table of another tool's ---------------------------------------------------------------


def _mapped(content: bytes, mapping: Mapping[str, Any], day: str | None) -> Table:
    """``columns`` says which heading of the file each of ours is; what it leaves out is not taken."""
    columns = mapping["columns"]
    if not isinstance(columns, dict) or not all(isinstance(each, str) for each in columns.values()):
        raise Unfit("unreadable-file")
    ours = tuple(columns)
    more = tuple(each for each in ("site_id", "exported_on") if each not in columns)
    rows = []
    for n, line in enumerate(_lines(content, plain, (*columns.values(), *_needed(mapping))), 2):
        cells = [line.get(plain(columns[name])) or None for name in ours]
        said = {"site_id": _site(mapping, line, plain), "exported_on": day}
        rows.append(Row(n, (*cells, *(said[each] for each in more))))
        if len(rows) > MAX_LINES:
            raise Unfit("too-many-lines")
    return Table((*ours, *more), tuple(rows))


def _needed(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(mapping["site_by"]),) if "site_by" in mapping else ()


def _site(mapping: Mapping[str, Any], line: Line, named: Callable[[str], str]) -> str | None:
    """By what a column says (``site_by``, the domain where nothing is said), else the one for all."""
    by, sites = str(mapping.get("site_by", "Domain")), mapping.get("sites")
    said = line.get(named(by))
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
    *(
        "id",
        "site_id",
        "exported_on",
        "hostname",
        "domain",
        "last_user",
        "kind",
        "manufacturer",
        "model",
        "serial",
    ),
    *("asset_tag", "uuid", "macs", "system_name", "system_version", "system_build", "system_installed_on"),
    *("memory_mb", "volumes", "software"),
)
_LAPTOPS = frozenset({"8", "9", "10", "14", "30", "31", "32"})
_SERVERS = frozenset({"17", "23", "25", "28"})


def _joined(views: Mapping[str, bytes], mapping: Mapping[str, Any], day: str | None) -> Table:
    one = defaultdict[str, dict[str, Line]](dict)
    several = defaultdict[str, dict[str, list[Line]]](lambda: defaultdict(list))
    source = _source(mapping)
    for name, content in views.items():
        view = next((of for known, of in _OF.items() if known in plain(name)), None)
        if view is None:
            continue
        for line in _lines(content, _of_a_view, _needed(mapping) if view == "computer" else ()):
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
        said = _machine(computer, parts, lists)
        said["id"] = f"configmgr-{source}-{key}"
        said["site_id"] = _site(mapping, computer, _of_a_view)
        said["exported_on"] = day
        rows.append(Row(n, tuple(said.get(each) for each in _HEADINGS)))
    return Table(_HEADINGS, tuple(rows))


def _source(mapping: Mapping[str, Any]) -> str:
    """All installations count their machines from one number: their sites tell them apart."""
    sites = mapping.get("sites")
    first = mapping.get("site_id") or min(
        map(str, sites.values() if isinstance(sites, dict) else ()), default=""
    )
    return sha256(str(first).encode()).hexdigest()[:8]


def _machine(computer: Line, parts: Mapping[str, Line], lists: Mapping[str, list[Line]]) -> dict[str, Cell]:
    system, bios = parts.get("system", {}), parts.get("bios", {})
    enclosure, product = parts.get("enclosure", {}), parts.get("product", {})
    memory = system.get("totalvisiblememorysize", "")
    return {
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
    if found is None:
        return None
    day = "-".join(found.groups())
    try:
        date.fromisoformat(day)
    except ValueError:
        # As some installers write it: 19032021.
        return None
    return day
