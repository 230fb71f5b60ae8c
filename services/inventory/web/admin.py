"""``/admin/inventory``: sites."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Choices, Form, Say, Wording
from infra.chassis.web.references import Reference, options_of, reference_router
from services.inventory.api.boundary import customers_filter
from services.inventory.api.sites import SiteBody
from services.inventory.domain.site import Site
from services.inventory.store.customers import Customers
from services.inventory.store.sites import Sites
from services.inventory.store.technicians import Technicians
from services.inventory.views.reference import site_view
from services.inventory.web.pages import PAGES

WORDS = COMMON.and_(
    Wording(
        labels={
            "address": N_("Address"),
            "postcode": N_("Postcode"),
            "commune": N_("Town"),
            "opening": N_("Opening hours"),
            "access": N_("Getting in"),
            "instructions": N_("Instructions"),
            "badge_lead_minutes": N_("Minutes to get a badge"),
            "escort": N_("Somebody must accompany"),
            "lone_work": N_("Who works there is alone, out of sight"),
            "parking": N_("Parking"),
            "permits": N_("Permits asked for"),
        },
        hints={
            "opening": N_("Such as 08:00-12:00, 14:00-18:00; without opening hours it is always open"),
            "permits": N_("As technicians' papers name them, one a line"),
            "territory": N_("Decides whose rota covers it"),
            "instructions": N_("Never codes or keys: those are kept apart"),
        },
    )
)


def _values(kept: Kept[Site], principal: Principal) -> Mapping[str, Any]:
    return site_view(kept, "en", principal).model_dump(mode="json")


async def _choices(run: Runtime, principal: Principal, kept: Kept[Site] | None) -> Choices:
    people = await options_of(
        run, Technicians, {}, lambda technician: (technician.technician_id, technician.name)
    )
    return {
        "customer_id": await options_of(
            run, Customers, {}, lambda customer: (customer.customer_id, customer.name)
        ),
        "technicians.preferred": people,
        "technicians.refused": people,
    }


def _cells(kept: Kept[Site], say: Say, language: str) -> Sequence[str]:
    site = kept.value
    return (site.name, site.customer_id, f"{site.postcode} {site.commune}", site.territory or "")


SITES = Reference(
    service="inventory",
    name="sites",
    title=N_("Sites"),
    new=N_("New site"),
    empty=N_("Add where your clients work: address, opening hours, how to get in."),
    collection=Sites,
    form=Form(
        SiteBody,
        WORDS,
        suggests={"time_zone": "zones"},
        start={"time_zone": "Europe/Paris", "holidays": "FR"},
    ),
    verb="sites:write",
    values=_values,
    heads=(N_("Site"), N_("Customer"), N_("Town"), N_("Territory")),
    cells=_cells,
    among=customers_filter,
    choices=_choices,
)

router = reference_router(PAGES, SITES)
