"""How a request was fixed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Resolution:
    work_done: str | None
    cause: str | None = None
    article_id: str | None = None
