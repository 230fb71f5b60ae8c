"""What stands in a column: how a cell is read, and how a value is said to people.

A cell comes as the file has it (text, number, date, yes or no); a value is JSON as the body of the API's
``PUT`` takes it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from contracts.text import Text

Cell = str | int | float | bool | datetime | date | time | None
LONGEST = 60
"""Characters of a cell that an error repeats."""


class Unread(Exception):
    """A cell that its column cannot take, and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True)
class Form:
    """A way to fill a column in. ``example`` and ``name`` stand in the template."""

    name: Text
    read: Callable[[Cell], Any]
    said: Callable[[Any, str], str]
    excel: str = "@"


@dataclass(frozen=True)
class Column:
    """``path`` is the field of the body, with dots into its parts; ``also`` are further headings for it."""

    path: str
    title: Text
    form: Form
    about: Text | None = None
    required: bool = False
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    example: str = ""

    @property
    def headings(self) -> frozenset[str]:
        """What its heading may say, whatever its accents and its case."""
        return frozenset(plain(each) for each in (self.path, self.title.en, self.title.fr, *self.also))

    def read(self, cell: Cell) -> Any:
        """The value of a cell; None of an empty one. ``Unread`` where it has none."""
        if isinstance(cell, str):
            cell = cell.strip() or None
        if cell is None:
            return None
        value = self.form.read(cell)
        if self.choices and isinstance(value, str):
            found = next((each for each in self.choices if plain(each) == plain(value)), None)
            if found is None:
                known = ", ".join(self.choices)
                raise Unread(
                    Text(
                        f"{quoted(cell)} is none of {known}",
                        f"{quoted(cell)} n'est aucune des valeurs {known}",
                    )
                )
            return found
        return value

    def said(self, value: Any, language: str) -> str:
        """A value as people read it."""
        return "" if value is None else self.form.said(value, language)


def plain(heading: str) -> str:
    """Letters and digits without accents, in small: what headings are compared by."""
    bare = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(each for each in bare if each.isalnum())


def quoted(cell: Cell) -> str:
    """A cell as an error repeats it."""
    text = str(cell)
    return f"'{text[:LONGEST]}…'" if len(text) > LONGEST else f"'{text}'"


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return str(cell)


def _number(cell: Cell) -> float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    try:
        # A thousand is parted by spaces in French, by no-break ones in Excel's.
        return float(re.sub(r"[\s\u00a0\u202f]", "", str(cell)).replace(",", "."))
    except ValueError:
        raise Unread(Text(f"{quoted(cell)} is no number", f"{quoted(cell)} n'est pas un nombre")) from None


LARGEST = 2**53
"""Beyond it a table's number is not the one that was typed."""


def _whole(cell: Cell) -> int:
    number = _number(cell)
    if not number.is_integer() or abs(number) >= LARGEST:
        raise Unread(Text(f"{quoted(cell)} is no whole number", f"{quoted(cell)} n'est pas un nombre entier"))
    return int(number)


_DAYS = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), (3, 2, 1)),
)


