"""What a contract says of paying for work: by the month, by the hour, or from a prepaid book.

Prices are decimals: a kilometre may cost 0.529. What a line costs is a whole number of cents, rounded once,
half up, where the line is made: cents add up exactly and every store keeps them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Any

DEFAULT_RATE = "default"
WAITING_RATE = "waiting"
"""The rate of time that a technician waited on the spot, which is not billed where none is agreed."""

_WALL_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")

FULL = 100
"""Percent of the rate that work in ordinary hours costs."""


class BillingModel(StrEnum):
    """``forfait``: so many minutes a month are included; ``regie``: every minute is paid; ``prepaid``: so
    many minutes were paid in advance."""

    FORFAIT = "forfait"
    REGIE = "regie"
    PREPAID = "prepaid"


class Rounding(StrEnum):
    UP = "up"
    NEAREST = "nearest"


class TravelMode(StrEnum):
    INCLUDED = "included"
    TRIP = "trip"
    KM = "km"
    ZONE = "zone"


class Currency(StrEnum):
    """Those in which clients are billed; all have cents."""

    EUR = "EUR"
    CHF = "CHF"
    GBP = "GBP"
    USD = "USD"


@dataclass(frozen=True)
class Zone:
    """``postcodes`` are beginnings of postcodes; the longest that fits decides."""

    name: str
    price: Decimal
    postcodes: tuple[str, ...]


@dataclass(frozen=True)
class Travel:
    mode: TravelMode = TravelMode.INCLUDED
    price: Decimal | None = None
    zones: tuple[Zone, ...] = ()

    def zone_of(self, postcode: str) -> Zone | None:
        """The zone in which a postcode lies."""
        fitting = [
            (len(start), zone.name, zone)
            for zone in self.zones
            for start in zone.postcodes
            if postcode.startswith(start)
        ]
        return max(fitting, key=lambda each: each[:2], default=(0, "", None))[2]


@dataclass(frozen=True)
class Hours:
    """A stretch of each day by the clocks of the site (over midnight where ``until`` is not later than
    ``since``) in which ``percent`` of the rate is paid."""

    since: str
    until: str
    percent: int


@dataclass(frozen=True)
class Coefficients:
    """Percent of the rate; where several apply the highest counts and they are not added up."""

    hours: tuple[Hours, ...] = ()
    sunday: int = FULL
    holiday: int = FULL


@dataclass(frozen=True)
class Billing:
    """``included`` minutes are a month's under a forfait, the whole book's where it is prepaid; ``expiry`` is
    the book's last day. ``parts`` None: they are not billed."""

    model: BillingModel
    currency: Currency = Currency.EUR
    unit_minutes: int = 1
    minimum_minutes: int = 0
    rounding: Rounding = Rounding.UP
    included: int | None = None
    expiry: date | None = None
    rates: Mapping[str, Decimal] | None = None
    travel: Travel = Travel()
    coefficients: Coefficients = Coefficients()
    parts: Mapping[str, Decimal] | None = None

    def rate_of(self, *names: str) -> tuple[str, Decimal] | None:
        """The first of the names that has a rate, else the default's."""
        rates = self.rates or {}
        return next(((name, rates[name]) for name in (*names, DEFAULT_RATE) if name in rates), None)

    def billed(self, real: int) -> int:
        """The minutes to pay for an intervention that took ``real`` minutes: whole units, and not less than
        the minimum (which is whole units itself); nothing for nothing."""
        if real <= 0:
            return 0
        minutes, unit = max(real, self.minimum_minutes), self.unit_minutes
        units = -(-minutes // unit) if self.rounding is Rounding.UP else (2 * minutes + unit) // (2 * unit)
        return max(1, units) * unit


def price_of_time(rate: Decimal, minutes: int, percent: int) -> Fraction:
    """What minutes cost at an hourly rate, not rounded."""
    return Fraction(rate) * minutes * percent / (60 * FULL)


def half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def cents(amount: Fraction) -> int:
    """An amount of units of a currency in whole cents, half a cent up."""
    return half_up(amount * 100)


def money(amount_cents: int) -> str:
    """Cents as a decimal string, as it is sent."""
    sign, whole = "-" if amount_cents < 0 else "", abs(amount_cents)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def billing_of(agreed: Mapping[str, Any] | None) -> Billing | None:
    """The terms in a stored contract; None where there are none, or none that anything can be billed by
    (contracts from before billing terms had a form hold whatever was sent)."""
    if agreed is None:
        return None
    try:
        return _read(agreed)
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation):
        return None


def _read(agreed: Mapping[str, Any]) -> Billing:
    included, expiry = agreed.get("included"), agreed.get("expiry")
    model = BillingModel(agreed["model"])
    if model is not BillingModel.REGIE and included is None:
        raise ValueError("nothing is included")
    parts = agreed.get("parts")
    unit = int(agreed.get("unit_minutes", 1))
    if unit < 1:
        raise ValueError("no unit")
    return Billing(
        model=model,
        currency=Currency(agreed.get("currency", Currency.EUR)),
        unit_minutes=unit,
        minimum_minutes=int(agreed.get("minimum_minutes", 0)),
        rounding=Rounding(agreed.get("rounding", Rounding.UP)),
        included=None if included is None else int(included),
        expiry=None if expiry is None else date.fromisoformat(expiry),
        rates=_prices(agreed.get("rates") or {}),
        travel=_travel(agreed.get("travel") or {}),
        coefficients=_coefficients(agreed.get("coefficients") or {}),
        parts=None if parts is None else _prices(parts),
    )


def _prices(written: Mapping[str, str]) -> Mapping[str, Decimal]:
    return {name: _price(price) for name, price in written.items()}


def _price(written: str) -> Decimal:
    price = Decimal(written)
    if not price.is_finite():
        raise ValueError("no price")
    return price


def _wall_clock(written: str) -> str:
    if _WALL_CLOCK.fullmatch(written) is None:
        raise ValueError("no time of day")
    return written


def _travel(written: Mapping[str, Any]) -> Travel:
    price = written.get("price")
    zones = (
        Zone(name, _price(zone["price"]), tuple(zone["postcodes"]))
        for name, zone in (written.get("zones") or {}).items()
    )
    mode = TravelMode(written.get("mode", TravelMode.INCLUDED))
    return Travel(mode, None if price is None else _price(price), tuple(zones))


def _coefficients(written: Mapping[str, Any]) -> Coefficients:
    hours = (written[name] for name in ("evening", "night") if written.get(name))
    return Coefficients(
        tuple(
            Hours(_wall_clock(each["from"]), _wall_clock(each["to"]), int(each["percent"])) for each in hours
        ),
        int(written.get("sunday") or FULL),
        int(written.get("holiday") or FULL),
    )
