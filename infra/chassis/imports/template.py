"""The workbook that a kind of thing is filled into."""

from datetime import date
from io import BytesIO
from typing import Any

from contracts.text import Text
from infra.chassis.imports.columns import DAY, NUMBER, WHOLE, YES_NO, Column
from infra.chassis.imports.kind import ImportKind
from infra.chassis.imports.sheet import MAX_LINES
from infra.chassis.workbook import workbook

_LONGEST_LIST = 255
"""Characters that a list of allowed values has at most within a workbook's rule."""
_HOW = Text(
    "One line each on the first sheet, columns in any order. A column that is left out changes nothing, "
    "an empty cell empties the field. Nothing is stored before you have seen what would change.",
    "Une ligne par élément sur la première feuille, colonnes dans un ordre quelconque. Une colonne absente "
    "ne change rien, une cellule vide vide le champ. Rien n'est enregistré avant que vous ayez vu ce qui "
    "changerait.",
)
_HEADS = (
    Text("Column", "Colonne"),
    Text("Needed", "Requis"),
    Text("What to write", "Que saisir"),
    Text("About it", "Précisions"),
    Text("For example", "Par exemple"),
)


def template(kind: ImportKind, language: str) -> bytes:
    """An xlsx with headings in that language, typed columns, lists of values, and a sheet that explains."""
    written = BytesIO()
    with workbook(written) as book:
        bold, needed = (
            book.add_format({"bold": True}),
            book.add_format({"bold": True, "font_color": "#8a3b00"}),
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        formats = {each.form.excel: book.add_format({"num_format": each.form.excel}) for each in kind.every}
        sheet = book.add_worksheet(kind.title.in_(language)[:31])
        sheet.freeze_panes(1, 1)
        for n, column in enumerate(kind.every):
            title = column.title.in_(language)
            sheet.set_column(n, n, max(14, len(title) + 4), formats[column.form.excel])
            sheet.write_string(
                0, n, f"{title} *" if column.required else title, needed if column.required else bold
            )
            _limit(sheet, n, column, language)
        about = book.add_worksheet(Text("How to fill in", "Mode d'emploi").in_(language))
        about.merge_range(0, 0, 0, len(_HEADS) - 1, _HOW.in_(language), wrapped)
        about.set_row(0, 48)
        for n, (head, width) in enumerate(zip(_HEADS, (26, 10, 44, 60, 30), strict=True)):
            about.set_column(n, n, width)
            about.write_string(2, n, head.in_(language), bold)
        for row, column in enumerate(kind.every, 3):
            yes = Text("yes", "oui").in_(language) if column.required else ""
            cells = (
                column.title.in_(language),
                yes,
                _to_write(column, language),
                column.about.in_(language) if column.about is not None else "",
                column.example,
            )
            for n, cell in enumerate(cells):
                about.write_string(row, n, cell, wrapped)
    return written.getvalue()


def _to_write(column: Column, language: str) -> str:
    if column.choices:
        return Text("one of: ", "une valeur parmi : ").in_(language) + ", ".join(column.choices)
    return column.form.name.in_(language)


def _limit(sheet: Any, n: int, column: Column, language: str) -> None:
    rule: dict[str, object] | None = None
    if column.choices and len(",".join(column.choices)) <= _LONGEST_LIST:
        rule = {"validate": "list", "source": list(column.choices)}
    elif column.form is YES_NO:
        rule = {"validate": "list", "source": ["oui", "non"] if language == "fr" else ["yes", "no"]}
    elif column.form in (NUMBER, WHOLE):
        kind = "decimal" if column.form is NUMBER else "integer"
        rule = {"validate": kind, "criteria": "between", "minimum": -1_000_000, "maximum": 1_000_000}
    elif column.form is DAY:
        rule = {"validate": "date", "criteria": ">=", "value": date(1970, 1, 1)}
    if rule is not None:
        # A warning: who pastes other spellings is told by the dry run what is wrong with them.
        sheet.data_validation(1, n, MAX_LINES, n, {**rule, "error_type": "warning"})
