"""How bodies of an older major become bodies of the next one.

``UPCASTERS`` maps (event type, major) to a pure function from the decoded body of that major to
the body of the following major. It is applied before validation, step by step up to the newest.
"""

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]


def unchanged(body: Body) -> Body:
    """The new major only widens what a field may say."""
    return body


UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    ("notification-sent", 1): unchanged,
    ("notification-failed", 1): unchanged,
    ("notification-sent", 2): unchanged,
    ("notification-failed", 2): unchanged,
    ("parts-reserved", 1): unchanged,
    ("parts-short", 1): unchanged,
    ("parts-issued", 1): unchanged,
    ("parts-released", 1): unchanged,
    ("stock-level-changed", 1): unchanged,
}
