"""Whether somebody who says that he sets out can mean this visit: it may be for another day."""

from datetime import datetime, timedelta

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.need import local_text
from services.dispatch.domain.visit import Visit

FAR_AHEAD = timedelta(hours=12)
JUST_NOW = timedelta(minutes=10)
"""What was said longer ago than this has long happened: it is written down, not asked about."""


def is_far_ahead(visit: Visit, at: datetime) -> bool:
    """Whether it is planned for so much later that setting out ``at`` is no mere head start."""
    return visit.plan is not None and not visit.urgent and visit.plan.start_at - at > FAR_AHEAD


def too_early(visit: Visit, instead: Visit, time_zone: str) -> Refusal:
    assert visit.plan is not None
    when = local_text(visit.plan.start_at, time_zone)
    return Refusal(
        "too-early",
        Text(
            f"This visit is planned for {when}, and {instead.id} comes before it: choose that one, or say "
            "`early: true` if it really is this one.",
            f"Cette visite est prévue le {when}, et {instead.id} passe avant : choisissez celle-là, ou "
            "envoyez `early: true` si c'est bien celle-ci.",
        ),
        planned_start=visit.plan.start_at.isoformat(),
        next_visit_id=instead.id,
    )
