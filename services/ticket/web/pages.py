"""The pages that this service serves: the client's, the hotline's the contract manager's, and set-up."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.ticket.web", "/portal", "/desk", "/sla", "/admin/ticket")
