"""The pages of signing in and out, of customers' keys and where set-up begins: who people are is its affair."""

from infra.chassis.web.pages import Pages
from infra.chassis.web.signing_in import PREFIX

PAGES = Pages("services.notify.web", PREFIX, "/admin")
