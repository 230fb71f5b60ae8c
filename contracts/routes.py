"""Which path prefix belongs to which service. The gateway and the deployments are made from it."""

ROUTES: dict[str, tuple[str, ...]] = {
    "ticket": (
        "/v1/customers",
        "/v1/contracts",
        "/v1/contacts",
        "/v1/work-types",
        "/v1/tickets",
        "/v1/diagnoses",
        "/v1/articles",
        "/v1/satisfaction",
        "/v1/major-incidents",
        "/v1/problems",
        "/v1/views",
        "/v1/kpis",
        "/v1/quarantine",
        "/v1/imports/customers",
        "/v1/imports/contacts",
        "/v1/imports/contracts",
        "/v1/openapi/ticket.json",
        "/portal",
        "/desk",
        "/sla",
        "/v1/audit/ticket",
        "/admin/ticket",
    ),
    "dispatch": (
        "/v1/technicians",
        "/v1/visits",
        "/v1/rota",
        "/v1/plans",
        "/v1/appointments",
        "/v1/partner-offers",
        "/v1/service-reports",
        "/v1/calendars",
        "/v1/imports/technicians",
        "/v1/openapi/dispatch.json",
        "/board",
        "/m",
        "/v1/audit/dispatch",
        "/admin/dispatch",
    ),
    "inventory": (
        "/v1/sites",
        "/v1/assets",
        "/v1/parts",
        "/v1/stock",
        "/v1/purchase-requests",
        "/v1/workshop",
        "/v1/reservations",
        "/v1/maintenance-plans",
        "/v1/maintenance-occurrences",
        "/v1/failure-rates",
        "/v1/campaigns",
        "/v1/renewals",
        "/v1/trainings",
        "/v1/training-marks",
        "/v1/imports/sites",
        "/v1/imports/assets",
        "/v1/imports/inventories",
        "/v1/agent-keys",
        "/v1/inventory",
        "/v1/openapi/inventory.json",
        "/inventory",
        "/parc",
        "/v1/audit/inventory",
        "/admin/inventory",
    ),
    "notify": (
        "/v1/staff",
        "/v1/api-keys",
        "/v1/subscriptions",
        "/v1/deliveries",
        "/v1/preferences",
        "/v1/push",
        "/v1/templates",
        "/v1/bounces",
        "/v1/calls",
        "/v1/streams",
        "/v1/openapi/notify.json",
        "/session",
        "/v1/audit/notify",
        "/admin/notify",
        "/admin",
    ),
}

_OWNERS = {prefix: service for service, prefixes in ROUTES.items() for prefix in prefixes}


def owner_of(path: str) -> str | None:
    """The service that answers ``path``, or None when no service does.

    A prefix covers itself and what lies below it: ``/v1/stock`` covers ``/v1/stock/receive``, not
    ``/v1/stocks``.
    """
    while path:
        owner = _OWNERS.get(path)
        if owner is not None:
            return owner
        path = path.rpartition("/")[0]
    return None
