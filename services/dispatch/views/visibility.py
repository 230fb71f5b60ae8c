"""Where a document of a visit names those whom it concerns, and who sees when somebody worked."""

from infra.chassis.http.principal import Principal
from infra.chassis.http.viewing import Places

VISIT = Places(
    contact=lambda subject: (
        {"opened_by": subject},
        {"requester_id": subject},
        {"on_site_contact_id": subject},
    ),
    technician=lambda subject: (
        {"technician_id": subject},
        {"plan.companions": subject},
        {"apprentices": subject},
    ),
    site="site_id",
    contract="contract_id",
)


def sees_hours(principal: Principal, technician_id: str | None) -> bool:
    """Whether a technician's hours are for this caller: his own are for himself."""
    return principal.may("technicians:hours") and principal.owns(technician_id)
