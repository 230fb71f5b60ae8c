"""``/admin``: where set-up begins; ``/admin/notify``: the firm's own people, and webhooks."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Request
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Choices, Form, Say, Wording
from infra.chassis.web.references import Reference, options_of, reference_router
from services.notify.api.staff import StaffBody, staff_view
from services.notify.api.subscriptions import SubscriptionBody, SubscriptionChange
from services.notify.domain.staff import StaffMember
from services.notify.domain.subscription import TYPES, Subscription
from services.notify.store.copies import Customers
from services.notify.store.staff import Staff
from services.notify.store.subscriptions import Feeds, Subscriptions, Webhooks
from services.notify.views.subscriptions import subscription_view, webhook_view
from services.notify.web.pages import PAGES

WORDS = COMMON.and_(
    Wording(
        labels={"role": N_("Role"), "on_duty": N_("On duty")},
        hints={
            "on_duty": N_("Dispatchers on duty are asked for what the machine does not decide"),
            "role": N_("As the token of this person says"),
        },
        options={
            "agent": N_("Hotline agent"),
            "technician": N_("Technician"),
            "dispatcher": N_("Dispatcher"),
            "contract-manager": N_("Contract manager"),
            "stock-keeper": N_("Park manager"),
            "admin": N_("Administrator"),
        },
    )
)


def _values(kept: Kept[StaffMember], principal: Principal) -> Mapping[str, Any]:
    return staff_view(kept).model_dump(mode="json")


def _cells(kept: Kept[StaffMember], say: Say, language: str) -> Sequence[str]:
    member = kept.value
    duty = "" if member.on_duty is None else say("yes") if member.on_duty else say("no")
    return (member.name, say(WORDS.options[member.role]), member.email or "", member.phone or "", duty)


STAFF = Reference(
    service="notify",
    name="staff",
    title=N_("Staff"),
    new=N_("New person"),
    empty=N_("Add the firm's own people, so that they are told what needs a person."),
    collection=Staff,
    form=Form(StaffBody, WORDS),
    verb="staff:write",
    values=_values,
    heads=(N_("Person"), N_("Role"), N_("Email"), N_("Phone"), N_("On duty")),
    cells=_cells,
)

WEBHOOK_WORDS = COMMON.and_(
    Wording(
        labels={
            "url": N_("Address"),
            "types": N_("Which events"),
            "confidential": N_("Those of confidential requests as well"),
            "enabled": N_("Sent"),
        },
        hints={"types": N_("None ticked: all"), "url": N_("https://, reachable from here")},
    )
)


async def _subscription_choices(
    run: Runtime, principal: Principal, kept: Kept[Subscription] | None
) -> Choices:
    found = await options_of(run, Customers, {}, lambda customer: (customer.customer_id, customer.name))
    return {"customer_id": found, "types": [(each, each) for each in TYPES]}


async def _standing(
    run: Runtime, principal: Principal, kept: Kept[Subscription] | None, say: Say
) -> Mapping[str, Any]:
    feed = None if kept is None else await run.read(Feeds, kept.value.id)
    known = None if feed is None else feed.value
    return {
        "subscription": None if kept is None else subscription_view(kept, known),
        "now": run.system_clock.now(),
    }


def _subscription_cells(kept: Kept[Subscription], say: Say, language: str) -> Sequence[str]:
    one = kept.value
    sent = say("yes") if one.enabled else say("no")
    return (
        one.description or one.url,
        one.customer_id,
        one.url,
        str(len(one.types)) if one.types else "",
        sent,
    )


SUBSCRIPTIONS = Reference(
    service="notify",
    name="subscriptions",
    title=N_("Webhooks"),
    new=N_("New webhook"),
    empty=N_("Have what happens posted to a customer's own system, signed."),
    collection=Subscriptions,
    form=Form(SubscriptionBody, WEBHOOK_WORDS, short=frozenset({"url"})),
    changing=Form(SubscriptionChange, WEBHOOK_WORDS, short=frozenset({"url"})),
    ids=False,
    verb="subscriptions:write",
    values=lambda kept, principal: subscription_view(kept, None).model_dump(mode="json"),
    heads=(N_("Webhook"), N_("Customer"), N_("Address"), N_("Events"), N_("Sent")),
    cells=_subscription_cells,
    called="url",
    choices=_subscription_choices,
    more=_standing,
    template="admin-subscription.html",
)
SHOWN = 50

router = reference_router(PAGES, STAFF, SUBSCRIPTIONS)


@router.get("/admin/notify/subscriptions/{id}/log")
async def log(
    request: Request, id: Id, who: Annotated[Principal, allow("subscriptions:read")], run: Run
) -> Response:
    """What was sent there, the newest first."""
    newest = (("updated_at", -1), ("_id", -1))
    found = await run.find(
        Webhooks, {"subscription_id": id, **who.customer_filter()}, sort=newest, limit=SHOWN
    )
    return PAGES.page(
        request,
        "admin-subscription-log.html",
        log=[webhook_view(kept) for kept in found],
        now=run.system_clock.now(),
        id=id,
    )


@router.get("/admin")
async def beginning(request: Request, who: Annotated[Principal, allow("screens:admin")]) -> Response:
    return PAGES.page(request, "admin-home.html")
