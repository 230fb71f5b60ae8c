"""What of a customer's park is to be renewed: warranties, contracts, ends of support, worn-out machines."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, timedelta

from contracts.ticket.states import ContractChanged
from services.inventory.domain.advice import Advice, AdviceKind, advice_id
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.licences import KIND as LICENCE
from services.inventory.domain.life_cycle import Cycle, Product
from services.inventory.domain.machine import OperatingSystem, Software
from services.inventory.domain.product_names import Found, Products, Reported, Why
from services.inventory.domain.renewal_rules import RenewalRules
from services.inventory.domain.replacing import Verdict, Wear, judged
from services.inventory.domain.warranty import age_years

OVER_FOR = timedelta(days=365)
"""What ended longer ago is known, or nobody's matter any more: it is not advised anew."""
SILENT = frozenset({Why.UNKNOWN_PRODUCT})
"""Of a machine's software; of its system that is worth telling."""


@dataclass(frozen=True)
class Standing:
    """A machine with what its inventories say, and its ``faults`` of the last 12 months."""

    asset: Asset
    system: OperatingSystem | None = None
    software: tuple[Software, ...] = ()
    faults: int = 0


@dataclass(frozen=True)
class Unmatched:
    """What machines report and nothing is advised of, with how many do."""

    name: str
    version: str | None
    why: Why
    product: str | None
    machines: int
    asset_id: str


