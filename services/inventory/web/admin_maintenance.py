"""``/admin/inventory/maintenance-plans``: plans of maintenance with their checklists."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Choices, Form, Say, Wording
from infra.chassis.web.references import Reference, options_of, reference_router
from services.inventory.api.boundary import customers_filter
from services.inventory.api.maintenance_plans import MaintenancePlanBody
from services.inventory.domain.maintenance_plan import MaintenancePlan
from services.inventory.store.customers import Customers
from services.inventory.store.maintenance import MaintenancePlans
from services.inventory.views.maintenance import plan_view
from services.inventory.web.maintenance_words import rhythm
from services.inventory.web.pages import PAGES

WORDS = COMMON.and_(
    Wording(
        labels={
            "category": N_("Work type of its tickets"),
            "trigger": N_("When it is due"),
            "kind": N_("Kind"),
            "every": N_("Every"),
            "unit": N_("Unit"),
            "first_on": N_("First on"),
            "field": N_("Field of the machine"),
            "step": N_("Each time it has risen by"),
            "days": N_("Days after, or before it is asked for again"),
            "below": N_("While it is below"),
            "above": N_("While it is above"),
            "records": N_("Write the day into the field when it is done"),
            "site_ids": N_("Sites"),
            "kinds": N_("Kinds of machines"),
            "asset_ids": N_("Machines"),
            "before_days": N_("Days before, at the earliest"),
            "after_days": N_("Days after, at the latest"),
            "counts_from": N_("The next time counts from"),
            "minutes": N_("Minutes that it takes"),
            "instructions": N_("What to do"),
            "checklist": N_("Checklist"),
            "id": N_("Identifier"),
            "choices": N_("Choices"),
            "least": N_("No less than"),
            "most": N_("No more than"),
            "right": N_("Right answers"),
            "optional": N_("May be left out"),
            "follow_up_category": N_("Work type of follow-ups"),
            "active": N_("Active"),
        },
        hints={
            "site_ids": N_("Identifiers, one a line; none: every site of the customer"),
            "kinds": N_("Such as ups or printer, one a line"),
            "asset_ids": N_("Identifiers, one a line, besides those of the kinds"),
            "field": N_("Such as page_count, battery_percent or last_backup_on"),
            "choices": N_("One a line"),
            "right": N_("One a line, yes or no for such questions; any other asks for a follow-up"),
            "before_days": N_("A quiet day, or one with a journey there, is chosen within these"),
            "follow_up_category": N_("What an answer beyond its threshold opens"),
        },
        options={
            "calendar": N_("By calendar"),
            "counter": N_("By a counter"),
            "older-than": N_("By the age of something"),
            "condition": N_("By a condition"),
            "weeks": N_("Weeks"),
            "months": N_("Months"),
            "due": N_("when it was due"),
            "done": N_("when it was done"),
            "yes-no": N_("Yes or no"),
            "number": N_("A number"),
            "choice": N_("A choice"),
            "text": N_("Words"),
        },
    )
)


def _values(kept: Kept[MaintenancePlan], principal: Principal) -> Mapping[str, Any]:
    return plan_view(kept).model_dump(mode="json")


async def _choices(run: Runtime, principal: Principal, kept: Kept[MaintenancePlan] | None) -> Choices:
    named = await options_of(run, Customers, {}, lambda customer: (customer.customer_id, customer.name))
    return {"customer_id": named}


def _cells(kept: Kept[MaintenancePlan], say: Say, language: str) -> Sequence[str]:
    plan = kept.value
    return (plan.name, plan.customer_id, rhythm(plan.trigger, say), "" if plan.active else say("at rest"))


MAINTENANCE_PLANS = Reference(
    service="inventory",
    name="maintenance-plans",
    title=N_("Maintenance plans"),
    new=N_("New plan"),
    empty=N_(
        "Write down what is done before something breaks: to which machines, how often, what to look at."
    ),
    collection=MaintenancePlans,
    form=Form(
        MaintenancePlanBody,
        WORDS,
        start={
            "trigger": {"kind": "calendar", "unit": "months"},
            "after_days": 14,
            "minutes": 60,
            "counts_from": "done",
            "active": True,
        },
        rare=frozenset({"asset_ids", "follow_up_category"}),
    ),
    verb="maintenance-plans:write",
    values=_values,
    heads=(N_("Plan"), N_("Customer"), N_("When it is due"), N_("State")),
    cells=_cells,
    among=customers_filter,
    choices=_choices,
)

router = reference_router(PAGES, MAINTENANCE_PLANS)
