"""What a contract says that a broken commitment costs, as it is sent."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.text import InvalidValue
from contracts.values import Id, Priority
from infra.chassis.http.body import Body, said
from services.ticket.domain.penalties import Per

Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$")]
"""Money, as a text with a point and at most two places: binary floats cannot hold a cent."""
Percent = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?)$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""


class SmallSampleBody(Body):
    """In a month of fewer than ``below`` commitments the first ``allowed`` broken ones count as kept."""

    below: Annotated[int, Field(ge=1, le=1_000)]
    allowed: Annotated[int, Field(ge=0, le=1_000)]


class RuleBody(Body):
    """Either ``amount`` or ``percent`` of the base; per hour begun, per incident, or per point begun that the
    rate is too low (``rate``, in percent, is then needed)."""

    name: Annotated[str, said(100)]
    per: Per
    amount: Amount | None = None
    percent: Percent | None = None
    targets: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    priorities: Annotated[tuple[Priority, ...], Field(max_length=len(Priority))] = ()
    free_minutes: Annotated[int, Field(ge=0, le=366 * 24 * 60)] = 0
    free_count: Annotated[int, Field(ge=0, le=1_000)] = 0
    rate: Percent | None = None
    small_sample: SmallSampleBody | None = None
    cap: Amount | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.amount is None) == (self.percent is None):
            raise InvalidValue("give either amount or percent", "donnez soit amount, soit percent")
        if (self.rate is None) == (self.per is Per.RATE):
            raise InvalidValue("give a rate with per: rate only", "donnez rate avec per: rate, et lui seul")
        if self.small_sample is not None and self.per is not Per.RATE:
            raise InvalidValue("small_sample belongs to per: rate", "small_sample ne vaut que pour per: rate")
        if self.free_minutes and self.per is not Per.HOUR:
            raise InvalidValue("free_minutes belongs to per: hour", "free_minutes ne vaut que pour per: hour")
        if self.free_count and self.per is not Per.INCIDENT:
            raise InvalidValue(
                "free_count belongs to per: incident", "free_count ne vaut que pour per: incident"
            )
        return self


class PenaltiesBody(Body):
    """The scale. ``base`` is what percentages are of (a month's price), ``cap`` the most in a month."""

    currency: Currency = "EUR"
    rules: Annotated[tuple[RuleBody, ...], Field(min_length=1, max_length=50)]
    base: Amount | None = None
    cap: Amount | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise InvalidValue("two rules have one name", "deux règles portent le même nom")
        if self.base is None and any(rule.percent is not None for rule in self.rules):
            raise InvalidValue(
                "percentages need a base: say of what they are", "un pourcentage demande base : dites de quoi"
            )
        if self.cap is not None and Decimal(self.cap) == 0:
            raise InvalidValue(
                "a cap of nothing makes the scale void: leave penalties out",
                "un plafond nul vide le barème : omettez penalties",
            )
        return self

    def terms(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True) | {"currency": self.currency}
