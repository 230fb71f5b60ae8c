"""How a contract is billed, as it is sent: prices are decimal strings."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.body import Body
from services.ticket.domain.billing import (
    DEFAULT_RATE,
    FULL,
    BillingModel,
    Currency,
    Rounding,
    TravelMode,
)

MINUTES_AT_MOST = 10_000_000
Price = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,4})?$")]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
PostcodeStart = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 -]{1,12}$")]


def _of_the_rate(percent: int) -> int:
    if percent < FULL:
        raise InvalidValue(
            f"less than the rate itself: {FULL + percent} makes {percent}% more of it",
            f"moins que le tarif lui-même : {FULL + percent} le majore de {percent} %",
        )
    return percent


Percent = Annotated[int, Field(ge=0, le=1000), AfterValidator(_of_the_rate)]


class HoursBody(Body):
    """By the clocks of the site; over midnight where ``to`` is not later than ``from``."""

    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay
    percent: Percent

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.from_ == self.to:
            raise InvalidValue("it ends when it begins: correct from or to", "elle finit quand elle commence")
        return self


class CoefficientsBody(Body):
    """Percent of the rate (150: one and a half times); where several apply the highest counts."""

    evening: HoursBody | None = None
    night: HoursBody | None = None
    sunday: Percent | None = None
    holiday: Percent | None = None


class ZoneBody(Body):
    """``postcodes`` are beginnings: ``35`` is all of Ille-et-Vilaine; the longest that fits decides."""

    price: Price
    postcodes: Annotated[tuple[PostcodeStart, ...], Field(min_length=1, max_length=500)]


class TravelBody(Body):
    """``price`` of a trip or of a kilometre; of a zone where travel is paid by zones."""

    mode: TravelMode
    price: Price | None = None
    zones: Annotated[dict[Id, ZoneBody], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def _has_its_price(self) -> Self:
        if (self.price is not None) != (self.mode in (TravelMode.TRIP, TravelMode.KM)):
            raise InvalidValue(
                "give a price with trip and km, and only with them",
                "donnez price avec trip et km, et seulement avec eux",
            )
        if (self.zones is not None) != (self.mode is TravelMode.ZONE):
            raise InvalidValue(
                "give zones with the mode zone, and only with it",
                "donnez zones avec le mode zone, et seulement avec lui",
            )
        starts = [start for zone in (self.zones or {}).values() for start in zone.postcodes]
        if twice := sorted({start for start in starts if starts.count(start) > 1}):
            raise InvalidValue(
                f"in two zones at once: {', '.join(twice)}", f"dans deux zones à la fois : {', '.join(twice)}"
            )
        return self


class BillingBody(Body):
    """``included`` minutes are a month's with ``forfait``, the whole book's with ``prepaid``.

    ``rates`` are per hour, by work type, kind of work (``remote``, ``phone``, ``onsite``, ``travel``,
    ``workshop``), ``waiting`` or ``default``: the work type decides first. ``parts`` are prices a piece.
    """

    model: BillingModel
    currency: Currency = Currency.EUR
    unit_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 1
    minimum_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    rounding: Rounding = Rounding.UP
    included: Annotated[int, Field(ge=1, le=MINUTES_AT_MOST)] | None = None
    expiry: date | None = None
    rates: Annotated[dict[Id, Price], Field(max_length=200)] = Field(default_factory=dict)
    travel: TravelBody = TravelBody(mode=TravelMode.INCLUDED)
    coefficients: CoefficientsBody = CoefficientsBody()
    parts: Annotated[dict[Id, Price], Field(max_length=2_000)] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        regie, prepaid = self.model is BillingModel.REGIE, self.model is BillingModel.PREPAID
        if (self.included is None) != regie:
            raise InvalidValue(
                "give the included minutes with forfait and prepaid, and not with regie",
                "donnez included (minutes) avec forfait et prepaid, et pas avec regie",
            )
        if self.expiry is not None and not prepaid:
            raise InvalidValue(
                "only a prepaid book has an expiry: leave it out",
                "seul un carnet prépayé a une date expiry : retirez-la",
            )
        if regie and DEFAULT_RATE not in self.rates:
            raise InvalidValue(
                "work would have no price: give a default rate in rates",
                "du travail serait sans prix : donnez un tarif default dans rates",
            )
        if self.minimum_minutes % self.unit_minutes:
            raise InvalidValue(
                f"minimum_minutes is not whole units of {self.unit_minutes} minutes",
                f"minimum_minutes n'est pas un multiple de l'unité de {self.unit_minutes} minutes",
            )
        return self

    def agreed(self) -> dict[str, Any]:
        """As it is kept and shown."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
