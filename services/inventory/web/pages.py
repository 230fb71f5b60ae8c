"""The pages that this service serves: the park manager's, and sites and machines in set-up."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.inventory.web", "/parc", "/admin/inventory")
