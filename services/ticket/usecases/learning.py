"""What the base of known repairs learns from a ticket."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from contracts.dispatch.events import InterventionClosed
from contracts.values import Language, PartNeed, TicketState, WorkMode
from infra.chassis.store.unit import Unit
from services.ticket.domain.article import Article, Repair
from services.ticket.domain.article_record import ArticleRecord, difference
from services.ticket.domain.reminding import NO_ANSWER
from services.ticket.domain.ticket import Ticket
from services.ticket.lookup.terms import gist
from services.ticket.store.articles import ArticleRecords, Articles
from services.ticket.store.copies import Assets

WRITTEN = Language.FR
"""What tickets are taken to be written in: a draft is read by somebody before anybody finds it."""
SEEN_AT_MOST = 50
TITLE_LENGTH, SYMPTOM_LENGTH, STEP_LENGTH, MODEL_LENGTH = 160, 2_000, 1_000, 200
PARTS_AT_MOST, PIECES_AT_MOST, MINUTES_AT_MOST = 50, 10_000, 24 * 60
"""What an article may hold: a visit may have been left open over a weekend."""


def learn(unit: Unit, before: Ticket, after: Ticket, closing: InterventionClosed | None) -> None:
    """Count what was tried; a cause that no article knows becomes a draft, filled in from the ticket."""
    for id, (more_tried, more_worked) in difference(before.tried, after.tried).items():
        record = unit.get(ArticleRecords, id) or ArticleRecord(id)
        unit.put(ArticleRecords, record.counting(more_tried, more_worked))
    if after.state is TicketState.RESOLVED and before.state is not TicketState.RESOLVED:
        _propose(unit, after, closing)


def _propose(unit: Unit, ticket: Ticket, closing: InterventionClosed | None) -> None:
    resolution = ticket.resolution
    if resolution is None or resolution.cause in (None, NO_ANSWER) or resolution.article_id is not None:
        return
    cause = resolution.cause or ""
    meant = gist(cause)
    if meant is None or ticket.confidential:
        return
    known = unit.where(Articles, "causes", meant)
    for article in known:
        seen = ticket.id not in article.seen_on and len(article.seen_on) < SEEN_AT_MOST
        if article.published is None and article.seen_on and seen:
            unit.save(Articles, replace(article, seen_on=(*article.seen_on, ticket.id)))
    id = f"case-{ticket.id}"
    if not known and unit.get(Articles, id) is None:
        draft = _drafted(unit, ticket, cause, resolution.work_done or cause, closing)
        unit.add(Articles, Article(id, draft=draft, seen_on=(ticket.id,)))


def _drafted(
    unit: Unit, ticket: Ticket, cause: str, work_done: str, closing: InterventionClosed | None
) -> Repair:
    asset = None if ticket.asset_id is None else unit.get(Assets, ticket.asset_id)
    model = None if asset is None else asset.model
    pieces = Counter[str]()
    for part in () if closing is None else closing.parts_used:
        pieces[part.sku] += part.quantity
    return Repair(
        title={WRITTEN: " ".join(cause.split())[:TITLE_LENGTH]},
        symptom={WRITTEN: f"{ticket.summary}\n{ticket.description}".strip()[:SYMPTOM_LENGTH]},
        cause={WRITTEN: cause},
        steps=tuple({WRITTEN: line[:STEP_LENGTH]} for line in work_done.splitlines()[:20] if line.strip()),
        categories=(ticket.category,),
        models=() if model is None else (model[:MODEL_LENGTH],),
        parts=tuple(
            PartNeed(sku=sku, quantity=min(count, PIECES_AT_MOST))
            for sku, count in list(pieces.items())[:PARTS_AT_MOST]
        ),
        skills=ticket.work.skills,
        minutes=_minutes(ticket, closing),
        mode=WorkMode.REMOTE if closing is None else WorkMode.ONSITE,
    )


def _minutes(ticket: Ticket, closing: InterventionClosed | None) -> int:
    if closing is None or closing.started_at is None:
        return ticket.work.duration_minutes
    took = round((closing.ended_at - closing.started_at) / timedelta(minutes=1))
    return min(max(1, took), MINUTES_AT_MOST)
