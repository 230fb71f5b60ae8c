"""What is said of a clock, as facts for others."""

from collections.abc import Mapping
from typing import Any

from contracts.ticket import sla
from services.ticket.domain.sla import aim_of
from services.ticket.domain.sla_history import Word
from services.ticket.domain.sla_record import Saying, SlaRecord
from services.ticket.domain.ticket import Ticket

_MODELS: Mapping[Word, type[sla.SlaFact]] = {
    Word.STARTED: sla.SlaStarted,
    Word.PAUSED: sla.SlaPaused,
    Word.RESUMED: sla.SlaResumed,
    Word.AT_RISK: sla.SlaAtRisk,
    Word.MET: sla.SlaMet,
    Word.BREACHED: sla.SlaBreached,
    Word.STOPPED: sla.SlaStopped,
    Word.CORRECTED: sla.SlaCorrected,
}


def sla_fact(ticket: Ticket, record: SlaRecord, saying: Saying) -> sla.SlaFact:
    """``saying`` about one of the ticket's clocks, for its contract's and its site's readers."""
    promise, reading = record.promise(saying.site_id), saying.reading
    more: dict[str, Any] = {}
    if saying.word is Word.PAUSED:
        more["reason"] = saying.reason
    if saying.word is Word.CORRECTED:
        more["corrects"] = tuple(
            sla.TakenBack(n=each.n, type=each.word, at=each.at) for each in saying.corrects
        )
    return _MODELS[saying.word](
        ticket_id=ticket.id,
        number=ticket.number,
        customer_id=ticket.customer_id,
        summary=ticket.summary,
        requester_id=ticket.requester_id,
        site_ids=(saying.site_id,),
        confidential=ticket.confidential,
        on_site_contact_id=ticket.on_site_contact_id,
        opened_by=ticket.opener_id,
        contract_ids=(promise.contract_id,),
        site_id=saying.site_id,
        contract_id=promise.contract_id,
        contract_revision=promise.revision,
        target=saying.target,
        priority=ticket.priority,
        state=reading.state,
        starts_at=reading.starts_at,
        due_at=reading.due_at,
        elapsed_minutes=minutes(reading.elapsed_seconds),
        remaining_minutes=minutes(reading.remaining_seconds),
        threshold=reading.threshold,
        breached_at=reading.breached_at,
        met_at=reading.met_at,
        aim=aim_of(saying.met_by),
        **more,
    )


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60
