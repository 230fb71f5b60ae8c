"""Money as people write it down: to the cent."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def to_the_cent(amount: Decimal) -> Decimal:
    """Half a cent goes up."""
    return amount.quantize(CENT, ROUND_HALF_UP)
