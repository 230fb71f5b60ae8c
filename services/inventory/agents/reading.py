"""What agents write about a machine, GLPI's in JSON and the older ones in XML, as one ``Report``.

Only what is named here is taken. What else they send (environment variables, local users and groups,
processes, keys of the registry, shells' keys) is not even looked at.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.inventory.agents.unpacking import Unreadable
from services.inventory.domain.identity import Identity
from services.inventory.domain.machine import (
    Antivirus,
    Cpu,
    Disk,
    OperatingSystem,
    Peripheral,
    Report,
    Screen,
    Software,
    Volume,
)

MOST_SOFTWARE = 10_000
MOST_OF_A_KIND = 200
NO_CARDS = re.compile(
    r"virtual|vmware|vbox|vethernet|hyper-v|loopback|tap-|\btap\b|vpn|miniport|bluetooth|docker|usb|dock\b"
    r"|thunderbolt|tunnel|teredo|isatap|wireguard|fortinet|anyconnect|bridge",
    re.IGNORECASE,
)
"""Adapters that are no part of the machine, or of no machine: docking stations go from desk to desk."""
_NOBODY = frozenset({"wtmp", "reboot"})
"""What the record of logins begins with; agents take it for a person where nobody has logged in."""
_LAPTOPS = frozenset({"laptop", "notebook", "portable", "subnotebook", "convertible", "detachable"})
_SERVERS = re.compile(r"server|rack|blade", re.IGNORECASE)
_ITEM_KINDS = {"printer": "printer", "networkequipment": "network", "phone": "phone", "storage": "storage"}
_YEAR_FIRST = re.compile(r"\s*(\d{4})[-/]?(\d\d)[-/]?(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(r"\s*(\d\d?)[-/.](\d\d?)[-/.](\d{4})", re.ASCII)
_MEDIA_OF_A_MOMENT = re.compile(r"cd|dvd|floppy|removable|usb", re.IGNORECASE)

Section = Mapping[str, Any]


def report_of(message: Section) -> Report:
    """``message`` is a request as it was read, with ``deviceid`` and ``content``; ``Unreadable`` if not."""
    device_id, content = _said(message.get("deviceid")), message.get("content")
    if device_id is None or not isinstance(content, Mapping):
        raise Unreadable("shape", "an inventory has a deviceid and a content")
    device = _one(content, "network_device")
    if device:
        return _of_device(device_id, message, content, device)
    bios, hardware = _one(content, "bios"), _one(content, "hardware")
    networks = _rows(content, "networks")
    partial = _yes(message.get("partial")) is True
    return Report(
        device_id=device_id,
        partial=partial,
        tag=_said(message.get("tag")) or _tag_of(content),
        agent=_said(content.get("versionclient")),
        kind=_kind(message, hardware, bios),
        hostname=_said(hardware.get("name")),
        domain=_said(hardware.get("workgroup")) or _said(hardware.get("userdomain")),
        last_user=_user(hardware),
        identity=Identity(
            asset_tag=_said(bios.get("assettag")),
            serial=_said(bios.get("ssn")),
            manufacturer=_said(bios.get("smanufacturer")) or _said(bios.get("bmanufacturer")),
            model=_said(bios.get("smodel")),
            uuid=_said(hardware.get("uuid")),
            macs=tuple(mac for each in networks or () if (mac := _card(each))),
        ),
        system=_system(content, hardware),
        memory_mb=_memory(content, hardware, partial=partial),
        ips=None if networks is None else _ips(networks),
        cpus=_cpus(content),
        disks=_disks(content),
        volumes=_volumes(content),
        screens=_screens(content),
        peripherals=_peripherals(content),
        antivirus=_antivirus(content),
        software=_software(content),
    )


def _of_device(device_id: str, message: Section, content: Section, device: Section) -> Report:
    """What answers on the network itself: printers, switches."""
    ips = device.get("ips")
    return Report(
        device_id=device_id,
        partial=_yes(message.get("partial")) is True,
        tag=_said(message.get("tag")),
        agent=_said(content.get("versionclient")),
        kind=_kind(message, device, {}),
        hostname=_said(device.get("name")),
        identity=Identity(
            serial=_said(device.get("serial")),
            manufacturer=_said(device.get("manufacturer")),
            model=_said(device.get("model")),
            macs=(_said(device.get("mac")) or "",),
        ),
        system=OperatingSystem(build=_said(device.get("firmware"))),
        memory_mb=_count(device.get("ram")),
        ips=tuple(ip for each in ips if (ip := _said(each))) if isinstance(ips, list) else None,
    )


# -- sections ----------------------------------------------------------------------------------


def _tag_of(content: Section) -> str | None:
    """The older agents write it as an account's field called TAG."""
    for each in _rows(content, "accountinfo") or ():
        if _said(each.get("keyname")) == "TAG":
            return _said(each.get("keyvalue"))
    return None


