"""What machines of one model are recognised by, however the park names it."""

import re

from contracts.serials import serial_key
from services.ticket.lookup.terms import folded

_WORD = re.compile(r"[a-z0-9]+")
_MAKERS = {"hewlett": "hp", "hpe": "hp", "international": "ibm", "micro": "msi", "asustek": "asus"}
"""The first words of makers who go by another name, too."""
_NO_MODEL = frozenset(
    {"systemproductname", "allseries", "productname", "model", "modele", "desktop", "laptop"}
)


def model_key(manufacturer: str | None, model: str | None) -> str | None:
    """``dell/latitude5420`` for ``DELL Inc.`` and ``Dell Latitude-5420``; None for what names no model."""
    makers = _WORD.findall(folded(manufacturer or ""))
    words = _WORD.findall(folded(model or ""))
    maker = _MAKERS.get(makers[0], makers[0]) if makers else ""
    while words and maker and (words[0] in makers or words[0] == maker):
        words = words[1:]
    key = serial_key("".join(words))
    return None if key is None or key in _NO_MODEL else f"{maker}/{key}"
