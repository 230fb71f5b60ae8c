"""Sheets of labels as they are sold, and which place of them a label takes. Lengths are in millimetres."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SheetName(StrEnum):
    L7160 = "l7160"
    L7159 = "l7159"
    L7163 = "l7163"
    L7651 = "l7651"
    US5160 = "5160"


@dataclass(frozen=True)
class LabelSheet:
    """``top`` and ``left`` are to the first label; ``across`` and ``down`` from one label to the next."""

    paper: str
    columns: int
    rows: int
    width: float
    height: float
    top: float
    left: float
    across: float
    down: float

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def placed(self, count: int, start: int = 1) -> Iterator[tuple[int, float, float]]:
        """The page (from 0), and where on it from the left and the top, of each of so many labels.

        The first sheet may have been begun: its first label takes the place ``start``, counted by rows.
        """
        for n in range(start - 1, start - 1 + count):
            page, place = divmod(n, self.places)
            row, column = divmod(place, self.columns)
            yield page, self.left + column * self.across, self.top + row * self.down


SHEETS = {
    SheetName.L7160: LabelSheet("a4", 3, 7, 63.5, 38.1, 15.15, 7.2, 66.04, 38.1),
    SheetName.L7159: LabelSheet("a4", 3, 8, 63.5, 33.9, 12.9, 7.2, 66.04, 33.9),
    SheetName.L7163: LabelSheet("a4", 2, 7, 99.1, 38.1, 15.15, 4.65, 101.6, 38.1),
    SheetName.L7651: LabelSheet("a4", 5, 13, 38.1, 21.2, 10.7, 4.75, 40.6, 21.2),
    SheetName.US5160: LabelSheet("us-letter", 3, 10, 66.675, 25.4, 12.7, 4.7625, 69.85, 25.4),
}
"""By the numbers of Avery, whose measures other makers keep: 21, 24, 14, 65 and 30 labels a sheet."""
