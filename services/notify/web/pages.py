"""The pages of signing in and out, for who people are is this service's affair, and those of set-up."""

from infra.chassis.web.pages import Pages
from infra.chassis.web.signing_in import PREFIX

ADMIN = "/admin/notify"

PAGES = Pages("services.notify.web", PREFIX, "/admin")
