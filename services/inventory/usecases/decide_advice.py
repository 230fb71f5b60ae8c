"""An advice is accepted, declined, done or opened again; several become a quote to the client."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from contracts.inventory.renewals import RenewalLine, RenewalQuoted
from contracts.refusal import NotFound, Refusal, UnknownReference
from contracts.text import Text
from contracts.values import SUMMARY_LENGTH
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import AlreadyExists, Unit
from services.inventory.domain.advice import Advice
from services.inventory.domain.renewal_order import RenewalOrder, check_quotable
from services.inventory.domain.renewal_rules import EVERYBODY
from services.inventory.domain.renewal_words import words_of
from services.inventory.store.renewals import Advices, RenewalOrders, RenewalRuleSets

Verb = Literal["accept", "decline", "done", "reopen"]
_LONGEST_DETAIL = 4000


@dataclass(frozen=True, kw_only=True)
class DecideAdvice:
    """``why`` is needed to decline."""

    id: str
    verb: Verb
    why: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Advices, self.id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(Advices, self.id)
        if before is None:
            raise NotFound("advice", self.id)
        check_version(unit.version(Advices, self.id), self.expected)
        after = self._decided(before, unit.cause.actor, unit.now)
        if after != before:
            unit.save(Advices, after)

    def _decided(self, advice: Advice, by: str, at: datetime) -> Advice:
        match self.verb:
            case "accept":
                return advice.accepted(by, at)
            case "decline":
                return advice.declined(by, at, self.why or "")
            case "done":
                return advice.done(by, at)
            case "reopen":
                return advice.reopened()


@dataclass(frozen=True, kw_only=True)
class QuoteRenewals:
    """``id`` is the ticket's. ``costs`` in cents by advice stand for the prices of the rules."""

    id: str
    customer_id: str
    advice_ids: tuple[str, ...]
    valid_until: datetime
    category: str | None = None
    costs: Mapping[str, int] = field(default_factory=dict)

    def loads(self) -> Loads:
        rules = (Ref(RenewalRuleSets, self.customer_id), Ref(RenewalRuleSets, EVERYBODY))
        return (Ref(RenewalOrders, self.id), *rules, *(Ref(Advices, each) for each in self.advice_ids))

    def decide(self, unit: Unit) -> None:
        """Another customer's advice counts as unknown."""
        if unit.get(RenewalOrders, self.id) is not None:
            raise AlreadyExists(RenewalOrders.name, self.id)
        if self.valid_until <= unit.now:
            raise _over()
        asked = [self._asked(unit, each) for each in self.advice_ids]
        check_quotable(asked)
        by = unit.cause.actor
        for each in asked:
            unit.save(Advices, each.accepted(by, unit.now, self.id))
        order = RenewalOrder(self.id, self.customer_id, self.advice_ids, self.valid_until, unit.now, by)
        unit.add(RenewalOrders, order, self._fact(unit, asked))

    def _asked(self, unit: Unit, id: str) -> Advice:
        advice = unit.require(Advices, id, as_="advice")
        if advice.customer_id != self.customer_id:
            raise UnknownReference("advice", id)
        return replace(advice, cost_cents=self.costs.get(id, advice.cost_cents))

    def _fact(self, unit: Unit, asked: list[Advice]) -> RenewalQuoted:
        today = unit.now.date()
        said = [(each, words_of(each, today)) for each in asked]
        machines = {each.asset_id for each in asked}
        first = said[0][1].action.fr
        summary = first if len(said) == 1 else f"Plan de renouvellement : {len(said)} actions"
        detail = "\n".join(f"{words.action.fr}. {words.reason.fr}" for _, words in said)
        sites = dict.fromkeys(each.site_id for each in asked if each.site_id is not None)
        return RenewalQuoted(
            ticket_id=self.id,
            customer_id=self.customer_id,
            category=self._category(unit),
            summary=summary[:SUMMARY_LENGTH],
            detail=detail[:_LONGEST_DETAIL],
            sites=tuple(sites),
            asset_id=next(iter(machines)) if len(machines) == 1 else None,
            lines=tuple(
                RenewalLine(
                    text=f"{words.action.fr} ({words.reason.fr})"[:500],
                    quantity="1",
                    unit_price=str((Decimal(each.cost_cents or 0) / 100).quantize(Decimal("0.01"))),
                )
                for each, words in said
            ),
            currency=asked[0].currency,
            valid_until=self.valid_until,
        )

    def _category(self, unit: Unit) -> str:
        rules = unit.get(RenewalRuleSets, self.customer_id) or unit.get(RenewalRuleSets, EVERYBODY)
        category = self.category or (None if rules is None else rules.category)
        if category is None:
            raise Refusal(
                "category-not-named",
                Text(
                    "Name the work type of the visits by `category`, here or in the rules of renewal.",
                    "Nommez le type de prestation des visites par `category`, ici ou dans les règles.",
                ),
            )
        return category


@dataclass(frozen=True)
class SettleRenewals:
    """What a renewal's ticket was for is done, by a visit to one of its sites or, with None, everywhere."""

    ticket_id: str
    site_id: str | None = None

    def loads(self) -> Loads:
        return (Where(Advices, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for each in unit.where(Advices, "ticket_id", self.ticket_id):
            if self.site_id in (None, each.site_id):
                after = each.done(unit.cause.actor, unit.now)
                if after != each:
                    unit.save(Advices, after)


@dataclass(frozen=True)
class FreeRenewals:
    """A renewal's ticket was cancelled, and its quote with it; or the client refused the quote."""

    ticket_id: str

    def loads(self) -> Loads:
        return (Where(Advices, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for each in unit.where(Advices, "ticket_id", self.ticket_id):
            after = each.unquoted()
            if after != each:
                unit.save(Advices, after)


def _over() -> Refusal:
    return Refusal(
        "quote-over-before-it-begins",
        Text(
            "valid_until has passed: give a time by which the client can still answer.",
            "valid_until est passé : donnez une échéance à laquelle le client peut encore répondre.",
        ),
    )
