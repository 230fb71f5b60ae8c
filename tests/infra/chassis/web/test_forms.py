"""Forms made from what the API takes: nothing is left out, nothing is without a name, in either language."""

from collections.abc import Iterator

import pytest

from infra.chassis.imports.pages import prefix_of
from infra.chassis.web.administering import PARTS
from infra.chassis.web.forms import Field, Form
from infra.chassis.web.pages import Pages
from infra.chassis.web.references import Reference
from services.dispatch.web import admin as dispatch
from services.dispatch.web import pages as dispatch_pages
from services.inventory.web import admin as inventory
from services.inventory.web import pages as inventory_pages
from services.inventory.web.admin_maintenance import MAINTENANCE_PLANS
from services.inventory.web.admin_renewal_rules import RENEWAL_RULES
from services.notify.web import admin as notify
from services.notify.web import keys, templates_page
from services.notify.web import pages as notify_pages
from services.ticket.web import admin as ticket
from services.ticket.web import pages as ticket_pages
from services.ticket.web.admin_contract import CONTRACTS
from services.ticket.web.admin_diagnosis import DIAGNOSES

OF_TICKET = (ticket.CUSTOMERS, ticket.CONTACTS, ticket.WORK_TYPE_PAGES, CONTRACTS, DIAGNOSES)
EVERY: tuple[tuple[Pages, Reference], ...] = (
    *((ticket_pages.PAGES, each) for each in OF_TICKET),
    (dispatch_pages.PAGES, dispatch.TECHNICIANS),
    (inventory_pages.PAGES, inventory.SITES),
    (inventory_pages.PAGES, MAINTENANCE_PLANS),
    (inventory_pages.PAGES, RENEWAL_RULES),
    (notify_pages.PAGES, notify.STAFF),
    (notify_pages.PAGES, notify.SUBSCRIPTIONS),
)
AS_THEY_ARE = frozenset(("P1", "P2", "P3", "P4", "P5", "EUR", "CHF", "GBP", "USD"))


def below(form: Form, fields: tuple[Field, ...]) -> Iterator[Field]:
    """Every field, those of an empty row of each list and map included."""
    for each in fields:
        yield each
        yield from below(form, each.parts)
        if each.kind in ("list", "map") and not each.parts:
            yield from below(form, (form.row(each.place, {}, str)[1],))


def every_field(form: Form) -> list[Field]:
    return list(below(form, form.fields({}, {}, str)))


@pytest.mark.parametrize(("pages", "of"), EVERY, ids=lambda each: getattr(each, "name", ""))
def test_every_field_has_a_name_of_its_own_with_its_french(pages: Pages, of: Reference) -> None:
    french = pages.words("fr").gettext
    words = of.form.wording
    named = {*words.labels.values(), *words.options.values(), "P1", "P2", "P3", "P4", "P5", ""}
    for form in filter(None, (of.form, of.changing)):
        found = every_field(form)
        assert [f.place for f in found if f.label not in named and not f.place.endswith(".*")] == []
        options = {(value, name) for f in found for value, name in f.options if f.kind != "either"}
        assert {value for value, name in options if value == name} <= AS_THEY_ARE
        assert all(french(each.hint) for each in found if each.hint)


def test_every_property_of_a_contract_is_a_field() -> None:
    shown = {each.name for each in CONTRACTS.form.fields({}, {}, str)}
    assert shown == set(CONTRACTS.form.schema["properties"])


def test_what_is_stored_stands_in_the_fields() -> None:
    target = {"name": "repair", "minutes": 90, "calendar": "office", "stops_on": [], "met_by": "resolved"}
    fields = CONTRACTS.form.fields({"name": "Care", "targets": {"P1": [target]}}, {}, str)
    by_name = {each.name: each for each in fields}
    assert by_name["name"].value == "Care"
    urgent, *others = by_name["targets"].parts
    [row] = urgent.parts
    assert {each.name: each.value for each in row.parts}["minutes"] == 90
    assert [each.parts for each in others] == [(), (), (), ()]


def test_a_choice_between_shapes_begins_with_the_one_that_is_stored() -> None:
    alternating = {"shifts": {"A": {"mon": [["08:00", "12:00"]]}, "B": {}}}
    weekly = {"shifts": {"mon": [["08:00", "12:00"]]}}
    for values, shape in ((alternating, "A weeks and B weeks"), (weekly, "Every week the same")):
        fields = dispatch.TECHNICIANS.form.fields(values, {}, str)
        shifts = next(each for each in fields if each.name == "shifts")
        assert dict(shifts.options)[shifts.value] == shape


def test_what_is_chosen_is_shown_though_it_can_no_longer_be_chosen() -> None:
    fields = inventory.SITES.form.fields({"customer_id": "gone"}, {"customer_id": [("acme", "Acme")]}, str)
    customer = next(each for each in fields if each.name == "customer_id")
    assert customer.options == (("acme", "Acme"), ("gone", "gone"))


def test_there_is_no_row_of_what_is_no_list() -> None:
    with pytest.raises(KeyError):
        CONTRACTS.form.row("nothing.of.the.kind", {}, str)


def test_each_part_of_set_up_is_a_page_that_somebody_serves() -> None:
    routes = {
        route.path
        for module in (ticket, dispatch, inventory, notify)
        for route in module.router.routes
        if hasattr(route, "path")
    } | {
        CONTRACTS.base,
        DIAGNOSES.base,
        MAINTENANCE_PLANS.base,
        RENEWAL_RULES.base,
        keys.PATH,
        templates_page.PAGE,
        templates_page.ADDRESSES,
    }
    routes |= {prefix_of(service) for service in ("ticket", "dispatch", "inventory")}
    linked = {part.path for _, parts in PARTS for part in parts if not part.path.endswith("/audit")}
    assert linked <= routes
