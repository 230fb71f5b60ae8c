"""What files from outside are called, and which of them may be shown in place."""

import re
import unicodedata

MAX_NAME = 120
SHOWN_INLINE = frozenset(
    (
        "application/pdf",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/heic",
        "image/heif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
    )
)
"""What runs nothing: pictures made of dots (SVG is a program) and PDF."""
_KEPT_OFF = re.compile(r'[<>:"|?*]')
"""What some system takes for something else than a letter of a name."""


def cleaned_name(given: str) -> str:
    """A file's name as it can be shown anywhere: no folder, nothing invisible, nothing that turns it around.

    It keeps its ending, and the letters of every script.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(" " if each.isspace() else each for each in last)
    seen = "".join(each for each in seen if unicodedata.category(each)[0] != "C")
    name = re.sub(r"\s+", " ", _KEPT_OFF.sub("_", seen)).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: MAX_NAME - len(ending) - 1].rstrip(' .')}.{ending}"
    return name[:MAX_NAME].rstrip(" .") or "file"