@dataclass
class Findings:
    """Of the machines that were looked at so far."""

    rules: RenewalRules
    today: date
    find: Callable[[Reported], Found]
    advices: list[Advice] = field(default_factory=list)
    _unmatched: dict[tuple[str, str | None], Unmatched] = field(default_factory=dict)

    @classmethod
    def with_products(cls, rules: RenewalRules, today: date, products: Products) -> "Findings":
        """The same name is looked up once, however many machines report it."""
        known: dict[Reported, Found] = {}

        def find(reported: Reported) -> Found:
            if reported not in known:
                known[reported] = products.find(reported)
            return known[reported]

        return cls(rules, today, find)

    @property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """What most machines have first."""
        return tuple(sorted(self._unmatched.values(), key=lambda each: (-each.machines, each.name)))

    def look_at(self, standing: Standing) -> None:
        asset = standing.asset
        if asset.status is Status.DISPOSED:
            return
        ends = list(self._ends(standing))
        self.advices += ends
        replace = self._replacing(standing, unsupported=any(self._is_over(each) for each in ends))
        found = (replace or self._warranty(asset), self._licence(asset))
        self.advices += [each for each in found if each is not None]

    def look_at_contract(self, contract: ContractChanged) -> None:
        if contract.valid_to is None or not self._in_sight(contract.valid_to):
            return
        day = contract.valid_to.isoformat()
        self.advices.append(
            Advice(
                id=advice_id(contract.customer_id, AdviceKind.CONTRACT_ENDS, contract.contract_id, day),
                customer_id=contract.customer_id,
                kind=AdviceKind.CONTRACT_ENDS,
                due_on=day,
                about=contract.name,
                contract_id=contract.contract_id,
                currency=self.rules.currency,
            )
        )

    def is_unsupported(self, standing: Standing) -> bool:
        """Whether nobody mends the security holes of something on it any more."""
        return any(self._is_over(each) for each in self._ends(standing))

    def _in_sight(self, day: date) -> bool:
        return self.today - OVER_FOR <= day <= months_after(self.today, self.rules.horizon_months)

    def _is_over(self, advice: Advice) -> bool:
        return advice.kind is AdviceKind.SUPPORT_ENDS and advice.due_on <= self.today.isoformat()

    def _ends(self, standing: Standing) -> Iterator[Advice]:
        told: set[str] = set()
        for reported in _reported(standing):
            found = self.find(reported)
            if found.cycle is None or found.product is None:
                self._miss(reported, found, standing.asset.id)
                continue
            advice = self._support(standing.asset, found.product, found.cycle)
            if advice is not None and advice.id not in told:
                told.add(advice.id)
                yield advice

    def _miss(self, reported: Reported, found: Found, asset_id: str) -> None:
        if found.why is None or (found.why in SILENT and not reported.system):
            return
        version = reported.version or reported.build
        place = (reported.name, version)
        known = self._unmatched.get(place)
        product = None if found.product is None else found.product.id
        count = 1 if known is None else known.machines + 1
        first = asset_id if known is None else known.asset_id
        self._unmatched[place] = Unmatched(reported.name, version, found.why, product, count, first)

    def _support(self, asset: Asset, product: Product, cycle: Cycle) -> Advice | None:
        """Of what ended long ago too: it is a danger for as long as it is there."""
        end = cycle.ends_on or (self.today.isoformat() if cycle.over else None)
        if end is None or date.fromisoformat(end) > months_after(self.today, self.rules.horizon_months):
            return None
        # Of what is only said to be over nobody knows since when.
        due = end if cycle.ends_on else f"{self.today.year}-01-01"
        return self._of_asset(
            asset,
            AdviceKind.SUPPORT_ENDS,
            (product.id, cycle.name),
            product=product.id,
            what=f"{product.label} {cycle.label}",
            extended_until=cycle.extended_until,
            cost_cents=self.rules.upgrade_of(product.id),
            due_on=due,
        )

    def _warranty(self, asset: Asset) -> Advice | None:
        until = asset.warranty_until
        if until is None or not self._in_sight(date.fromisoformat(until)):
            return None
        cost = self.rules.warranty_cents
        return self._of_asset(asset, AdviceKind.WARRANTY_ENDS, (until,), due_on=until, cost_cents=cost)

    def _licence(self, asset: Asset) -> Advice | None:
        until = asset.fields.get("expires_on") if asset.kind == LICENCE else None
        try:
            day = date.fromisoformat(str(until))
        except ValueError:
            return None
        if not self._in_sight(day):
            return None
        kind, cost = AdviceKind.LICENCE_ENDS, self.rules.price_cents.get(LICENCE)
        return self._of_asset(asset, kind, (day.isoformat(),), due_on=day.isoformat(), cost_cents=cost)

    def _replacing(self, standing: Standing, *, unsupported: bool) -> Advice | None:
        asset = standing.asset
        life = self.rules.life_of(asset.kind)
        if life is None or asset.bought_on is None:
            return None
        judgement = judged(wear_of(standing, self.rules, life, self.today, unsupported=unsupported))
        if judgement.verdict is not Verdict.REPLACE:
            return None
        end = _years_after(date.fromisoformat(asset.bought_on), life)
        return self._of_asset(
            asset,
            AdviceKind.REPLACE,
            (),
            due_on=end.isoformat(),
            reasons=judgement.reasons,
            cost_cents=self.rules.price_cents.get(asset.kind),
        )

    def _of_asset(
        self,
        asset: Asset,
        kind: AdviceKind,
        about: tuple[str, ...],
        *,
        due_on: str,
        cost_cents: int | None,
        product: str | None = None,
        what: str | None = None,
        extended_until: str | None = None,
        reasons: tuple[str, ...] = (),
    ) -> Advice:
        return Advice(
            id=advice_id(asset.customer_id, kind, asset.id, *about),
            customer_id=asset.customer_id,
            kind=kind,
            due_on=due_on,
            about=asset.name,
            asset_id=asset.id,
            site_id=asset.site_id,
            product=product,
            what=what,
            extended_until=extended_until,
            reasons=reasons,
            cost_cents=cost_cents,
            currency=self.rules.currency,
        )


def wear_of(
    standing: Standing, rules: RenewalRules, life: int | None, today: date, *, unsupported: bool
) -> Wear:
    asset = standing.asset
    return Wear(
        age_years=age_years(today, asset.bought_on),
        faults=standing.faults,
        life_years=life,
        warranted=asset.warranty_until is not None and asset.warranty_until >= today.isoformat(),
        unsupported=unsupported,
        repair_cents=rules.repair_cents,
        price_cents=rules.price_cents.get(asset.kind),
    )


def _reported(standing: Standing) -> Iterable[Reported]:
    """Its system, its software, and what it is itself: a maker's models have an end as well."""
    system, asset = standing.system, standing.asset
    if system is not None and system.name:
        yield Reported(system.name, system.version, system.build, system=True)
    for each in standing.software:
        yield Reported(each.name, each.version)
    if asset.model is not None:
        yield Reported(asset.model)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last; the last day that there is for what is after it."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > MAXYEAR:
        return date.max
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _years_after(day: date, years: int) -> date:
    return months_after(day, 12 * years)
