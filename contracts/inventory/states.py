"""States of sites, assets, parts and stock."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.envelope import State
from contracts.values import (
    Id,
    Location,
    PartNeed,
    SiteAccess,
    SpokenLanguage,
    TechnicianWishes,
    WeeklyWindows,
)


class SiteChanged(State):
    """A place of a customer's. Its zone and holidays decide for the clocks that run there.

    ``opening`` gives windows ``("08:00", "18:00")`` by weekday; absent, the site is always open.
    ``holidays`` is a code of ``contracts.calendars``. Whoever comes speaks one of ``languages``, if there
    are any.
    """

    TYPE: ClassVar[str] = "site-changed"
    ERASED: ClassVar[str] = "site-erased"

    site_id: Id
    customer_id: Id
    name: str
    address: str
    postcode: str
    commune: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    time_zone: str
    holidays: str
    good_friday: bool = False
    territory: str | None = None
    opening: WeeklyWindows | None = None
    access: SiteAccess | None = None
    technicians: TechnicianWishes | None = None
    languages: tuple[SpokenLanguage, ...] = ()


class CurrentAssetChanged(State):
    """A machine as it is now, on ``inventory.assets-current.v1``."""

    TYPE: ClassVar[str] = "current-asset-changed"
    ERASED: ClassVar[str] = "current-asset-erased"

    asset_id: Id
    site_id: Id
    customer_id: Id
    name: str
    kind: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    warranty_until: date | None = None
    contract_id: Id | None = None


class PartChanged(State):
    """A kind of spare part. ``substitutes`` may be taken instead; a ``kit`` consists of other parts."""

    TYPE: ClassVar[str] = "part-changed"
    ERASED: ClassVar[str] = "part-erased"

    sku: Id
    name: str
    substitutes: tuple[Id, ...] = ()
    kit: tuple[PartNeed, ...] = ()


class StockLevelChanged(State):
    """How many of a part one place holds; the subject is ``<location>/<sku>``.

    Until major 1 a place was a depot or a van.
    """

    TYPE: ClassVar[str] = "stock-level-changed"
    MAJOR: ClassVar[int] = 2
    ERASED: ClassVar[str] = "stock-level-erased"

    location: Location
    sku: Id
    on_hand: Annotated[int, Field(ge=0)]
    reserved: Annotated[int, Field(ge=0)]
