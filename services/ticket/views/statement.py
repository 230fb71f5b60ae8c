"""A month's statement as it is sent and kept: ids, never names."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, Field
from pydantic_core import to_json

from contracts.values import HoldReason, Instant, Language, Priority, rfc3339
from services.ticket.domain.commitment import Commitment, Outcome, Story
from services.ticket.domain.contract import MetBy
from services.ticket.domain.penalties import Penalties, Penalty, Per, Why
from services.ticket.domain.sla_explaining import Explained
from services.ticket.domain.statement import Statement, percent_kept
from services.ticket.domain.statement_month import StatementMonth, Version
from services.ticket.views.sla_sentences import sentence
from services.ticket.views.statement_summary import StatementSummaryView, summary_view


class BothLanguages(BaseModel):
    fr: str
    en: str

    def in_(self, language: Language) -> str:
        return self.fr if language is Language.FR else self.en


class CountView(BaseModel):
    """``percent`` is the share of kept ones among the kept and the broken."""

    target: str
    priority: Priority
    kept: int
    broken: int
    late: int
    stopped: int
    open: int
    percent: float | None


class PenaltyView(BaseModel):
    """``quantity``: hours or points begun, or 1. ``why`` it costs less than the rule says, or nothing.
    Of a rate there are ``kept`` and ``counted`` in the place of a commitment."""

    rule: str
    per: Per
    quantity: int
    amount: Decimal
    why: Why | None
    ticket_id: str | None
    number: str | None
    site_id: str | None
    target: str | None
    kept: int | None
    counted: int | None


class PenaltiesView(BaseModel):
    """``total`` is ``gross``, the sum of the lines, or what the contract says is the most in a month."""

    currency: str
    lines: list[PenaltyView]
    gross: Decimal
    total: Decimal


class ExcludedView(BaseModel):
    """Time that was not counted; ``reason`` is null where it was ``agreed`` with the client, and where the
    promise was kept meanwhile."""

    from_: Instant = Field(alias="from")
    to: Instant
    reason: HoldReason | None
    agreed: bool
    line_id: str


class ReasonView(BaseModel):
    """A stretch of a broken commitment's time, and what it says to people."""

    from_: Instant = Field(alias="from")
    to: Instant
    counted: bool
    line_id: str | None
    sentence: BothLanguages


class CommitmentView(BaseModel):
    """One target at one site of one ticket. ``late_minutes`` is open time beyond what was allowed until the
    month's end, ``late_minutes_before`` what earlier months had. ``reasons`` are those of broken ones."""

    ticket_id: str
    number: str
    site_id: str
    target: str
    priority: Priority
    met_by: MetBy
    contract_revision: int
    outcome: Outcome
    starts_at: Instant
    allowed_minutes: int | None
    elapsed_minutes: float | None
    met_at: Instant | None
    breached_at: Instant | None
    late_minutes: float
    late_minutes_before: float
    reopened: bool
    major_incident_id: str | None
    excluded: list[ExcludedView]
    reasons: list[ReasonView]


class CancelledView(BaseModel):
    ticket_id: str
    number: str
    at: Instant
    duplicate_of: str | None


class StatementHead(BaseModel):
    """A statement without its commitments."""

    contract_id: str
    customer_id: str
    contract_revision: int
    month: str
    as_of: Instant
    kept: int
    broken: int
    percent: float | None
    counts: list[CountView]
    penalties: PenaltiesView | None
    cancelled: list[CancelledView]


class StatementContentView(StatementHead):
    """All that is frozen: the same bytes from the same logs, contract and instant ``as_of``."""

    commitments: list[CommitmentView]


_COMMITMENTS = b',"commitments":['
_APART = b",\n"
"""Between two commitments, and nowhere else: JSON holds no line break of its own."""


@dataclass(frozen=True)
class StatementContent:
    """A statement as it is kept, its ``commitments`` written one by one: a month of thousands of tickets is
    never held as objects."""

    head: StatementHead
    commitments: Sequence[bytes]

    def written(self) -> bytes:
        """The canonical form."""
        head = self.head.model_dump_json(by_alias=True).encode()
        return b"".join((head[:-1], _COMMITMENTS, _APART.join(self.commitments), b"]}"))

    @classmethod
    def read(cls, written: bytes) -> "StatementContent":
        head, _, rest = written.partition(_COMMITMENTS)
        listed = rest.removesuffix(b"]}")
        return cls(StatementHead.model_validate_json(head + b"}"), listed.split(_APART) if listed else ())

    def each(self) -> Iterator[CommitmentView]:
        return map(CommitmentView.model_validate_json, self.commitments)

    def written_of(self, *outcomes: Outcome) -> tuple[bytes, ...]:
        """Those alone: most of a good month was kept. No text within holds a bare quotation mark."""
        told = [f'"outcome":"{outcome}"'.encode() for outcome in outcomes]
        return tuple(each for each in self.commitments if any(words in each for words in told))


