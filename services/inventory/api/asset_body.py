"""An asset as it is written down."""

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.values import Id
from infra.chassis.http.body import Body, said
from services.inventory.domain.asset import Asset, Place

Name = Annotated[str, said(200)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class PlaceBody(Body):
    """Where at its site it stands, from the widest to the narrowest; any of it may be left out."""

    building: Name | None = None
    floor: Name | None = None
    room: Name | None = None
    rack: Name | None = None


class AssetBody(Body):
    """The asset belongs to the customer of its site.

    ``owner_id`` and ``users`` are contacts. ``fields`` are those that its ``kind`` has besides; kinds
    of one's own have any.
    """

    site_id: Id
    name: Name
    kind: Id
    manufacturer: Name | None = None
    model: Name | None = None
    serial: Name | None = None
    bought_on: date | None = None
    warranty_until: date | None = None
    contract_id: Id | None = None
    asset_tag: Name | None = None
    place: PlaceBody | None = None
    owner_id: Id | None = None
    users: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    last_backup_on: date | None = None
    fields_: Annotated[dict[FieldName, Name | int | float | bool], Field(alias="fields", max_length=40)] = (
        Field(default_factory=dict)
    )


def placed(body: PlaceBody | None) -> Place | None:
    return None if body is None else Place(**dict(body))


def asset_of(id: str, body: AssetBody) -> Asset:
    return Asset(
        id=id,
        customer_id="",
        site_id=body.site_id,
        name=body.name,
        kind=body.kind,
        manufacturer=body.manufacturer,
        model=body.model,
        serial=body.serial,
        bought_on=_day(body.bought_on),
        warranty_until=_day(body.warranty_until),
        contract_id=body.contract_id,
        asset_tag=body.asset_tag,
        place=placed(body.place),
        owner_id=body.owner_id,
        users=body.users,
        last_backup_on=_day(body.last_backup_on),
        fields=body.fields_,
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
