"""How far a month is: provisional or frozen, contested, corrected."""

from datetime import date

from pydantic import BaseModel

from contracts.values import Instant
from services.ticket.domain.statement_month import Change, Contest, StatementMonth, Version


class ContestView(BaseModel):
    """``accepted`` is null until it is answered."""

    n: int
    ticket_id: str | None
    site_id: str | None
    target: str | None
    text: str
    by: str
    at: Instant
    accepted: bool | None
    answer: str | None
    answered_by: str | None
    answered_at: Instant | None


class ChangeView(BaseModel):
    """What a version says otherwise than the one before: a commitment (null: not there), or a total."""

    what: str
    number: str | None
    site_id: str | None
    target: str | None
    before: str | None
    after: str | None


class VersionView(BaseModel):
    version: int
    as_of: Instant
    frozen_at: Instant
    by: str
    agreed_by: str | None
    reason: str | None
    digest: str
    changes: list[ChangeView]


class StatementSummaryView(BaseModel):
    """``state`` is ``provisional``, then ``frozen``. ``contestable_until`` is the last day to contest."""

    month: str
    state: str
    contestable_until: str
    versions: list[VersionView]
    contests: list[ContestView]


def summary_view(month: StatementMonth, until: date) -> StatementSummaryView:
    return StatementSummaryView(
        month=month.month,
        state="provisional" if month.frozen is None else "frozen",
        contestable_until=until.isoformat(),
        versions=[_version(each) for each in month.versions],
        contests=[_contest(each) for each in month.contests],
    )


def _version(version: Version) -> VersionView:
    return VersionView(
        version=version.n,
        as_of=version.as_of,
        frozen_at=version.frozen_at,
        by=version.by,
        agreed_by=version.agreed_by,
        reason=version.reason,
        digest=version.digest,
        changes=[_change(each) for each in version.changes],
    )


def _change(change: Change) -> ChangeView:
    number, site_id, target = change.commitment or (None, None, None)
    return ChangeView(
        what=change.what,
        number=number,
        site_id=site_id,
        target=target,
        before=change.before,
        after=change.after,
    )


def _contest(contest: Contest) -> ContestView:
    answered = contest.answered
    return ContestView(
        n=contest.n,
        ticket_id=contest.what.ticket_id,
        site_id=contest.what.site_id,
        target=contest.what.target,
        text=contest.what.text,
        by=contest.by,
        at=contest.at,
        accepted=None if answered is None else answered.accepted,
        answer=None if answered is None else answered.text,
        answered_by=None if answered is None else answered.by,
        answered_at=None if answered is None else answered.at,
    )
