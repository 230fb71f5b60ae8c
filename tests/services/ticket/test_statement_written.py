"""How commitments are written, one by one, and read again."""

from dataclasses import replace

import pytest

from contracts.refusal import Refusal
from services.ticket.domain.commitment import Outcome
from services.ticket.domain.statement_month import StatementMonth
from services.ticket.views.statement import (
    CommitmentView,
    Shown,
    StatementContent,
    StatementHead,
    commitment_written,
)
from services.ticket.views.statement_pdf import MOST_EXPLAINED, as_pdf, as_told
from tests.services.ticket.clocks import held, mon, opened, resolved, resumed, tue, wed
from tests.services.ticket.months import MARCH, a_ticket, with_stories

HEAD = StatementHead(
    contract_id="c1",
    customer_id="pasteur",
    contract_revision=1,
    month=str(MARCH),
    as_of=wed("09:00"),
    kept=1,
    broken=1,
    percent=50,
    counts=[],
    penalties=None,
    cancelled=[],
)


def test_each_is_written_as_its_model_would() -> None:
    """A kept one, a broken one with its reasons, one that was held, one that still runs, one of a major."""
    stories = with_stories(
        a_ticket(opened(mon("09:00")), resolved(mon("10:00")), id="kept"),
        a_ticket(opened(mon("09:00")), resolved(wed("15:30")), id="broken", major_id="m1"),
        a_ticket(
            opened(mon("09:00")), held(mon("10:00")), resumed(tue("10:00")), resolved(wed("09:30")), id="held"
        ),
        a_ticket(opened(mon("09:00")), id="open"),
    )
    assert {each.outcome for each, _ in stories} >= {Outcome.KEPT, Outcome.BROKEN}
    assert any(story.excluded for _, story in stories)
    assert any(story.reasons for _, story in stories)
    for each, story in stories:
        written = commitment_written(each, story)
        assert CommitmentView.model_validate_json(written).model_dump_json(by_alias=True).encode() == written


def test_those_of_an_outcome_are_found_whatever_their_words_say() -> None:
    [(kept, story)] = with_stories(a_ticket(opened(mon("09:00")), resolved(mon("10:00"))))
    [(broken, why)] = with_stories(a_ticket(opened(mon("09:00")), resolved(wed("15:30"))))
    tricky = replace(kept, site_id='","outcome":"broken","x":"')
    lines = [commitment_written(tricky, story), commitment_written(broken, why)]
    content = StatementContent.read(StatementContent(HEAD, lines).written())
    assert content.written_of(Outcome.BROKEN) == (lines[1],)
    assert content.written_of(*Outcome) == tuple(lines)


def test_a_document_of_more_than_anybody_reads_is_refused_and_names_the_workbook() -> None:
    [(broken, why)] = with_stories(a_ticket(opened(mon("09:00")), resolved(wed("15:30"))))
    [(kept, story)] = with_stories(a_ticket(opened(mon("09:00")), resolved(mon("10:00"))))
    month = StatementMonth("c1:2026-03", "c1", "pasteur", str(MARCH))

    def shown(n: int) -> Shown:
        lines = [commitment_written(broken, why)] * n + [commitment_written(kept, story)] * 20_000
        return Shown(month, MARCH.last_day, None, StatementContent(HEAD, lines))

    assert len(as_told(shown(MOST_EXPLAINED)).content.commitments) == MOST_EXPLAINED
    assert as_pdf(as_told(shown(3)), "fr") == as_pdf(shown(3), "fr")
    with pytest.raises(Refusal) as refused:
        as_told(shown(MOST_EXPLAINED + 1))
    assert refused.value.slug == "document-too-long"
    assert ".xlsx" in refused.value.detail.fr
    assert ".xlsx" in refused.value.detail.en
