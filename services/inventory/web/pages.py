"""The pages that this service serves: the park manager's, and imports."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.inventory.web", "/parc", "/admin/inventory/imports")
