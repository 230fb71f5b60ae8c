"""Where a document of a visit names those whom it concerns."""

from infra.chassis.http.viewing import Places

VISIT = Places(
    contact=lambda subject: (
        {"opened_by": subject},
        {"requester_id": subject},
        {"on_site_contact_id": subject},
    ),
    technician=lambda subject: ({"technician_id": subject},),
    site="site_id",
    contract="contract_id",
)