def _kind(message: Section, hardware: Section, bios: Section) -> str | None:
    item = (_said(message.get("itemtype")) or _said(hardware.get("type")) or "").lower()
    if item in _ITEM_KINDS:
        return _ITEM_KINDS[item]
    virtual = _said(hardware.get("vmsystem"))
    if virtual and virtual.lower() != "physical":
        return "virtual-machine"
    chassis = _said(hardware.get("chassis_type")) or _said(bios.get("type"))
    if chassis is None:
        return None
    if chassis.lower().replace(" ", "") in _LAPTOPS:
        return "laptop"
    return "server" if _SERVERS.search(chassis) else "computer"


def _system(content: Section, hardware: Section) -> OperatingSystem | None:
    system = _one(content, "operatingsystem")
    name = _said(system.get("full_name")) or _said(system.get("name")) or _said(hardware.get("osname"))
    if name is None:
        return None
    return OperatingSystem(
        name=name,
        version=_said(system.get("version")) or _said(hardware.get("osversion")),
        build=_said(system.get("kernel_version")),
        arch=_said(system.get("arch")) or _said(hardware.get("archname")),
        installed_on=_day(system.get("install_date")),
    )


def _memory(content: Section, hardware: Section, *, partial: bool) -> int | None:
    """What is plugged in rather than what the system has left of it.

    A partial inventory always says what is left: nothing follows from it for what is plugged in.
    """
    modules = _rows(content, "memories")
    if modules is None and partial:
        return None
    return sum(_count(each.get("capacity")) or 0 for each in modules or ()) or _count(hardware.get("memory"))


def _cpus(content: Section) -> tuple[Cpu, ...] | None:
    rows = _rows(content, "cpus")
    if rows is None:
        return None
    return tuple(
        Cpu(name, _count(each.get("core")), _count(each.get("thread")), _count(each.get("speed")))
        for each in rows
        if (name := _said(each.get("name")) or _said(each.get("type")))
    )


def _disks(content: Section) -> tuple[Disk, ...] | None:
    rows = _rows(content, "storages")
    if rows is None:
        return None
    return tuple(
        Disk(
            name,
            _said(each.get("serial")) or _said(each.get("serialnumber")),
            _count(each.get("disksize")),
            kind,
        )
        for each in rows
        if (name := _said(each.get("model")) or _said(each.get("name")))
        and not _MEDIA_OF_A_MOMENT.search(kind := _said(each.get("type")) or "disk")
    )


def _volumes(content: Section) -> tuple[Volume, ...] | None:
    rows = _rows(content, "drives")
    if rows is None:
        return None
    found = {}
    for each in rows:
        name = _said(each.get("letter")) or _said(each.get("type")) or _said(each.get("volumn"))
        total = _count(each.get("total"))
        if name is not None and total and not _MEDIA_OF_A_MOMENT.search(_said(each.get("type")) or ""):
            encrypted = _said(each.get("encrypt_status"))
            found[name] = Volume(
                name,
                total,
                _count(each.get("free")),
                _said(each.get("filesystem")),
                None if encrypted is None else encrypted.lower() in ("yes", "partially"),
            )
    return tuple(found[name] for name in sorted(found))


def _screens(content: Section) -> tuple[Screen, ...] | None:
    rows = _rows(content, "monitors")
    if rows is None:
        return None
    return tuple(
        Screen(name, _said(each.get("manufacturer")), _said(each.get("serial")))
        for each in rows
        if (name := _said(each.get("caption")) or _said(each.get("name")) or _said(each.get("description")))
    )


