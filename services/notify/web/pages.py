"""The pages of signing in and out and where set-up begins: who people are is this service's affair."""

from infra.chassis.web.pages import Pages
from infra.chassis.web.signing_in import PREFIX

PAGES = Pages("services.notify.web", PREFIX, "/admin")
