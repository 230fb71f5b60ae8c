"""``/admin``: where set-up begins; ``/admin/notify``: the firm's own people."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Request
from starlette.responses import Response

from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Form, Say, Wording
from infra.chassis.web.references import Reference, reference_router
from services.notify.api.staff import StaffBody, staff_view
from services.notify.domain.staff import StaffMember
from services.notify.store.staff import Staff
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


def _cells(kept: Kept[StaffMember], say: Say) -> Sequence[str]:
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

router = reference_router(PAGES, STAFF)


@router.get("/admin")
async def beginning(request: Request, who: Annotated[Principal, allow("screens:admin")]) -> Response:
    return PAGES.page(request, "admin-home.html")
