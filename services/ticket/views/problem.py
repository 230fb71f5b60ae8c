"""A problem as the outside sees it."""

from datetime import datetime

from pydantic import BaseModel

from contracts.audience import Viewer
from contracts.values import Instant
from services.ticket.domain.prevention import Prevention, PreventionState
from services.ticket.domain.problem import Problem, ProblemState


class SpotView(BaseModel):
    """The machines at one site that would profit."""

    customer_id: str
    site_id: str
    assets: tuple[str, ...]


class PreventionView(BaseModel):
    """``left_out`` machines are more than one proposal names. ``tickets``: by customer, once accepted."""

    state: PreventionState
    category: str
    summary: str
    text: str
    spots: list[SpotView]
    left_out: int
    proposed_at: Instant
    proposed_by: str
    decided_by: str | None
    decided_at: Instant | None
    tickets: dict[str, str]


class ProblemView(BaseModel):
    """``customer_id`` null: it is about several customers. ``by_rule``: proposed because a cause came back.

    ``reached`` says when it came to each state last. The customer's side sees its own problems once somebody
    took them up; ``owner``, ``by_rule``, ``rejected_because`` and ``prevention`` are the firm's own.
    """

    id: str
    state: ProblemState
    title: str
    cause: str
    root_cause: str | None
    workaround: str | None
    article_id: str | None
    owner: str | None
    customer_id: str | None
    asset: str | None
    model: str | None
    tickets: list[str]
    by_rule: bool | None
    rejected_because: str | None
    reached: dict[ProblemState, Instant]
    prevention: PreventionView | None
    possible: tuple[str, ...]
    updated_at: Instant


def problem_view(problem: Problem, viewer: Viewer, *, updated_at: datetime) -> ProblemView:
    inside = viewer.of_the_firm
    open_to = [each for each in problem.linked if inside or viewer.confidential or not each.confidential]
    reached = {state: at for state, at in problem.reached.items() if inside or state != ProblemState.PROPOSED}
    return ProblemView(
        id=problem.id,
        state=problem.state,
        title=problem.title,
        cause=problem.cause,
        root_cause=problem.root_cause,
        workaround=problem.workaround,
        article_id=problem.article_id if inside else None,
        owner=problem.owner if inside else None,
        customer_id=problem.about.customer_id,
        asset=problem.about.asset_id,
        model=problem.about.model,
        tickets=[each.ticket_id for each in open_to],
        by_rule=problem.by_rule if inside else None,
        rejected_because=problem.rejected_because if inside else None,
        reached=reached,
        prevention=None if problem.prevention is None or not inside else _prevention(problem.prevention),
        possible=problem.possible if inside else (),
        updated_at=updated_at,
    )


def _prevention(prevention: Prevention) -> PreventionView:
    return PreventionView(
        state=prevention.state,
        category=prevention.category,
        summary=prevention.summary,
        text=prevention.text,
        spots=[
            SpotView(customer_id=each.customer_id, site_id=each.site_id, assets=each.asset_ids)
            for each in prevention.spots
        ],
        left_out=prevention.left_out,
        proposed_at=prevention.proposed_at,
        proposed_by=prevention.proposed_by,
        decided_by=prevention.decided_by,
        decided_at=prevention.decided_at,
        tickets=dict(prevention.tickets),
    )
