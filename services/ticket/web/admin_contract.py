"""``/admin/ticket/contracts``: what was promised, with what it would come to while it is being written."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import IN_ORDER
from infra.chassis.web.forms import N_, Choices, Form, Say
from infra.chassis.web.references import Reference, options_of, reference_router
from services.ticket.api.contract_body import ContractBody
from services.ticket.domain.contract import Contract, ContractRevision, revision_of
from services.ticket.domain.contract_versions import replaced_by
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.work_types import WorkTypes
from services.ticket.views.contract import contract_view
from services.ticket.views.contract_version import VersionView, version_view
from services.ticket.web.admin import customers_called, dumped, sites_called
from services.ticket.web.admin_words import CONTRACT
from services.ticket.web.pages import PAGES

OFFICE = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ALL_CHANNELS = ["api", "portal", "phone", "mail", "agent"]


def _usual(respond: int, repair: int) -> list[dict[str, Any]]:
    both = {"calendar": "office", "stops_on": ["waiting-for-client"], "on_reopen": "exclude"}
    return [
        {"name": "response", "minutes": respond, "met_by": "started", **both},
        {"name": "repair", "minutes": repair, "met_by": "resolved", **both},
    ]


START: Mapping[str, Any] = {
    "channels": ALL_CHANNELS,
    "calendars": {"office": {"time_zone": "site", "holidays": "site", "weekly": OFFICE}},
    "targets": {
        "P1": _usual(60, 240),
        "P2": _usual(120, 480),
        "P3": _usual(240, 960),
        "P4": _usual(480, 1920),
        "P5": _usual(960, 3840),
    },
}
"""What a new contract begins with: usual commitments in office hours, easier corrected than invented."""


def _values(kept: Kept[Contract], principal: Principal) -> Mapping[str, Any]:
    contract = kept.value
    shown = dumped(contract_view(contract, revision_of(contract), kept.updated_at, kept.updated_at))
    # These are terms of a day already; what is written next applies from a day of its own.
    return {**shown, "applies_from": None}


async def _choices(run: Runtime, principal: Principal, kept: Kept[Contract] | None) -> Choices:
    types = await options_of(run, WorkTypes, {}, lambda each: (each.id, next(iter(each.name.values()))))
    return {
        "customer_id": await customers_called(run),
        "sites": await sites_called(run, None if kept is None else kept.value.customer_id),
        "coverage.categories": types,
        "coverage.excluded_categories": types,
    }


async def _more(
    run: Runtime, principal: Principal, kept: Kept[Contract] | None, say: Say
) -> Mapping[str, Any]:
    return {"versions": [] if kept is None else await _versions(run, kept.value), "now": run.clock.now()}


async def _versions(run: Runtime, contract: Contract) -> list[VersionView]:
    found: list[Kept[ContractRevision]] = await run.find(
        ContractRevisions, {"contract_id": contract.id}, sort=IN_ORDER, limit=200
    )
    there = {kept.value.id: kept.value for kept in found}
    return [
        version_view(contract, kept.value, there.get(replaced_by(kept.value) or ""), kept.updated_at)
        for kept in reversed(found)
    ]


def _cells(kept: Kept[Contract], say: Say, language: str) -> Sequence[str]:
    terms = kept.value.terms
    until = "" if terms.valid_to is None else f" → {terms.valid_to}"
    return (
        terms.name,
        kept.value.customer_id,
        f"{terms.valid_from}{until}",
        ", ".join(terms.managers),
        str(kept.value.revision),
    )


CONTRACTS = Reference(
    service="ticket",
    name="contracts",
    title=N_("Contracts"),
    new=N_("New contract"),
    empty=N_("Write the first one: the form begins with usual commitments in office hours."),
    collection=Contracts,
    form=Form(
        ContractBody,
        CONTRACT,
        suggests={
            "targets.*.[].calendar": "calendars",
            "coverage.hours": "calendars",
            "calendars.*.time_zone": "zones",
        },
        start=START,
        rare=frozenset(f"targets.*.[].{name}" for name in ("days", "by", "cutoff", "on_reopen")),
    ),
    verb="contracts:write",
    values=_values,
    heads=(N_("Contract"), N_("Customer"), N_("Valid"), N_("Contract managers"), N_("Revision")),
    cells=_cells,
    called="terms.name",
    scope=lambda principal: {} if principal.manager is None else {"terms.managers": principal.manager},
    choices=_choices,
    known={"zones": (("site", "site"), ("Europe/Paris", "Europe/Paris"))},
    more=_more,
    template="admin-contract.html",
)

router = reference_router(PAGES, CONTRACTS)