class StatementView(StatementSummaryView):
    """``version`` and ``digest`` (SHA-256 of the content as it is kept) are null while it is provisional."""

    version: int | None
    digest: str | None
    statement: StatementContentView


@dataclass(frozen=True)
class Shown:
    """A month as it is shown in one of its forms; ``version`` is the frozen one, none while provisional."""

    month: StatementMonth
    until: date
    version: Version | None
    content: StatementContent

    @property
    def summary(self) -> StatementSummaryView:
        return summary_view(self.month, self.until)

    def as_json(self) -> bytes:
        """In the form of ``StatementView``."""
        version = self.version
        said = {
            "version": None if version is None else version.n,
            "digest": None if version is None else version.digest,
        }
        summary = self.summary.model_dump_json(by_alias=True)
        start = f"{summary[:-1]},{json.dumps(said)[1:-1]}".encode()
        return b"".join((start, b',"statement":', self.content.written(), b"}"))


Line = tuple[tuple[str, str, str, str], bytes]
"""A commitment in JSON, with what it is ordered by."""


def content_of(statement: Statement, lines: Iterable[Line]) -> StatementContent:
    counts = [
        CountView(**vars(each), percent=percent_kept(each.kept, each.broken)) for each in statement.counts
    ]
    kept, broken = sum(each.kept for each in counts), sum(each.broken for each in counts)
    numbers = {each.ticket_id: each.number for each in statement.broken}
    head = StatementHead(
        contract_id=statement.contract_id,
        customer_id=statement.customer_id,
        contract_revision=statement.revision,
        month=str(statement.month),
        as_of=statement.as_of,
        kept=kept,
        broken=broken,
        percent=percent_kept(kept, broken),
        counts=counts,
        penalties=None if statement.penalties is None else _penalties(statement.penalties, numbers),
        cancelled=[CancelledView(**vars(each)) for each in statement.cancelled],
    )
    return StatementContent(head, [written for _, written in sorted(lines)])


def digest_of(written: bytes) -> str:
    return sha256(written).hexdigest()


def _penalties(penalties: Penalties, numbers: dict[str, str]) -> PenaltiesView:
    return PenaltiesView(
        currency=penalties.currency,
        lines=[_penalty(line, numbers) for line in penalties.lines],
        gross=penalties.gross,
        total=penalties.total,
    )


def _penalty(line: Penalty, numbers: dict[str, str]) -> PenaltyView:
    ticket_id, site_id, target = line.commitment or (None, None, None)
    return PenaltyView(
        rule=line.rule,
        per=line.per,
        quantity=line.quantity,
        amount=line.amount,
        why=line.why,
        ticket_id=ticket_id,
        number=None if ticket_id is None else numbers.get(ticket_id),
        site_id=site_id,
        target=target,
        kept=line.kept,
        counted=line.counted,
    )


def commitment_written(each: Commitment, story: Story) -> bytes:
    """As ``CommitmentView`` writes it, in a third of the time: there are tens of thousands in a month."""
    return to_json(
        {
            "ticket_id": each.ticket_id,
            "number": each.number,
            "site_id": each.site_id,
            "target": each.target,
            "priority": each.priority,
            "met_by": each.met_by,
            "contract_revision": each.revision,
            "outcome": each.outcome,
            "starts_at": rfc3339(each.starts_at),
            "allowed_minutes": each.allowed_minutes,
            "elapsed_minutes": None if each.elapsed is None else _minutes(each.elapsed),
            "met_at": _at(each.met_at),
            "breached_at": _at(each.breached_at),
            "late_minutes": _minutes(each.late),
            "late_minutes_before": _minutes(each.late_before),
            "reopened": each.reopened,
            "major_incident_id": each.major_id,
            "excluded": [
                {
                    "from": rfc3339(out.since),
                    "to": rfc3339(out.until),
                    "reason": out.reason,
                    "agreed": out.agreed,
                    "line_id": out.line_id,
                }
                for out in story.excluded
            ],
            "reasons": [_reason(stretch, story.zone) for stretch in story.reasons],
        }
    )


def _reason(each: Explained, zone: str) -> dict[str, Any]:
    entry = each.opened.entry
    return {
        "from": rfc3339(each.opened.at),
        "to": rfc3339(each.closed.at),
        "counted": each.counted,
        "line_id": None if entry is None else entry.id or None,
        "sentence": {
            "fr": sentence(each, zone, Language.FR),
            "en": sentence(each, zone, Language.EN),
        },
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def _minutes(span: timedelta) -> float:
    return span / timedelta(minutes=1)
