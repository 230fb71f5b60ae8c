"""Failure rates and machines at risk, as callers read them."""

from pydantic import BaseModel

from services.inventory.domain.failure_rates import CONFIDENCE, Tally
from services.inventory.domain.risk import AHEAD_DAYS, AtRisk, Model


class RateView(BaseModel):
    """Failures a machine-year, and with ``confidence`` between ``low`` and ``high``; null where nothing was
    lived since failures are counted."""

    machines: int
    machine_years: float
    failures: int
    per_year: float | None
    low: float | None
    high: float | None
    confidence: float = CONFIDENCE


class ModelRateView(RateView):
    """``model`` is null for machines of a ``kind`` of which nobody has written it down."""

    manufacturer: str | None
    model: str | None
    kind: str


class FailureRates(BaseModel):
    """What fails most often first; ``park`` is all of it together."""

    items: list[ModelRateView]
    next: str | None = None
    park: RateView


class ReasonView(BaseModel):
    """``type`` is stable, ``detail`` is for people."""

    type: str
    detail: str


class AtRiskView(BaseModel):
    """``chance`` is of at least one failure within ``within_days``, 0 to 1."""

    asset_id: str
    customer_id: str
    site_id: str
    name: str
    kind: str
    model: str | None
    per_year: float
    chance: float
    within_days: int = AHEAD_DAYS
    reasons: list[ReasonView]


class AtRiskPage(BaseModel):
    """The likeliest first, as many as were asked for."""

    items: list[AtRiskView]
    next: str | None = None


def rate_view(tally: Tally) -> RateView:
    return RateView(**_rate(tally))


def model_view(model: Model) -> ModelRateView:
    return ModelRateView(
        manufacturer=model.manufacturer, model=model.model, kind=model.kind, **_rate(model.tally)
    )


def _rate(tally: Tally) -> dict[str, int | float | None]:
    low, high = tally.interval() or (None, None)
    return {
        "machines": tally.machines,
        "machine_years": round(tally.years, 3),
        "failures": tally.failures,
        "per_year": _rounded(tally.rate),
        "low": _rounded(low),
        "high": _rounded(high),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def at_risk_view(each: AtRisk, language: str) -> AtRiskView:
    asset = each.asset
    return AtRiskView(
        asset_id=asset.id,
        customer_id=asset.customer_id,
        site_id=asset.site_id,
        name=asset.name,
        kind=asset.kind,
        model=asset.model,
        per_year=round(each.per_year, 4),
        chance=round(each.chance, 4),
        reasons=[ReasonView(type=reason.why, detail=reason.detail.in_(language)) for reason in each.reasons],
    )
