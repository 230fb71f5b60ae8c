"""What a customer's renewals are planned with: how long things live, and what doing something costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYBODY = "default"
LIVES: Mapping[str, int] = {
    "computer": 5,
    "laptop": 4,
    "server": 6,
    "screen": 7,
    "printer": 6,
    "network": 7,
    "phone": 3,
    "ups": 5,
    "storage": 6,
}
"""Years that machines of a kind are planned for where nobody says otherwise."""
HORIZON_MONTHS = 18


@dataclass(frozen=True)
class RenewalRules:
    """A customer's; the id is the customer's, or ``EVERYBODY`` for those without any of their own.

    Money is in cents of ``currency``. ``life_years`` and ``price_cents`` are by kind of machine,
    ``upgrade_cents`` by product, under ``other`` for all that are not named. ``category``: the work
    type of the visits, ``training_category`` that of trainings for those who get new machines. What nobody
    has priced has no cost.
    """

    id: str
    currency: str = "EUR"
    horizon_months: int = HORIZON_MONTHS
    category: str | None = None
    life_years: Mapping[str, int] = field(default_factory=dict)
    price_cents: Mapping[str, int] = field(default_factory=dict)
    upgrade_cents: Mapping[str, int] = field(default_factory=dict)
    warranty_cents: int | None = None
    repair_cents: int | None = None
    training_category: str | None = None

    def life_of(self, kind: str) -> int | None:
        """None for kinds that are not planned to be replaced by age, such as virtual machines."""
        return self.life_years.get(kind, LIVES.get(kind))

    def upgrade_of(self, product: str) -> int | None:
        return self.upgrade_cents.get(product, self.upgrade_cents.get("other"))