def _peripherals(content: Section) -> tuple[Peripheral, ...] | None:
    printers, usb = _rows(content, "printers"), _rows(content, "usbdevices")
    if printers is None and usb is None:
        return None
    found = [
        Peripheral(kind, name, _said(each.get("serial")))
        for kind, rows in (("printer", printers), ("usb", usb))
        for each in rows or ()
        if (name := _said(each.get("name")) or _said(each.get("caption")))
    ]
    return tuple(dict.fromkeys(found))


def _antivirus(content: Section) -> tuple[Antivirus, ...] | None:
    rows = _rows(content, "antivirus")
    if rows is None:
        centre = _rows(content, "securitycenter")
        if centre is None:
            return None
        rows = [each for each in centre if (_said(each.get("category")) or "").lower() == "antivirus"]
    return tuple(
        Antivirus(
            name,
            _said(each.get("version")),
            _yes(each.get("enabled")),
            _yes(each.get("uptodate")),
            _day(each.get("base_creation")),
            _day(each.get("expiration")),
        )
        for each in rows
        if (name := _said(each.get("name")) or _said(each.get("product")))
    )


def _software(content: Section) -> tuple[Software, ...] | None:
    rows = _rows(content, "softwares", MOST_SOFTWARE)
    if rows is None:
        return None
    found = {
        Software(
            name,
            _said(each.get("version")),
            _said(each.get("publisher")),
            _day(each.get("install_date")) or _day(each.get("installdate")),
        )
        for each in rows
        if (name := _said(each.get("name")))
    }
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.version or "", repr(each))))


def _card(network: Section) -> str | None:
    if _yes(network.get("virtualdev")) or NO_CARDS.search(_said(network.get("description")) or ""):
        return None
    return _said(network.get("mac")) or _said(network.get("macaddr"))


def _ips(networks: list[Section]) -> tuple[str, ...]:
    said = (_said(each.get("ipaddress")) for each in networks)
    return tuple(dict.fromkeys(ip for ip in said if ip and not ip.startswith(("127.", "169.254."))))


# -- values ------------------------------------------------------------------------------------


def _rows(content: Section, name: str, most: int = MOST_OF_A_KIND) -> list[Section] | None:
    """The section's rows, one or many; None where it is not there."""
    value = content.get(name)
    if value is None:
        return None
    rows = value if isinstance(value, list) else [value]
    return [each for each in rows if isinstance(each, Mapping)][:most]


def _one(content: Section, name: str) -> Section:
    rows = _rows(content, name, 1)
    return rows[0] if rows else {}


def _user(hardware: Mapping[str, Any]) -> str | None:
    last = _said(hardware.get("lastloggeduser"))
    return _said(hardware.get("userid")) if last is None or last in _NOBODY else last


def _said(value: Any, most: int = 200) -> str | None:
    """A text without what no store can hold, no longer than names are; None where it is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)[: 4 * most]
    if text.isascii() and text.isprintable():
        return text.strip()[:most] or None
    text = unicodedata.normalize("NFC", text)
    cleaned = "".join(c for c in text if c == " " or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co"))
    return " ".join(cleaned.split())[:most] or None


def _count(value: Any) -> int | None:
    """A whole number from 0 on, which the older agents write as a text, at times with a unit behind it."""
    if isinstance(value, bool):
        return None
    found = re.match(r"\s*(\d{1,15})", str(value)) if isinstance(value, str | int | float) else None
    return int(found[1]) if found else None


def _yes(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
        str(value).strip().lower()
    )


def _day(value: Any) -> str | None:
    """Of a moment or a day as agents write it; where both orders make a day, the day comes first."""
    text = str(value) if isinstance(value, str | int) else ""
    if found := _YEAR_FIRST.match(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _YEAR_LAST.match(text):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if month > 12:
            day, month = month, day
    else:
        return None
    try:
        return date(year, month, day).isoformat() if 1980 <= year <= 2200 else None
    except ValueError:
        return None
