"""What is looked at on the spot, item by item, and when an answer asks for more work.

A plan of maintenance sets a checklist, the ticket carries it to the visit, the technician answers it when he
closes, and the plan's service decides on the answers.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.text import InvalidValue
from contracts.values import Id, Value

MOST_ITEMS = 40
LARGEST = 10**12
"""What a number may be, above nothing or below it: more is a slip of the finger, and fits no store."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Choice = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Finite = Annotated[float, Field(allow_inf_nan=False)]

YES, NO = "yes", "no"


class ItemKind(StrEnum):
    YES_NO = "yes-no"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"


class ChecklistItem(Value):
    """One thing to look at. ``fr`` and ``en`` ask for it.

    A number, in ``unit``, is right from ``least`` to ``most``, both included; another answer where it is one
    of ``right``. Without either every answer is. Words are never wrong.
    """

    id: Id
    fr: Label
    en: Label
    kind: ItemKind
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    least: Finite | None = None
    most: Finite | None = None
    right: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    optional: bool = False

    @property
    def possible(self) -> tuple[str, ...]:
        """Every answer there is, of a choice and of a yes or no."""
        return (YES, NO) if self.kind is ItemKind.YES_NO else self.choices

    def label(self, language: str) -> str:
        return self.fr if language == "fr" else self.en

    def takes(self, answer: str) -> bool:
        """Whether it is an answer to this: a number as ``12.5``, ``yes`` or ``no``, one of the choices."""
        if self.kind is ItemKind.NUMBER:
            return _number(answer) is not None
        return self.kind is ItemKind.TEXT or answer in self.possible

    def beyond(self, answer: str) -> bool:
        """Whether an answer that it takes asks for more work."""
        if self.kind is ItemKind.NUMBER:
            number = _number(answer)
            low = self.least is not None and number is not None and number < self.least
            high = self.most is not None and number is not None and number > self.most
            return low or high
        return bool(self.right) and answer not in self.right

    def wanted(self, language: str) -> str:
        """What would have been right, as people say it; empty where everything is."""
        if self.kind is not ItemKind.NUMBER:
            names = {YES: ("oui", "yes"), NO: ("non", "no")}
            words = (names.get(each, (each, each))[language != "fr"] for each in self.right)
            return (" ou " if language == "fr" else " or ").join(words)
        unit = f" {self.unit}" if self.unit else ""
        if self.least is not None and self.most is not None:
            return f"{self.least:g} – {self.most:g}{unit}"
        if self.least is not None:
            return f"≥ {self.least:g}{unit}"
        return "" if self.most is None else f"≤ {self.most:g}{unit}"


def consistent(item: ChecklistItem) -> ChecklistItem:
    """The item, or an ``InvalidValue`` where what it says does not go together: for who writes one."""
    number = item.kind is ItemKind.NUMBER
    if not number and (item.least is not None or item.most is not None or item.unit is not None):
        raise InvalidValue(
            "unit, least and most belong to a number", "unit, least et most vont avec un nombre"
        )
    if item.least is not None and item.most is not None and item.least > item.most:
        raise InvalidValue("least is no more than most", "least ne dépasse pas most")
    if (item.kind is ItemKind.CHOICE) != bool(item.choices):
        raise InvalidValue("choices belong to a choice", "choices va avec un choix")
    if not set(item.right) <= set(item.possible):
        raise InvalidValue("right is among the possible answers", "right fait partie des réponses")
    return item


class ChecklistAnswer(Value):
    """What was found, as ``ChecklistItem.takes`` has it."""

    item: Id
    answer: Said


def answered_wrongly(
    items: Iterable[ChecklistItem], answers: Iterable[ChecklistAnswer]
) -> ChecklistAnswer | None:
    """The first answer to what is not asked, asked twice, or that is none to its item."""
    asked: Mapping[str, ChecklistItem] = {each.id: each for each in items}
    seen: set[str] = set()
    for each in answers:
        item = asked.get(each.item)
        if item is None or each.item in seen or not item.takes(each.answer):
            return each
        seen.add(each.item)
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) <= LARGEST else None
