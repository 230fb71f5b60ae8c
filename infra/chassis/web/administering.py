"""The parts of ``/admin``, across services: whose each is and who may open it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.chassis.http.principal import Principal
from infra.chassis.web.forms import N_


@dataclass(frozen=True)
class Part:
    """A page of set-up: ``verb`` of ``infra/chassis/http/roles.py`` opens it."""

    path: str
    verb: str
    name: str
    text: str


PARTS: Sequence[tuple[str, Sequence[Part]]] = (
    (
        N_("Clients"),
        (
            Part("/admin/ticket/customers", "customers:write", N_("Customers"), N_("Who your clients are.")),
            Part("/admin/ticket/contacts", "contacts:write", N_("Contacts"), N_("Their people.")),
            Part(
                "/admin/inventory/sites",
                "sites:write",
                N_("Sites"),
                N_("Where they work, and how to get in."),
            ),
            Part(
                "/admin/ticket/contracts",
                "contracts:write",
                N_("Contracts"),
                N_("What was promised, with a preview of when it would be due."),
            ),
        ),
    ),
    (
        N_("Work"),
        (
            Part(
                "/admin/ticket/work-types",
                "work-types:write",
                N_("Work types"),
                N_("Categories of requests."),
            ),
            Part(
                "/admin/ticket/diagnoses",
                "diagnoses:write",
                N_("Diagnosis trees"),
                N_("The questions that clients and the hotline answer first."),
            ),
            Part(
                "/admin/inventory/maintenance-plans",
                "maintenance-plans:write",
                N_("Maintenance plans"),
                N_("What is done before something breaks."),
            ),
            Part(
                "/admin/inventory/renewal-rules",
                "renewals:write",
                N_("Rules of renewal"),
                N_("Lives and prices of machines."),
            ),
            Part(
                "/admin/dispatch/technicians",
                "technicians:write",
                N_("Technicians"),
                N_("Skills, shifts, papers."),
            ),
        ),
    ),
    (
        N_("Many at once"),
        (
            Part(
                "/admin/ticket/imports",
                "imports:run",
                N_("Clients, contracts"),
                N_("From a workbook, seen line by line before anything is stored."),
            ),
            Part(
                "/admin/inventory/imports",
                "imports:run",
                N_("Sites, machines"),
                N_("From a workbook, seen line by line before anything is stored."),
            ),
            Part(
                "/admin/dispatch/imports",
                "imports:run",
                N_("Technicians"),
                N_("From a workbook, seen line by line before anything is stored."),
            ),
        ),
    ),
    (
        N_("Messages"),
        (
            Part(
                "/admin/notify/templates",
                "templates:write",
                N_("Words of messages"),
                N_("What people are told, in your own words."),
            ),
            Part(
                "/admin/notify/addresses",
                "templates:write",
                N_("Refused addresses"),
                N_("Where nobody is, as mail servers say."),
            ),
        ),
    ),
    (
        N_("Access"),
        (
            Part(
                "/admin/notify/keys",
                "api-keys:write",
                N_("API keys"),
                N_("Which machines of clients come in, and for what."),
            ),
            Part(
                "/admin/notify/staff",
                "staff:write",
                N_("Staff"),
                N_("The firm's own people, and who is told."),
            ),
            Part(
                "/admin/notify/subscriptions",
                "subscriptions:write",
                N_("Webhooks"),
                N_("What is posted to other systems, and how it went."),
            ),
        ),
    ),
    (
        N_("Who changed what"),
        (
            Part(
                "/admin/ticket/audit",
                "audit:read",
                N_("Contracts and work"),
                N_("Changes of contracts and work."),
            ),
            Part("/admin/dispatch/audit", "audit:read", N_("Planning"), N_("Changes of technicians.")),
            Part("/admin/inventory/audit", "audit:read", N_("Sites and equipment"), N_("Changes of sites.")),
            Part("/admin/notify/audit", "audit:read", N_("People and webhooks"), N_("Changes of staff.")),
        ),
    ),
)
"""Under each heading its parts: whatever adds a page of set-up adds a line here."""

ENTITIES: Mapping[str, str] = {
    "customers": N_("Customer"),
    "contacts": N_("Contact"),
    "contracts": N_("Contract"),
    "work-types": N_("Work type"),
    "diagnoses": N_("Diagnosis tree"),
    "articles": N_("Article"),
    "technicians": N_("Technician"),
    "sites": N_("Site"),
    "assets": N_("Machine"),
    "parts": N_("Part"),
    "maintenance-plans": N_("Maintenance plan"),
    "renewal-rules": N_("Rules of renewal"),
    "staff": N_("Person"),
    "subscriptions": N_("Webhook"),
    "preferences": N_("Preferences"),
    "api-keys": N_("API key"),
    "agent-keys": N_("Agents' key"),
    "inventory-rules": N_("Rules of inventories"),
}
"""What one of each kind of reference data is called."""


def parts_of(principal: Principal | None) -> Sequence[tuple[str, Sequence[Part]]]:
    """Those that somebody may open, without headings that would stand above nothing."""
    if principal is None or not principal.may("screens:admin"):
        return ()
    his = ((title, [each for each in parts if principal.may(each.verb)]) for title, parts in PARTS)
    return [(title, parts) for title, parts in his if parts]
