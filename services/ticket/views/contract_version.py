from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.values import Instant
from services.ticket.domain.contract import Contract, ContractRevision
from services.ticket.domain.contract_versions import differences
from services.ticket.views.contract import terms_view


class ChangeView(BaseModel):
    """``path`` names a field of the contract, its parts joined with dots; null is what is not there."""

    path: str
    before: Any
    after: Any


class VersionView(BaseModel):
    """``superseded``: other terms of the same day were written later, or before anybody had used these.

    ``changes`` are against ``replaces``, the revision that would have applied from that day on.
    """

    id: str
    revision: int
    applies_from: str | None
    author: str | None
    recorded_at: Instant
    replaces: int | None
    superseded: bool
    changes: list[ChangeView]


def version_view(
    contract: Contract, version: ContractRevision, replaced: ContractRevision | None, stored_at: datetime
) -> VersionView:
    dated = {each.revision: each.applies_from for each in contract.dated}
    return VersionView(
        id=version.id,
        revision=version.revision,
        applies_from=version.applies_from or dated.get(version.revision),
        author=version.author,
        recorded_at=version.recorded_at or stored_at,
        replaces=None if replaced is None else replaced.revision,
        superseded=version.revision not in dated,
        changes=changes_view(replaced, version),
    )


def changes_view(before: ContractRevision | None, after: ContractRevision) -> list[ChangeView]:
    """What the terms say differently; nothing for the first ones."""
    if before is None:
        return []
    old, new = (terms_view(each.terms).model_dump(mode="json") for each in (before, after))
    return [
        ChangeView(path=each.path, before=each.before, after=each.after) for each in differences(old, new)
    ]
