"""The codes and keys of a site, which nobody reads unseen."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class SiteCodes:
    """One per site, with its id. ``sealed`` is unreadable without the firm's key; None: none are kept.

    ``views`` counts how often they were shown.
    """

    id: str
    customer_id: str
    sealed: str | None = None
    views: int = 0

    def shown(self, to: "Viewer", now: datetime) -> tuple["SiteCodes", "CodeView"]:
        """That somebody is shown them now, and the line that says so."""
        n = self.views + 1
        view = CodeView(f"{self.id}#{n}", self.id, self.customer_id, now, **vars(to))
        return replace(self, views=n), view


@dataclass(frozen=True)
class Viewer:
    """Who is shown codes: a technician for a visit, or somebody else of the firm for a reason."""

    subject: str
    role: str
    visit_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class CodeView:
    """That codes were shown to somebody. A line of a log: it never changes, and holds no code."""

    id: str
    site_id: str
    customer_id: str
    at: datetime
    subject: str
    role: str
    visit_id: str | None = None
    reason: str | None = None
