"""Facts of renewals, on ``inventory.renewals.v1``, keyed by the ticket that they are ordered under."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.envelope import Fact
from contracts.values import Id, Instant, Summary, Value

Decimal = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$")]


class RenewalLine(Value):
    """A line of the quote; the price is a decimal number in text."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    quantity: Decimal
    unit_price: Decimal


class RenewalQuoted(Fact):
    """Renewals are to be quoted to the client, under one ticket, ``ticket_id``, however often this is told.

    Nobody goes to ``sites`` before he has approved; he can until ``valid_until``. ``asset_id`` is there where
    all of it is about one machine.
    """

    TYPE: ClassVar[str] = "renewal-quoted"

    ticket_id: Id
    customer_id: Id
    category: Id
    summary: Summary
    detail: Annotated[str, StringConstraints(max_length=4000)]
    sites: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200)]
    asset_id: Id | None = None
    lines: Annotated[tuple[RenewalLine, ...], Field(min_length=1, max_length=200)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    valid_until: Instant
