"""Sites, assets and parts as callers read them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pydantic import BaseModel, Field

from contracts.text import Text
from contracts.values import Instant, PartNeed, SiteAccess, TechnicianWishes, WeeklyWindows
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.inventory.domain.asset import Asset, Disposal, Extra, Link, Loan, Place, Seen
from services.inventory.domain.part import Part, Substitute, Tracking
from services.inventory.domain.site import Site

GAPS = {
    "no-territory": Text(
        "This site has no territory: technicians are chosen for it by distance alone, and no rota covers it.",
        "Ce site n'a pas de territoire : ses techniciens sont choisis à la seule distance, sans astreinte.",
    ),
    "no-contract": Text(
        "This asset names no contract: work on it stands under whatever contract covers its site.",
        "Cet équipement ne nomme aucun contrat : c'est le contrat de son site qui s'appliquera.",
    ),
}


class Shortcoming(BaseModel):
    """What will not work until it is filled in. ``type`` is stable, ``detail`` is for people."""

    type: str
    detail: str


class SiteView(BaseModel):
    """``technicians`` is null for who may not see whom a customer refuses."""

    id: str
    customer_id: str
    name: str
    address: str
    postcode: str
    commune: str
    latitude: float
    longitude: float
    time_zone: str
    holidays: str
    good_friday: bool
    territory: str | None
    opening: WeeklyWindows | None
    access: SiteAccess | None
    technicians: TechnicianWishes | None
    languages: tuple[str, ...]
    warnings: list[Shortcoming]
    updated_at: Instant


class AssetView(BaseModel):
    """``seen`` is what its inventories say of who it is; with ``repair_id`` it is in the workshop."""

    id: str
    customer_id: str
    site_id: str
    name: str
    kind: str
    manufacturer: str | None
    model: str | None
    serial: str | None
    bought_on: date | None
    warranty_until: date | None
    contract_id: str | None
    asset_tag: str | None
    place: Place | None
    owner_id: str | None
    users: tuple[str, ...]
    last_backup_on: date | None
    fields_: dict[str, Extra] = Field(serialization_alias="fields")
    status: str
    seen: Seen | None
    loan: Loan | None
    disposal: Disposal | None
    links: tuple[Link, ...]
    repair_id: str | None
    warnings: list[Shortcoming]
    updated_at: Instant


class PartView(BaseModel):
    id: str
    name: str
    reorder_point: int | None
    supplier: str | None
    tracking: Tracking
    lead_time_days: int | None
    order_multiple: int
    van_minimum: int | None
    repairable: bool
    substitutes: tuple[Substitute, ...]
    kit: tuple[PartNeed, ...]
    updated_at: Instant


_OF_THE_ASSET = AssetView.model_fields.keys() - {"warnings", "updated_at", "fields_"}


def site_view(kept: Kept[Site], language: str, principal: Principal) -> SiteView:
    site = kept.value
    if not principal.may("technician-wishes:read"):
        site = replace(site, technicians=None)
    return SiteView(
        **{name: getattr(site, name) for name in SiteView.model_fields.keys() - {"warnings", "updated_at"}},
        warnings=_warnings(site.gaps, language),
        updated_at=kept.updated_at,
    )


def asset_view(kept: Kept[Asset], language: str) -> AssetView:
    asset = kept.value
    return AssetView(
        **{name: getattr(asset, name) for name in _OF_THE_ASSET},
        fields_=dict(asset.fields),
        warnings=_warnings(asset.gaps, language),
        updated_at=kept.updated_at,
    )


def part_view(kept: Kept[Part]) -> PartView:
    part = kept.value
    names = PartView.model_fields.keys() - {"updated_at"}
    return PartView(**{name: getattr(part, name) for name in names}, updated_at=kept.updated_at)


def _warnings(gaps: Iterable[str], language: str) -> list[Shortcoming]:
    return [Shortcoming(type=gap, detail=GAPS[gap].in_(language)) for gap in gaps]
