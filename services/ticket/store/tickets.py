from datetime import UTC, datetime

from infra.chassis.store.collection import A_DATE, A_STRING, IN_ORDER, Collection, Document, Index
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.sla import due_first
from services.ticket.domain.ticket import Ticket
from services.ticket.store.searched import serial_of, words_of

NOTHING_RUNS = datetime(9999, 1, 1, tzinfo=UTC)


def queued_at(ticket: Ticket) -> datetime:
    """Its place in a queue whose most urgent come first; what no clock runs for comes last."""
    due_at = None if ticket.sla is None else due_first(ticket.sla.clocks)
    return due_at or NOTHING_RUNS


def over_at(ticket: Ticket) -> datetime:
    """After when nothing of it counts any more in figures of a period; far ahead while it is open."""
    if ticket.is_open:
        return NOTHING_RUNS
    told = [ticket.resolved_at, ticket.closed_at, ticket.cancelled_at]
    for visit in ticket.visits:
        told += (visit.arrived_at, visit.started_at, visit.ended_at)
    return max((at for at in told if at is not None), default=NOTHING_RUNS)


def _searched_by(ticket: Ticket) -> Document:
    return {
        "queued_at": queued_at(ticket) if ticket.is_open else None,
        "over_at": over_at(ticket),
        "words": words_of(ticket),
        "serial": serial_of(ticket.number),
    }


def _with_notes_to_read(document: Document) -> Document:
    return {"noted": {"public": (), "private": (), "unread": bool(document.get("lines"))}, **document}


IN_A_PERIOD: tuple[tuple[str, int], ...] = (("over_at", 1), ("declared_at", 1))
"""What was declared before a period's end and not over before it began is found by these."""


Tickets = Collection(
    "tickets",
    Ticket,
    indexes=(
        Index((("number", 1),), unique=True, name="number"),
        Index(
            (("external_reference", 1), ("customer_id", 1)),
            unique=True,
            partial={"external_reference": A_STRING},
            name="external_reference",
        ),
        Index((("customer_id", 1), ("updated_at", 1), ("_id", 1)), name="of_customer"),
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("site_ids", 1), *IN_ORDER), name="at_site"),
        Index((("visits.contract_id", 1), *IN_ORDER), name="of_visits_contract"),
        Index((("sla.promises.contract_id", 1), ("_id", 1)), name="of_contract"),
        Index((("sla.promises.contract_id", 1), ("resolved_at", 1)), name="ended_under_contract"),
        Index(IN_A_PERIOD, name="in_period"),
        Index((("customer_id", 1), *IN_A_PERIOD), name="of_customer_in_period"),
        Index((("site_ids", 1), *IN_A_PERIOD), name="at_site_in_period"),
        Index((("visits.contract_id", 1), *IN_A_PERIOD), name="of_contract_in_period"),
        Index(IN_ORDER, partial={"attention.0": {"$exists": True}}, name="attention"),
        Index((("asset_id", 1),), partial={"asset_id": {"$type": "string"}}),
        Index((("agent_id", 1), ("updated_at", 1)), name="queue"),
        Index(
            (("diagnosed.diagnosis_id", 1), ("updated_at", -1)),
            partial={"diagnosed.diagnosis_id": A_STRING},
            name="diagnosed",
        ),
        Index((("queued_at", 1), ("_id", 1)), partial={"queued_at": A_DATE}, name="most_urgent"),
        Index(
            (("requester_id", 1), ("updated_at", 1)), partial={"requester_id": A_STRING}, name="of_requester"
        ),
        Index((("opened_by", 1), *IN_ORDER), name="of_opener"),
        Index((("watcher_ids", 1), *IN_ORDER), name="watched_by"),
        Index((("parent_id", 1), *IN_ORDER), partial={"parent_id": A_STRING}, name="children"),
        Index((("major_id", 1), *IN_ORDER), partial={"major_id": A_STRING}, name="of_major"),
        Index(
            (("part_of.major_id", 1), ("_id", 1)), partial={"part_of.major_id": A_STRING}, name="was_of_major"
        ),
        Index((("visits.assignment.technician_id", 1), *IN_ORDER)),
        Index((("visits.assignment.companions", 1), *IN_ORDER)),
        # Without the moment of a change, so that only what changes a ticket's words is written there.
        Index((("customer_id", 1), ("words", 1), ("serial", 1)), name="customers_words"),
        Index((("words", 1), ("serial", 1)), name="words"),
        Index((("noted.unread", 1), ("_id", 1)), partial={"noted.unread": True}, name="notes_to_read"),
        Index(IN_ORDER, partial={"reopened_at": A_DATE}, name="reopened"),
        Index((("reopened_at", 1), ("_id", 1)), partial={"reopened_at": A_DATE}, name="reopened_since"),
        Index((("holds.reason", 1), *IN_ORDER), partial={"holds.0": {"$exists": True}}, name="held"),
    ),
    customer=lambda ticket: ticket.customer_id,
    next_due=next_due,
    schema=3,
    upgrades={2: _with_notes_to_read},
    searched_by=_searched_by,
)
