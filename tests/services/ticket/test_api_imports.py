"""Customers, contacts and contracts by the table."""

from datetime import date

import httpx

from tests.services.ticket.running import Firm, done, problem
from tests.tables import applied, counts, lines, sent, workbook_of


def administrator(firm: Firm) -> httpx.AsyncClient:
    """Who says in each request what kind of body it has."""
    client = firm.service.as_("admin")
    del client.headers["Content-Type"]
    return client


async def test_a_new_contract_begins_with_the_terms_of_another_and_keeps_what_the_table_does_not_say(
    firm: Firm,
) -> None:
    new = f"{firm.name}-c2"
    headings = ("Identifiant", "Client", "Nom", "Début de validité", "Sur le modèle de", "Sites couverts")
    row = (new, firm.pasteur, "Pasteur or", date(2026, 1, 1), f"{firm.name}-c1", f"{firm.nord}, {firm.sud}")
    wrong = (f"{new}-x", firm.pasteur, "Sans modèle", date(2026, 1, 1), f"{firm.name}-none", "")
    alone = (f"{new}-y", firm.pasteur, "Sans rien", date(2026, 1, 1), "", "")
    async with administrator(firm) as admin:
        shown = await sent(admin, workbook_of(headings, row, wrong, alone), "contracts")
        assert counts(shown) == (1, 0, 0, 2)
        refused = await lines(admin, shown, standing="refused")
        assert [each["errors"][0]["column"] for each in refused] == ["like", "calendars"]
        await applied(admin, shown)
        model = done(await admin.get(f"/v1/contracts/{firm.name}-c1"))
        kept = done(await admin.get(f"/v1/contracts/{new}"))
        assert (kept["targets"], kept["calendars"]) == (model["targets"], model["calendars"])
        assert (kept["sites"], kept["valid_from"]) == ([firm.nord, firm.sud], "2026-01-01")
        assert counts(await sent(admin, workbook_of(headings, row), "contracts")) == (0, 0, 1, 0)
        renamed = await sent(admin, workbook_of(("id", "name"), (new, "Pasteur platine")), "contracts")
        await applied(admin, renamed)
        again = done(await admin.get(f"/v1/contracts/{new}"))
        assert (again["name"], again["targets"], again["revision"]) == (
            "Pasteur platine",
            model["targets"],
            kept["revision"] + 1,
        )


async def test_a_table_of_customers_keeps_what_it_has_no_column_for(firm: Firm) -> None:
    async with administrator(firm) as admin:
        path = f"/v1/customers/{firm.pasteur}"
        period = {"from": "2026-12-20T00:00:00+01:00", "to": "2026-12-31T00:00:00+01:00"}
        before = done(await admin.put(path, json={"name": "P", "critical_periods": [period]}))
        row = (firm.pasteur, "Clinique Pasteur", "Pasteur.example; clinique.example")
        await applied(admin, await sent(admin, workbook_of(("id", "nom", "mail domains"), row), "customers"))
        after = done(await admin.get(path))
        assert after["critical_periods"] == before["critical_periods"]
        assert (after["name"], after["mail_domains"]) == (
            "Clinique Pasteur",
            ["pasteur.example", "clinique.example"],
        )


async def test_a_contact_answers_for_sites_of_the_same_customer_and_an_empty_cell_empties_the_field(
    firm: Firm,
) -> None:
    ann = f"{firm.name}-ann"
    headings = ("id", "customer", "name", "e-mail", "sites", "langue")
    async with administrator(firm) as admin:
        wrong = await sent(
            admin,
            workbook_of(
                headings,
                (ann, firm.pasteur, "Ann", "ann", firm.nord, "fr"),
                (f"{ann}-2", firm.pasteur, "Bob", "", firm.hall, "de"),
                (f"{ann}-3", firm.pasteur, "Eve", "", firm.hall, ""),
            ),
            "contacts",
        )
        assert [[error["column"] for error in each["errors"]] for each in await lines(admin, wrong)] == [
            ["email"],
            ["language"],
            ["sites"],
        ]
        row = (ann, firm.pasteur, "Ann", "ann@pasteur.example", firm.nord, "EN")
        await applied(admin, await sent(admin, workbook_of(headings, row), "contacts"))
        emptied = await sent(admin, workbook_of(("id", "e-mail"), (ann, None)), "contacts")
        [line] = await lines(admin, emptied)
        assert line["changes"] == [{"column": "email", "before": "ann@pasteur.example", "after": None}]
        await applied(admin, emptied)
        kept = done(await admin.get(f"/v1/contacts/{ann}"))
        assert (kept["email"], kept["language"], kept["sites"]) == (None, "en", [firm.nord])


async def test_an_import_of_another_kind_is_not_there(firm: Firm) -> None:
    async with administrator(firm) as admin:
        shown = await sent(admin, workbook_of(("id", "nom"), (firm.pasteur, "P")), "customers")
        problem(await admin.get(f"/v1/imports/contacts/{shown['id']}"), 404, "not-found")
