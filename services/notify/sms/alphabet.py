"""How long an SMS is: letters of GSM 03.38 take seven bits, any other makes all of them take sixteen."""

import unicodedata
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes the place of two."""

_NEAREST = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "·": "-",
        "×": "x",
        "→": ">",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2011": "-",
    }
)


@dataclass(frozen=True)
class Size:
    """``parts`` is what a gateway counts; ``letters`` are septets, or UTF-16 units where it is not GSM-7."""

    encoding: str
    letters: int
    parts: int


def size(text: str) -> Size:
    """GSM-7: 160 in one part, 153 in each of several; UCS-2: 70 and 67. No letter is cut in two."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        widths = [2 if letter in _EXTENDED else 1 for letter in text]
        return Size("GSM-7", sum(widths), _parts(widths, 160, 153))
    widths = [len(letter.encode("utf-16-le")) // 2 for letter in text]
    return Size("UCS-2", sum(widths), _parts(widths, 70, 67))


def plain(text: str) -> str:
    """The nearest text in GSM-7 where letters without their accents will do; one in another script stays."""
    nearest = "".join(map(_bare, unicodedata.normalize("NFC", text).translate(_NEAREST)))
    return nearest if size(nearest).encoding == "GSM-7" else text


def _bare(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    apart = unicodedata.normalize("NFD", letter)
    return "".join(each for each in apart if not unicodedata.combining(each))


def _parts(widths: list[int], alone: int, together: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > together:
            parts, used = parts + 1, 0
        used += width
    return parts
