"""Labels of machines to be printed: a name, a number, and a code that opens the machine."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import segno
import typst

from services.inventory.domain.label_sheets import LabelSheet

_TEMPLATE = files("services.inventory.views").joinpath("labels.typ")
_QUIET = 2
"""Modules of white around a code; the paper around it is white as well."""


@dataclass(frozen=True)
class Label:
    """``address`` is what its code opens."""

    name: str
    lines: tuple[str, ...]
    address: str


def labels_pdf(sheet: LabelSheet, labels: Sequence[Label], start: int) -> bytes:
    """Pages of that sheet; the first label takes the place ``start``. The same bytes from the same labels."""
    pages: list[list[dict[str, object]]] = []
    for label, (page, x, y) in zip(labels, sheet.placed(len(labels), start), strict=True):
        while len(pages) <= page:
            pages.append([])
        pages[page].append(
            {"x": x, "y": y, "name": label.name, "lines": label.lines, "code": code_of(label.address)}
        )
    said = {"paper": sheet.paper, "width": sheet.width, "height": sheet.height, "pages": pages}
    data = json.dumps(said, ensure_ascii=False)
    pdf: bytes = typst.compile(
        _TEMPLATE.read_bytes(), sys_inputs={"data": data}, timestamp=0, ignore_system_fonts=True
    )
    return pdf


def code_of(address: str) -> str:
    """A QR code as SVG, as coarse as it can be: on the smallest labels a point is a third of a millimetre.

    Where there is room more of it may be scratched away.
    """
    return segno.make_qr(address, error="l").svg_inline(border=_QUIET, omitsize=True)
