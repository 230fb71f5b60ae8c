"""The pages that this service serves: the planner's board and the technician's."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.dispatch.web", "/board", "/m", "/admin/dispatch/imports")
