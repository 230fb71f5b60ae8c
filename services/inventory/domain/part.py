"""A kind of spare part that the firm keeps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """The id is the SKU. At ``reorder_point`` pieces in all it is time to order from ``supplier``."""

    id: str
    name: str
    reorder_point: int | None = None
    supplier: str | None = None
