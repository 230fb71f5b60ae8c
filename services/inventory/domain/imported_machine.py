"""A machine as another tool's export last told it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ImportedMachine:
    """The id is the tool's own for it, ``said`` what it said, as the import takes it.

    ``taken``: what became of it (``new``, ``known``, ``doubtful``, ``ignored``).
    """

    id: str
    customer_id: str
    said: Mapping[str, Any]
    taken: str
