"""Machines from other tools' exports, by the table: ConfigMgr's views, or any tool's csv with a mapping."""

import json
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.body import Body
from infra.chassis.http.etag import Expected
from infra.chassis.http.principal import Principal
from infra.chassis.imports.columns import DAY, SEVERAL, TEXT, WHOLE, Cell, Column, Form, Unread
from infra.chassis.imports.kind import ImportKind
from services.inventory.agents.exports import machines_table
from services.inventory.api.asset_body import Name
from services.inventory.domain.identity import Identity
from services.inventory.domain.machine import OperatingSystem, Report, Software, Volume
from services.inventory.store.machines import ImportedMachines
from services.inventory.usecases.take_export import TakeExported


class ProgramBody(Body):
    name: Name
    version: Name | None = None
    publisher: Name | None = None
    installed_on: date | None = None


class VolumeBody(Body):
    name: Name
    total_mb: Annotated[int, Field(ge=0)] | None = None
    free_mb: Annotated[int, Field(ge=0)] | None = None


class ExportedBody(Body):
    """What a line says of a machine; what it leaves out stays as it is known.

    ``exported_on`` is the day as it was which; without one it is as of now.
    """

    site_id: Id
    exported_on: date | None = None
    hostname: Name | None = None
    domain: Name | None = None
    last_user: Name | None = None
    kind: Id | None = None
    manufacturer: Name | None = None
    model: Name | None = None
    serial: Name | None = None
    asset_tag: Name | None = None
    uuid: Name | None = None
    macs: tuple[Name, ...] = ()
    system_name: Name | None = None
    system_version: Name | None = None
    system_build: Name | None = None
    system_installed_on: date | None = None
    memory_mb: Annotated[int, Field(ge=0)] | None = None
    volumes: tuple[VolumeBody, ...] | None = None
    software: tuple[ProgramBody, ...] | None = None


def _rows(cell: Cell) -> list[dict[str, Any]]:
    """As a converter writes them, or as a person does: ``Name | version | publisher``, parted by ``;``."""
    said = str(cell)
    if said.startswith("["):
        try:
            rows: list[dict[str, Any]] = json.loads(said)
        except ValueError:
            raise Unread(Text("it is no list", "ce n'est pas une liste")) from None
        return rows
    names = ("name", "version", "publisher")
    parted = [[part.strip() for part in each.split("|")] for each in said.split(";") if each.strip()]
    return [
        {name: part for name, part in zip(names, parts, strict=False) if part} for parts in parted if parts[0]
    ]


_LISTED = Form(
    Text("name | version | publisher; …", "nom | version | éditeur ; …"),
    _rows,
    lambda value, _: str(len(value)),
)


def _report(id: str, body: ExportedBody) -> Report:
    system = OperatingSystem(
        body.system_name,
        body.system_version,
        body.system_build,
        installed_on=None if body.system_installed_on is None else body.system_installed_on.isoformat(),
    )
    return Report(
        device_id=id,
        # Of what it does not say nothing follows.
        partial=True,
        kind=body.kind,
        hostname=body.hostname,
        domain=body.domain,
        last_user=body.last_user,
        identity=Identity(body.asset_tag, body.serial, body.manufacturer, body.model, body.uuid, body.macs),
        system=None if system == OperatingSystem() else system,
        memory_mb=body.memory_mb,
        volumes=None if body.volumes is None else tuple(Volume(**dict(each)) for each in body.volumes),
        software=None if body.software is None else tuple(sorted(map(_program, body.software), key=_by_name)),
    )


def _program(body: ProgramBody) -> Software:
    installed = None if body.installed_on is None else body.installed_on.isoformat()
    return Software(body.name, body.version, body.publisher, installed)


def _by_name(software: Software) -> tuple[str, str]:
    return (software.name.casefold(), software.version or "")


def _take(id: str, body: ExportedBody, expected: Expected, _: Principal) -> TakeExported:
    # Another day alone is no change.
    said = body.model_dump(mode="json", exclude_unset=True, exclude={"exported_on"})
    return TakeExported(id, body.site_id, _report(id, body), said, body.exported_on, expected)


def _column(path: str, en: str, fr: str, form: Form = TEXT, **more: Any) -> Column:
    return Column(path, Text(en, fr), form, **more)


EXPORTED = ImportKind(
    name="inventories",
    title=Text("Machines from other tools", "Machines d'autres outils"),
    verb="assets:write",
    collection=ImportedMachines,
    body=ExportedBody,
    columns=(
        _column("site_id", "Site", "Site (identifiant)", required=True, also=("identifiant site",)),
        _column("exported_on", "Exported on", "Exporté le", DAY),
        _column("hostname", "Host name", "Nom d'hôte", also=("name", "nom", "computer name", "poste")),
        _column("domain", "Domain", "Domaine"),
        _column("last_user", "Last user", "Dernier utilisateur", also=("username", "utilisateur")),
        _column("kind", "Kind", "Type"),
        _column("manufacturer", "Manufacturer", "Fabricant", also=("marque", "brand")),
        _column("model", "Model", "Modèle"),
        _column("serial", "Serial number", "Numéro de série", also=("serial", "n/s", "s/n")),
        _column("asset_tag", "Asset tag", "Étiquette d'inventaire"),
        _column("uuid", "UUID", "UUID (identifiant matériel)"),
        _column("macs", "Network cards", "Cartes réseau", SEVERAL, also=("mac", "adresse mac")),
        _column("system_name", "System", "Système", also=("os", "operating system")),
        _column("system_version", "System version", "Version du système", also=("os version",)),
        _column("system_build", "System build", "Build du système"),
        _column("system_installed_on", "System installed on", "Système installé le", DAY),
        _column("memory_mb", "Memory (MB)", "Mémoire (Mo)", WHOLE),
        _column("volumes", "Volumes", "Volumes de disque", _LISTED),
        _column("software", "Software", "Logiciels", _LISTED),
    ),
    shown=lambda kept, _: kept.value.said,
    case=_take,
    table=machines_table,
)
