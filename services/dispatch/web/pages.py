"""The pages that this service serves: the planner's board, the technician's, and technicians in set-up."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.dispatch.web", "/board", "/m", "/admin/dispatch")
