"""What is to be renewed, as callers read it."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.inventory.domain.advice import Advice
from services.inventory.domain.life_cycle import Product
from services.inventory.domain.renewal_rules import RenewalRules
from services.inventory.domain.renewal_words import words_of
from services.inventory.domain.replacing import REASONS, Judgement, Wear
from services.inventory.domain.yearly_plan import YearlyPlan, planned_on


class AdviceView(BaseModel):
    """``action``, ``reason`` and ``risk`` are for people. ``planned_on``: its day, or today where it is late
    (or was, when it was decided).

    ``cost_cents`` is null where nobody has priced it; ``why`` is what was said when it was declined.
    """

    id: str
    customer_id: str
    kind: str
    state: str
    due_on: date
    planned_on: date
    late: bool
    action: str
    reason: str
    risk: str
    asset_id: str | None
    site_id: str | None
    contract_id: str | None
    product: str | None
    what: str | None
    extended_until: date | None
    reasons: tuple[str, ...]
    cost_cents: int | None
    currency: str
    why: str | None
    decided_by: str | None
    decided_at: Instant | None
    ticket_id: str | None
    updated_at: Instant


class AdvicePage(BaseModel):
    items: list[AdviceView]
    next: str | None


class MonthView(BaseModel):
    month: int
    advices: list[AdviceView]


class TotalView(BaseModel):
    currency: str
    cents: int


class PlanView(BaseModel):
    """``totals`` of what is neither declined nor done; ``unpriced`` counts those of them without a price."""

    customer_id: str
    year: int
    months: list[MonthView]
    totals: list[TotalView]
    unpriced: int


class UnmatchedView(BaseModel):
    """``why``: ``unknown-product`` (of systems only), ``other-words``, ``no-version``, ``no-cycle`` or
    ``several-cycles``. ``asset_id`` is one of the ``machines`` that report it."""

    name: str
    version: str | None
    why: str
    product: str | None
    machines: int
    asset_id: str


class UnmatchedListView(BaseModel):
    """``left_out``: how many more there are."""

    customer_id: str
    looked_at: Instant | None
    machines: int
    items: list[UnmatchedView]
    left_out: int


class CycleView(BaseModel):
    name: str
    label: str
    ends_on: date | None
    over: bool
    active_until: date | None
    extended_until: date | None
    latest: str | None


class ProductView(BaseModel):
    """``own``: the firm wrote it down itself, and files leave it as it is."""

    id: str
    label: str
    names: tuple[str, ...]
    own: bool
    cycles: list[CycleView]
    updated_at: Instant


class ProductPage(BaseModel):
    items: list[ProductView]
    next: str | None


class RenewalRulesView(BaseModel):
    id: str
    currency: str
    horizon_months: int
    category: str | None
    life_years: Mapping[str, int]
    price_cents: Mapping[str, int]
    upgrade_cents: Mapping[str, int]
    warranty_cents: int | None
    repair_cents: int | None
    training_category: str | None


class JudgementView(BaseModel):
    """``verdict``: ``repair``, ``replace`` or ``unknown``.

    ``keep_cents`` is what its ``faults`` of the last 12 months cost a year, ``new_cents`` the price of a new
    one a year of its life, ``value_cents`` what is left of that price at its age.
    """

    asset_id: str
    verdict: str
    reasons: tuple[str, ...]
    said: list[str]
    age_years: float | None
    life_years: int | None
    faults: int
    repair_cents: int | None
    price_cents: int | None
    keep_cents: int | None
    new_cents: int | None
    value_cents: int | None
    currency: str


_SAME = AdviceView.model_fields.keys() - {"planned_on", "late", "action", "reason", "risk", "updated_at"}


def advice_view(kept: Kept[Advice], today: date, language: str) -> AdviceView:
    advice, words = kept.value, words_of(kept.value, today)
    return AdviceView(
        **{name: getattr(advice, name) for name in _SAME},
        planned_on=planned_on(advice, today),
        late=advice.due_on < today.isoformat(),
        action=words.action.in_(language),
        reason=words.reason.in_(language),
        risk=words.risk.in_(language),
        updated_at=kept.updated_at,
    )


def plan_view(
    customer_id: str, plan: YearlyPlan, kept: Mapping[str, Kept[Advice]], today: date, language: str
) -> PlanView:
    return PlanView(
        customer_id=customer_id,
        year=plan.year,
        months=[
            MonthView(month=month, advices=[advice_view(kept[each.id], today, language) for each in those])
            for month, those in plan.months.items()
        ],
        totals=[TotalView(currency=currency, cents=cents) for currency, cents in plan.totals.items()],
        unpriced=plan.unpriced,
    )


def product_view(kept: Kept[Product]) -> ProductView:
    product = kept.value
    cycles = [
        CycleView(**{name: getattr(each, name) for name in CycleView.model_fields}) for each in product.cycles
    ]
    return ProductView(
        id=product.id,
        label=product.label,
        names=product.names,
        own=product.own,
        cycles=cycles,
        updated_at=kept.updated_at,
    )


def rules_view(rules: RenewalRules) -> RenewalRulesView:
    return RenewalRulesView(**{name: getattr(rules, name) for name in RenewalRulesView.model_fields})


def judgement_view(
    asset_id: str, wear: Wear, judgement: Judgement, currency: str, language: str
) -> JudgementView:
    return JudgementView(
        asset_id=asset_id,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        said=[REASONS[each].in_(language) for each in judgement.reasons],
        age_years=wear.age_years,
        life_years=wear.life_years,
        faults=wear.faults,
        repair_cents=wear.repair_cents,
        price_cents=wear.price_cents,
        keep_cents=judgement.keep_cents,
        new_cents=judgement.new_cents,
        value_cents=judgement.value_cents,
        currency=currency,
    )
