"""``/admin/inventory/renewal-rules``: what renewals are planned with and priced by."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Form, Say, Wording
from infra.chassis.web.references import Reference, reference_router
from services.inventory.api.life_cycles import RenewalRulesBody
from services.inventory.domain.renewal_rules import EVERYBODY, HORIZON_MONTHS, LIVES, RenewalRules
from services.inventory.store.renewals import RenewalRuleSets
from services.inventory.views.renewals import rules_view
from services.inventory.web.pages import PAGES

WORDS = COMMON.and_(
    Wording(
        labels={
            "currency": N_("Currency"),
            "horizon_months": N_("Months that are looked ahead"),
            "category": N_("Work type of the visits"),
            "training_category": N_("Work type of trainings"),
            "life_years": N_("Planned lives, in years"),
            "life_years.*": N_("Years"),
            "price_cents": N_("Prices of new machines, in cents"),
            "price_cents.*": N_("Cents"),
            "upgrade_cents": N_("Prices of upgrades, in cents"),
            "upgrade_cents.*": N_("Cents"),
            "warranty_cents": N_("Another term of warranty, in cents"),
            "repair_cents": N_("A repair, in cents"),
        },
        hints={
            "currency": N_("Three letters, such as EUR"),
            "category": N_("Of tickets that are opened for renewals"),
            "training_category": N_("For those who get new machines: they are offered on the renewals' page"),
            "life_years": N_("By kind of machine, such as laptop; others live as long as usual"),
            "price_cents": N_("By kind of machine"),
            "upgrade_cents": N_("By product, such as windows; other: all that are not named"),
        },
    )
)


def _values(kept: Kept[RenewalRules], principal: Principal) -> Mapping[str, Any]:
    return rules_view(kept.value).model_dump(mode="json")


def _cells(kept: Kept[RenewalRules], say: Say, language: str) -> Sequence[str]:
    rules = kept.value
    name = say(N_("Every customer without rules of its own")) if rules.id == EVERYBODY else rules.id
    return (name, rules.currency, str(rules.horizon_months), rules.category or "")


RENEWAL_RULES = Reference(
    service="inventory",
    name="renewal-rules",
    path="/v1/renewals/rules",
    title=N_("Rules of renewal"),
    new=N_("New rules"),
    empty=N_("Say what machines cost and how long they live: the identifier is a customer's, or default."),
    collection=RenewalRuleSets,
    form=Form(
        RenewalRulesBody,
        WORDS,
        suggests={"life_years": "kinds", "price_cents": "kinds"},
        start={"currency": "EUR", "horizon_months": HORIZON_MONTHS},
    ),
    verb="renewals:write",
    values=_values,
    heads=(N_("Customer"), N_("Currency"), N_("Months ahead"), N_("Work type")),
    cells=_cells,
    called="_id",
    known={"kinds": [(kind, kind) for kind in LIVES]},
)

router = reference_router(PAGES, RENEWAL_RULES)
