"""What people call things, from ``synonyms.txt`` beside this."""

from collections.abc import Mapping
from pathlib import Path

_SILENT = "silent"


def _read() -> Mapping[str, tuple[str, ...]]:
    lines = Path(__file__).with_name("synonyms.txt").read_text(encoding="utf-8").splitlines()
    things = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return {name: tuple(wordings.split(", ")) for name, _, wordings in things}


_ALL = _read()
SILENT = _ALL[_SILENT]
"""Words that say nothing of what is wrong."""
SYNONYMS: Mapping[str, tuple[str, ...]] = {name: said for name, said in _ALL.items() if name != _SILENT}
"""One thing, by all the words and phrases that mean it."""
