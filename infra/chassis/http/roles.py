"""Who may do what: one table, a line a verb. Whose things he may do it to is decided by ``Principal``."""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal[
    "portal",
    "requester",
    "site-contact",
    "customer-manager",
    "agent",
    "technician",
    "dispatcher",
    "contract-manager",
    "stock-keeper",
    "admin",
]
ROLES: frozenset[Role] = frozenset(get_args(Role))

CUSTOMER_SIDE: frozenset[Role] = frozenset(("portal", "requester", "site-contact", "customer-manager"))
FIRM_SIDE: frozenset[Role] = ROLES - CUSTOMER_SIDE
_ON_BEHALF: frozenset[Role] = frozenset(("portal", "customer-manager"))
"""Those of the customer's side who act for the whole customer."""
_HOTLINE: frozenset[Role] = frozenset(("agent", "dispatcher"))


def _only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


# An administrator may do everything; he is left out of the lines and added below.
_TABLE: Mapping[str, frozenset[Role]] = {
    # ticket
    "customers:read": ROLES,
    "customers:write": _only("contract-manager"),
    # Whom a customer refuses: for those who write it down and plan by it, and for the customer's own manager.
    "technician-wishes:read": _HOTLINE | _only("contract-manager", "stock-keeper", "customer-manager"),
    "contracts:read": FIRM_SIDE | _ON_BEHALF,
    "contracts:write": _only("contract-manager"),
    "contracts:consumption": _ON_BEHALF | _only("agent", "contract-manager"),
    "pre-billing:read": _only("contract-manager"),
    # Statements name confidential tickets, too.
    "statements:read": _only("customer-manager", "contract-manager"),
    "statements:contest": _only("customer-manager", "contract-manager"),
    "statements:freeze": _only("contract-manager"),
    "kpis:read": _ON_BEHALF | _HOTLINE | _only("contract-manager"),
    "contacts:read": ROLES,
    "contacts:write": _ON_BEHALF | _HOTLINE | _only("contract-manager"),
    "work-types:read": ROLES,
    "work-types:write": _only("dispatcher", "contract-manager"),
    "tickets:open": CUSTOMER_SIDE | _HOTLINE | _only("technician", "stock-keeper"),
    "tickets:read": ROLES,
    "tickets:read-confidential": FIRM_SIDE | _only("customer-manager"),
    "tickets:change": CUSTOMER_SIDE | _HOTLINE,
    "tickets:take": _HOTLINE,
    "tickets:hand-over": _HOTLINE,
    "tickets:triage": _HOTLINE,
    "tickets:requalify": _HOTLINE | _only("contract-manager"),
    "tickets:start": _HOTLINE,
    "tickets:restore": _HOTLINE,
    "tickets:hold": _HOTLINE,
    "tickets:resume": _HOTLINE,
    "tickets:resolve": _HOTLINE,
    "tickets:close": CUSTOMER_SIDE | _HOTLINE,
    "tickets:reopen": CUSTOMER_SIDE | _HOTLINE,
    "tickets:cancel": CUSTOMER_SIDE | _HOTLINE,
    "tickets:note": ROLES,
    "tickets:worklog": _HOTLINE | _only("technician"),
    "tickets:correct-worklog": _HOTLINE | _only("technician", "contract-manager"),
    "tickets:answer": CUSTOMER_SIDE | _HOTLINE | _only("technician"),
    "tickets:watch": CUSTOMER_SIDE | _HOTLINE,
    "tickets:coverage": _only("contract-manager"),
    "tickets:exclude": _only("contract-manager"),
    "tickets:quote": _HOTLINE | _only("contract-manager"),
    "tickets:approve": CUSTOMER_SIDE,
    "tickets:try": CUSTOMER_SIDE | _HOTLINE,
    "tickets:attach": ROLES,
    "satisfaction:read": _HOTLINE | _only("contract-manager"),
    "tickets:link": _HOTLINE | _only("contract-manager"),
    "majors:read": ROLES,
    "majors:write": _HOTLINE,
    "problems:read": FIRM_SIDE | _ON_BEHALF,
    "problems:write": _HOTLINE | _only("contract-manager"),
    "problems:prevent": _only("agent"),
    "quarantine:read": _HOTLINE,
    "quarantine:decide": _HOTLINE,
    "sla:read": ROLES,
    "diagnoses:read": ROLES,
    "diagnoses:write": _only("agent"),
    "articles:read": ROLES,
    "articles:write": _only("agent", "technician"),
    "articles:publish": _only("agent"),
    "views:read": ROLES,
    "views:write": ROLES,
    "views:share-firm": _HOTLINE | _only("contract-manager"),
    "views:share-customer": _only("customer-manager"),
    # dispatch
    "technicians:read": FIRM_SIDE,
    "technicians:write": _only("dispatcher"),
    "technicians:absences": _only("technician", "dispatcher"),
    "technicians:skills": _only("technician", "dispatcher"),
    "technicians:calendar": _only("technician", "dispatcher"),
    "technicians:hours": _only("technician", "dispatcher"),
    "rests:give-back": _only("dispatcher"),
    "visits:read": ROLES,
    "visits:candidates": _HOTLINE,
    "visits:assign": _only("dispatcher"),
    "visits:offer-slots": CUSTOMER_SIDE | _HOTLINE,
    "visits:reschedule": _only("dispatcher"),
    "visits:pin": _only("dispatcher"),
    "visits:acknowledge": _only("technician", "dispatcher"),
    "visits:decline": _only("technician", "dispatcher"),
    "visits:depart": _only("technician", "dispatcher"),
    "visits:arrive": _only("technician", "dispatcher"),
    "visits:start": _only("technician", "dispatcher"),
    "visits:pause": _only("technician", "dispatcher"),
    "visits:watch": _only("technician", "dispatcher"),
    "visits:close": _only("technician", "dispatcher"),
    "reports:read": ROLES,
    "reports:correct": _only("technician", "dispatcher"),
    "rota:read": FIRM_SIDE,
    "rota:write": _only("dispatcher"),
    "rota:propose": _only("dispatcher"),
    "rota:swap": _only("technician"),
    "rota:see-swaps": _only("technician", "dispatcher"),
    "rota:veto": _only("dispatcher"),
    "agreements:read": FIRM_SIDE,
    "agreements:write": _only(),
    "plans:read": _HOTLINE,
    "plans:write": _only("dispatcher"),
    # inventory
    "sites:read": ROLES,
    "sites:write": _HOTLINE | _only("contract-manager", "stock-keeper"),
    "sites:read-codes": _HOTLINE | _only("technician"),
    "sites:write-codes": _HOTLINE,
    # Of whose doors it is, too: who was let in is his to know.
    "sites:see-code-views": _only("dispatcher", "contract-manager", "customer-manager"),
    "assets:read": ROLES,
    "assets:write": _only("agent", "stock-keeper"),
    "assets:report": _only("portal", "stock-keeper"),
    "agent-keys:read": _only("stock-keeper"),
    "agent-keys:write": _only("stock-keeper"),
    "inventory:review": _only("stock-keeper"),
    "inventory-rules:read": _HOTLINE | _only("stock-keeper"),
    "inventory-rules:write": _only("stock-keeper"),
    "parts:read": FIRM_SIDE,
    "parts:write": _only("stock-keeper"),
    "stock:read": FIRM_SIDE,
    "stock:move": _only("stock-keeper"),
    "van-lists:read": _only("technician", "dispatcher", "stock-keeper"),
    "purchases:read": _only("dispatcher", "contract-manager", "stock-keeper"),
    "purchases:write": _only("stock-keeper"),
    "purchases:approve": _only("contract-manager", "stock-keeper"),
    "reservations:read": FIRM_SIDE,
    "maintenance-plans:read": FIRM_SIDE | _ON_BEHALF,
    "maintenance-plans:write": _only("stock-keeper"),
    "campaigns:read": FIRM_SIDE,
    "campaigns:write": _only("agent", "stock-keeper"),
    "failure-rates:read": FIRM_SIDE | _ON_BEHALF,
    "renewals:read": FIRM_SIDE | _ON_BEHALF,
    "renewals:write": _only("stock-keeper"),
    "trainings:read": FIRM_SIDE | _ON_BEHALF,
    "trainings:write": _HOTLINE | _only("contract-manager", "stock-keeper"),
    "trainings:attend": _HOTLINE | _only("technician", "stock-keeper"),
    # Whoever may see a customer's park may know which of it is being repaired.
    "workshop:read": FIRM_SIDE | _ON_BEHALF,
    "workshop:take-in": _HOTLINE | _only("technician", "stock-keeper"),
    "workshop:repair": _only("technician", "stock-keeper"),
    # notify
    "staff:read": FIRM_SIDE,
    "staff:write": _only(),
    # A key acts for the whole customer: the customer's own manager makes it, or an administrator.
    "api-keys:read": _only("customer-manager"),
    "api-keys:write": _only("customer-manager"),
    "subscriptions:read": _ON_BEHALF,
    "subscriptions:write": _ON_BEHALF,
    "deliveries:read": _ON_BEHALF | _HOTLINE | _only("contract-manager"),
    "bounces:read": _HOTLINE,
    "bounces:clear": _HOTLINE,
    "templates:write": _only(),
    "preferences:read": ROLES,
    "preferences:write": ROLES,
    "streams:tickets": ROLES,
    "streams:visits": ROLES,
    "streams:sla": ROLES,
    # every service
    "imports:run": _only(),
    # screens
    "screens:portal": CUSTOMER_SIDE,
    "screens:desk": _HOTLINE,
    "screens:board": _only("dispatcher"),
    "screens:mobile": _only("technician"),
    "screens:sla": _only("contract-manager", "customer-manager"),
    "screens:parc": _only("stock-keeper", "customer-manager"),
    "screens:admin": _only("contract-manager", "stock-keeper"),
    # every service: who changed what
    "audit:read": _only(),
    # local stack
    "clock:read": _only(),
    "clock:step": _only(),
}

MAY: Mapping[str, frozenset[Role]] = {verb: roles | {"admin"} for verb, roles in _TABLE.items()}

KEY_VERBS: frozenset[str] = frozenset(
    verb for verb, roles in MAY.items() if "portal" in roles and not verb.startswith("screens:")
)
"""What a customer's API key can be given: no more than an integration may do, and no screens."""


def may(role: Role, verb: str) -> bool:
    """Whether a role may do something at all. An unknown verb is a programming error (``KeyError``)."""
    return role in MAY[verb]
