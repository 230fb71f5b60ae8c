"""What a company agreement changes of the law's limits, for an agency or for the whole firm."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from contracts.text import InvalidValue
from services.dispatch.domain.labour_limits import Limits, Override, Rule, limits_of
from services.dispatch.domain.technician import Regime

FIRM = "firm"
"""Whose agreement binds where an agency has none of its own."""


@dataclass(frozen=True)
class Agreement:
    """``id`` is the agency's, or ``FIRM``. ``rules`` as in ``Limits.under``, within what the law allows."""

    id: str
    name: str
    rules: Mapping[str, Override]

    def check(self) -> None:
        """``InvalidValue``, with the article, for what the law leaves to no agreement."""
        Limits().under(self.rules)


def limits_under(regime: Regime, agreement: Agreement | None) -> Limits:
    """What binds somebody of this regime under the agreement.

    What it loosens for others beyond the limits of somebody under age leaves his as the law has them, and
    his rest day Sunday (L3164-2).
    """
    limits = limits_of(regime)
    if agreement is None or not limits.minor:
        return limits if agreement is None else limits.under(agreement.rules)
    for rule, value in agreement.rules.items():
        if rule == Rule.REST_DAY:
            continue
        with suppress(InvalidValue):
            limits = limits.under({rule: value})
    return limits
