"""Technicians by the table."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from infra.chassis.imports.checking import headings_of
from infra.chassis.imports.sheet import read_table
from infra.chassis.imports.template import template
from services.dispatch.api.imports import TECHNICIANS
from tests.services.dispatch.running import Running
from tests.tables import applied, counts, lines, sent, workbook_of

HEADINGS = ("id", "Nom", "Compétences", "Fuseau horaire", "Horaires", "Latitude du domicile")
INES = ("ines", "Inès", "network:2, printer:1", "Europe/Paris", "A: lun-ven 8h-12h | B: lun 14h-18h", 48.1)


async def test_technicians_come_with_skills_and_two_weeks_and_keep_what_the_table_does_not_say(
    dispatch: Running,
) -> None:
    longitude = ("Longitude du domicile", -1.68)
    async with dispatch.as_("admin") as admin:
        half = await sent(admin, workbook_of(HEADINGS, INES), "technicians")
        [line] = await lines(admin, half)
        assert line["errors"] == [{"column": "home.longitude", "detail": "it is needed and empty"}]
        whole = workbook_of((*HEADINGS, longitude[0]), (*INES, longitude[1]))
        await applied(admin, await sent(admin, whole, "technicians"))
        kept = (await admin.get("/v1/technicians/ines")).json()
        assert kept["skills"] == {"network": 2, "printer": 1}
        assert kept["shifts"]["B"] == {"mon": [["14:00", "18:00"]]}
        assert kept["home"] == {"latitude": 48.1, "longitude": -1.68}
        absence = {"from": "2026-03-03T08:00:00+01:00", "to": "2026-03-04T08:00:00+01:00", "kind": "sick"}
        await admin.post("/v1/technicians/ines/absences", json=absence)
        assert counts(await sent(admin, whole, "technicians")) == (0, 0, 1, 0)
        changed = await sent(admin, workbook_of(("id", "skills"), ("ines", "network:3")), "technicians")
        await applied(admin, changed)
        after: dict[str, Any] = (await admin.get("/v1/technicians/ines")).json()
        assert (after["skills"], len(after["absences"]), after["shifts"]) == (
            {"network": 3},
            1,
            kept["shifts"],
        )


@pytest.mark.parametrize(("language", "heading"), [("en", "Skills *"), ("fr", "Compétences *")])
def test_a_template_filled_in_is_what_an_import_reads(language: str, heading: str) -> None:
    book = load_workbook(io.BytesIO(template(TECHNICIANS, language)))
    data, about = book.worksheets
    headings = [str(each.value) for each in data[1]]
    assert heading in headings
    table = read_table(template(TECHNICIANS, language))
    read = headings_of(TECHNICIANS, table)
    assert (read.unknown, read.twice, read.absent) == ((), (), ())
    allowed = {rule.formula1 for rule in data.data_validations.dataValidation}
    assert '"fr,en"' in allowed
    assert {row[0].value for row in about.iter_rows(min_row=4)} == {
        column.title.in_(language) for column in TECHNICIANS.every
    }
