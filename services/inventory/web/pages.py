"""The pages that this service serves: the park manager's."""

from infra.chassis.web.pages import Pages

PAGES = Pages("services.inventory.web", "/parc")
