"""What a ticket says is corrected, but for what a verb of its own changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.refusal import illegal_transition
from contracts.ticket.events import TicketChange, TicketNoted
from services.ticket.domain.ticket import Step, Ticket

_AS_ASKED = {
    "asset_id": "asset",
    "on_site_contact_id": "on_site_contact",
    "watcher_ids": "watchers",
    "diagnosed": "diagnosis",
}


def correct(ticket: Ticket, changes: Mapping[str, Any], at: datetime) -> Step:
    """Set the ticket's fields; what they are already is no change, and no change is no event."""
    if not ticket.is_open:
        raise illegal_transition("ticket", ticket.state, "change", ticket.possible)
    after = replace(ticket, **changes)
    if after == ticket:
        return ticket, ()
    different = (name for name in changes if getattr(after, name) != getattr(ticket, name))
    change = TicketChange(
        fields=tuple(_AS_ASKED.get(name, name) for name in different),
        answers=after.answers if "answers" in changes else None,
        asset_id=after.asset_id,
        preferred_windows=tuple(window for window in after.preferred_windows if window.to_at > at),
    )
    note_id = f"{ticket.id}:{ticket.lines + 1}"
    return after, ((at, after.fact(TicketNoted, note_id=note_id, public=True, change=change)),)


def merged(kept: Any, patch: Any) -> Any:
    """RFC 7396: members of a patch replace, null removes, objects are merged."""
    if not isinstance(patch, Mapping):
        return patch
    before = kept if isinstance(kept, Mapping) else {}
    after = {name: value for name, value in before.items() if name not in patch}
    for name, value in patch.items():
        if value is not None:
            after[name] = merged(before.get(name), value)
    return after
