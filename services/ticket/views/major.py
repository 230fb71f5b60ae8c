"""A major incident as the outside sees it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from contracts.audience import Viewer
from contracts.ticket.events import Wording
from contracts.values import Instant
from services.ticket.domain.major import Major, MajorState
from services.ticket.views.ticket import ResolutionView, TogetherView


class WordingView(BaseModel):
    fr: str | None
    en: str | None


class MessageView(BaseModel):
    n: int
    at: Instant
    text: WordingView


class MajorView(BaseModel):
    """``reached`` says when it came to each state last. By ``update_due_at`` those affected are to be told
    something; ``missed_updates`` were not written in a row. ``messages`` are the newest hundred.

    The customer's side is shown its own tickets, sites and customer alone; ``lead``, ``categories``,
    ``ticket``, ``missed_updates`` and ``declared_by`` are the firm's own.
    """

    id: str
    state: MajorState
    title: WordingView
    lead: str | None
    update_minutes: int
    update_due_at: Instant | None
    missed_updates: int | None
    declared_at: Instant
    declared_by: str | None
    reached: dict[MajorState, Instant]
    customers: list[str]
    sites: list[str]
    categories: list[str]
    ticket: str | None
    tickets: list[str]
    messages: list[MessageView]
    resolution: ResolutionView | None
    possible: tuple[str, ...]
    updated_at: Instant


class ResolvedMajorView(MajorView):
    """``together``: which of the attached tickets were resolved with it, and which were not and why."""

    together: TogetherView | None = None


def major_view(major: Major, viewer: Viewer, tickets: Sequence[str], *, updated_at: datetime) -> MajorView:
    """``tickets`` are those attached that exist for the viewer."""
    inside, own = viewer.of_the_firm, viewer.customer_id
    customers = major.customer_ids(confidential=inside or viewer.confidential)
    parts = (each for each in major.attached if each.ticket_id in tickets)
    his = {place.site_id for place in major.affected.places if place.customer_id == own}
    his.update(site for each in parts for site in each.site_ids)
    return MajorView(
        id=major.id,
        state=major.state,
        title=_wording(major.title),
        lead=major.lead if inside else None,
        update_minutes=major.update_minutes,
        update_due_at=major.update_due_at,
        missed_updates=major.missed if inside else None,
        declared_at=major.declared_at,
        declared_by=major.declared_by if inside else None,
        reached=dict(major.reached),
        customers=[each for each in customers if inside or each == own],
        sites=list(major.site_ids) if inside else sorted(site for site in his if viewer.answers_for(site)),
        categories=list(major.categories) if inside else [],
        ticket=major.ticket_id if inside else None,
        tickets=list(tickets),
        messages=[MessageView(n=each.n, at=each.at, text=_wording(each.text)) for each in major.messages],
        resolution=None
        if major.resolution is None
        else ResolutionView(
            work_done=major.resolution.work_done,
            cause=major.resolution.cause,
            article_id=major.resolution.article_id if inside else None,
        ),
        possible=major.possible if inside else (),
        updated_at=updated_at,
    )


def _wording(wording: Wording) -> WordingView:
    return WordingView(fr=wording.fr, en=wording.en)
