"""Cells are read as people write them, in both languages."""

from datetime import date, datetime
from typing import Any

import pytest

from infra.chassis.imports.columns import (
    DAY,
    HOURS,
    LEVELS,
    NUMBER,
    SEVERAL,
    TEXT,
    WHOLE,
    YES_NO,
    Cell,
    Form,
    Unread,
    plain,
)

AT = datetime.fromisoformat("2026-03-31")


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        (TEXT, 1000, "1000"),
        (TEXT, 612345678.0, "612345678"),
        (NUMBER, "45,76", 45.76),
        (NUMBER, "1\u202f234,5", 1234.5),
        (WHOLE, 15.0, 15),
        (DAY, AT, "2026-03-31"),
        (DAY, date(2026, 3, 31), "2026-03-31"),
        (DAY, "31/03/2026", "2026-03-31"),
        (DAY, "2026-3-31", "2026-03-31"),
        (YES_NO, "Oui", True),
        (YES_NO, 0, False),
        (SEVERAL, "a, b;c\nd", ["a", "b", "c", "d"]),
        (LEVELS, "network:2; printer : 1", {"network": 2, "printer": 1}),
        (HOURS, "lundi-mardi 8h30-12h", {"mon": [["08:30", "12:00"]], "tue": [["08:30", "12:00"]]}),
        (HOURS, "sam 09:00-12:00, 14:00-15:00", {"sat": [["09:00", "12:00"], ["14:00", "15:00"]]}),
    ],
)
def test_a_cell_is_read(form: Form, cell: Cell, value: Any) -> None:
    assert form.read(cell) == value


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        (NUMBER, "north"),
        (WHOLE, 1.5),
        (DAY, "31/02/2026"),
        (DAY, "soon"),
        (YES_NO, "perhaps"),
        (LEVELS, "network"),
        (HOURS, "always"),
        (HOURS, "fri-mon 8h-12h"),
        (HOURS, "mon 8h"),
    ],
)
def test_what_a_column_cannot_take_is_named(form: Form, cell: Cell) -> None:
    with pytest.raises(Unread) as wrong:
        form.read(cell)
    assert str(cell) in wrong.value.why.en
    assert str(cell) in wrong.value.why.fr
    assert wrong.value.why.en != wrong.value.why.fr


@pytest.mark.parametrize(
    "said", ["mon-fri 08:00-12:00 14:00-18:00; sat 09:00-12:00", "A: mon 08:00-12:00 | B: sun 09:00-10:00"]
)
def test_hours_are_said_as_they_are_written(said: str) -> None:
    assert HOURS.said(HOURS.read(said), "en") == said
    assert HOURS.read(HOURS.said(HOURS.read(said), "fr")) == HOURS.read(said)


def test_headings_are_compared_without_accents_case_and_marks() -> None:
    assert plain("Début de validité *") == plain("DEBUT_DE_VALIDITE") == "debutdevalidite"
