"""The pages that this service serves: the client's, the hotline's and the contract manager's."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.ticket.web", "/portal", "/desk", "/sla", "/admin/ticket/imports")