def _day(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    for pattern, order in _DAYS:
        if found := pattern.fullmatch(str(cell)):
            try:
                return date(*(int(found[n]) for n in order)).isoformat()
            except ValueError:
                break
    raise Unread(
        Text(
            f"{quoted(cell)} is no date: write 2026-03-31 or 31/03/2026",
            f"{quoted(cell)} n'est pas une date : écrivez 31/03/2026 ou 2026-03-31",
        )
    )


_YES, _NO = (
    frozenset(("yes", "oui", "true", "vrai", "1", "x", "y", "o")),
    frozenset(("no", "non", "false", "faux", "0", "n")),
)


def _yes_or_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    said = plain(_text(cell))
    if said in _YES or said in _NO:
        return said in _YES
    raise Unread(Text(f"{quoted(cell)} is neither yes nor no", f"{quoted(cell)} n'est ni oui ni non"))


def _several(cell: Cell) -> list[str]:
    return [each.strip() for each in re.split(r"[,;\n]", _text(cell)) if each.strip()]


def _levels(cell: Cell) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in _several(cell):
        name, _, level = each.partition(":")
        if not (name.strip() and level.strip().isdecimal() and len(level.strip()) < 10):
            raise Unread(
                Text(
                    f"{quoted(each)} is no skill with its level: write network:2, printer:1",
                    f"{quoted(each)} n'est pas une compétence et son niveau : écrivez network:2, printer:1",
                )
            )
        found[name.strip()] = int(level)
    return found


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = (WEEK, ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"))
_NAMED = {name: n for names in _WEEKDAYS for n, name in enumerate(names)}
_WINDOW = re.compile(r"(\d{1,2})(?:[:h](\d{2})?)?-(\d{1,2})(?:[:h](\d{2})?)?")
_OF_DAYS = re.compile(r"([^\W\d_]+)(?:-([^\W\d_]+))?")


def _hours(cell: Cell) -> Any:
    """Windows by day; by A and B week where it says ``A: … | B: …``."""
    weeks = [each.strip() for each in str(cell).split("|")]
    if len(weeks) == 2 and weeks[0][:2].upper() == "A:" and weeks[1][:2].upper() == "B:":
        return {"A": _week(weeks[0][2:]), "B": _week(weeks[1][2:])}
    return _week(str(cell))


def _week(said: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for part in re.split(r"[;\n]", said):
        words = part.replace(",", " ").split()
        if not words:
            continue
        days, windows = _days(words[0]), [_WINDOW.fullmatch(each.lower()) for each in words[1:]]
        if not days or not windows or not all(windows):
            raise Unread(
                Text(
                    f"{quoted(part.strip())} says no hours: write "
                    "mon-fri 08:00-12:00 14:00-18:00; sat 09:00-12:00",
                    f"{quoted(part.strip())} ne dit pas d'horaires : écrivez "
                    "lun-ven 08:00-12:00 14:00-18:00; sam 09:00-12:00",
                )
            )
        for day in days:
            found.setdefault(day, []).extend(
                [_clock(each[1], each[2]), _clock(each[3], each[4])] for each in windows if each
            )
    return found


def _days(word: str) -> list[str]:
    found = _OF_DAYS.fullmatch(word)
    if found is None:
        return []
    first, last = _NAMED.get(plain(found[1])[:3]), _NAMED.get(plain(found[2] or found[1])[:3])
    if first is None or last is None or last < first:
        return []
    return list(WEEK[first : last + 1])


def _clock(hours: str, minutes: str | None) -> str:
    return f"{int(hours):02d}:{minutes or '00'}"


def _hours_said(value: Any, language: str) -> str:
    if isinstance(value, Mapping) and set(value) == {"A", "B"}:
        return f"A: {_hours_said(value['A'], language)} | B: {_hours_said(value['B'], language)}"
    names = _WEEKDAYS[language == "fr"]
    alike: list[tuple[int, int, str]] = []
    for n, day in enumerate(WEEK):
        windows = " ".join(f"{start}-{end}" for start, end in value.get(day, ()))
        if windows and alike and alike[-1][1:] == (n - 1, windows):
            alike[-1] = (alike[-1][0], n, windows)
        elif windows:
            alike.append((n, n, windows))
    return "; ".join(
        f"{names[first]}-{names[last]} {windows}" if last > first else f"{names[first]} {windows}"
        for first, last, windows in alike
    )


def _as_it_is(value: Any, _: str) -> str:
    return str(value)


def _number_said(value: Any, language: str) -> str:
    said = str(int(value)) if float(value).is_integer() else str(value)
    return said.replace(".", ",") if language == "fr" else said


def _day_said(value: Any, language: str) -> str:
    return date.fromisoformat(value).strftime("%d/%m/%Y") if language == "fr" else str(value)


TEXT = Form(Text("text", "texte"), _text, _as_it_is)
NUMBER = Form(Text("number", "nombre"), _number, _number_said, "General")
WHOLE = Form(Text("whole number", "nombre entier"), _whole, _as_it_is, "0")
DAY = Form(Text("date", "date de calendrier"), _day, _day_said, "yyyy-mm-dd")
YES_NO = Form(Text("yes or no", "oui ou non"), _yes_or_no, lambda value, _: "✓" if value else "–", "General")
SEVERAL = Form(
    Text("several, parted by commas", "plusieurs, séparés par des virgules"),
    _several,
    lambda value, _: ", ".join(value),
)
LEVELS = Form(
    Text(
        "skills with levels 1 to 3: network:2, printer:1",
        "compétences et niveaux 1 à 3 : network:2, printer:1",
    ),
    _levels,
    lambda value, _: ", ".join(f"{name}:{level}" for name, level in value.items()),
)
HOURS = Form(
    Text(
        "hours by day: mon-fri 08:00-12:00 14:00-18:00; sat 09:00-12:00",
        "horaires par jour : lun-ven 08:00-12:00 14:00-18:00; sam 09:00-12:00",
    ),
    _hours,
    _hours_said,
)
