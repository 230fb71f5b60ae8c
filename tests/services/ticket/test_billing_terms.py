"""What work costs: units, minimum, coefficients by the clocks of the site, and what a volume covers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.values import WorklogKind
from services.ticket.domain.billable import basis_of
from services.ticket.domain.billing import BillingModel, Coefficients, Hours, billing_of, money
from services.ticket.domain.consumption import Line, book_of, lines_of, volumes_in
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.ledger import LedgerEntry, Source, of_a_worklog, to_enter
from services.ticket.domain.worked_time import Place, pieces_of, shared_out, whole_minutes
from tests.services.ticket.billing import FORFAIT, PREPAID, REGIE, on, terms_of
from tests.services.ticket.sample import terms

PARIS = Place("nord", "Europe/Paris", "FR", postcode="31000")
REUNION = Place("sud", "Indian/Reunion", "FR-974")
COEFFICIENTS = terms_of(REGIE).coefficients


def priced(
    written: dict[str, Any], began: datetime, minutes: int, id: str = "w1", place: Place = PARIS, **said: Any
) -> list[LedgerEntry]:
    """The entries of so many minutes of work."""
    source = Source(
        id=id,
        customer_id="pasteur",
        ticket_id="t1",
        number="T-1",
        category="laptop",
        person_id="paul",
        place=place,
        told_at=began,
        proof=(id,),
        billing=terms_of(written),
        contract_id="c1",
        contract_revision=1,
    )
    told = {"kind": WorklogKind.REMOTE, "billable": True, **said}
    work = (began, began + timedelta(minutes=minutes))
    drafts = of_a_worklog(source, told.pop("kind"), work, **told)
    return to_enter((), drafts, began, (id,))


def cut(began: datetime, minutes: int, place: Place = PARIS) -> list[tuple[int, int]]:
    """Minutes and percent of each piece."""
    pieces = pieces_of([(began, began + timedelta(minutes=minutes))], COEFFICIENTS, place)
    return [(piece.took // timedelta(minutes=1), piece.percent) for piece in pieces]


@pytest.mark.parametrize(
    ("real", "billed"), [(0, 0), (1, 30), (30, 30), (31, 45), (45, 45), (46, 60), (600, 600)]
)
def test_started_units_are_billed_and_not_less_than_the_minimum(real: int, billed: int) -> None:
    assert terms_of(REGIE).billed(real) == billed


@pytest.mark.parametrize(("real", "billed"), [(1, 15), (22, 15), (23, 30), (37, 30), (38, 45)])
def test_the_nearest_unit_is_billed_where_that_is_agreed_and_at_least_one(real: int, billed: int) -> None:
    assert terms_of(REGIE, rounding="nearest", minimum_minutes=0).billed(real) == billed


def test_a_few_seconds_are_a_minute_and_half_a_minute_rounds_up() -> None:
    took = [whole_minutes(timedelta(seconds=seconds)) for seconds in (0, 1, 89, 90, 3_600)]
    assert took == [0, 1, 1, 2, 60]


def test_the_rate_of_the_work_type_comes_first_then_that_of_the_kind_of_work() -> None:
    billing = terms_of(REGIE, rates={"default": "60", "phone": "48", "vpn": "90"})
    found = [
        basis_of(billing, kind=kind, category=category).name
        for kind, category in (
            (WorklogKind.PHONE, "vpn"),
            (WorklogKind.PHONE, "laptop"),
            (WorklogKind.REMOTE, "laptop"),
        )
    ]
    assert found == ["vpn", "phone", "default"]


def test_time_on_the_road_is_billed_by_time_only_where_it_has_a_rate() -> None:
    [alone], [rated] = (
        priced({**REGIE, "rates": rates}, on(2, 9), 30, kind=WorklogKind.TRAVEL)
        for rates in ({"default": "60"}, {"default": "60", "travel": "40"})
    )
    assert (alone.kind, money(alone.amount_cents), money(rated.amount_cents)) == ("travel", "0.00", "20.00")


def test_work_into_the_evening_is_cut_at_its_border() -> None:
    assert cut(on(2, 16), 120) == [(60, 100), (60, 125)]


def test_work_over_midnight_is_night_on_both_days_and_ends_in_the_morning() -> None:
    assert cut(on(2, 20), 10 * 60) == [(60, 125), (480, 150), (60, 100)]


def test_sunday_counts_from_midnight_to_midnight_and_beats_the_night() -> None:
    assert cut(on(7, 22), 120) == [(60, 150), (60, 175)]
    assert cut(on(8, 22), 120) == [(60, 175), (60, 150)]


def test_a_holiday_is_the_sites_own() -> None:
    abolition = datetime(2026, 12, 20, 6, tzinfo=UTC)
    assert cut(abolition, 60, PARIS) == [(60, 175)]
    assert cut(abolition, 60, REUNION) == [(60, 200)]


def test_the_clocks_of_the_site_decide_and_not_those_of_the_firm() -> None:
    afternoon = on(2, 15)
    assert (cut(afternoon, 60, PARIS), cut(afternoon, 60, REUNION)) == ([(60, 100)], [(60, 125)])


def test_the_night_when_the_clocks_go_forward_is_an_hour_shorter() -> None:
    night = Coefficients((Hours("22:00", "06:00", 150),))
    began = datetime(2026, 3, 28, 21, tzinfo=UTC)
    pieces = pieces_of([(began, began + timedelta(hours=9))], night, PARIS)
    assert [(p.took, p.percent) for p in pieces] == [(timedelta(hours=7), 150), (timedelta(hours=2), 100)]


def test_both_passes_of_the_hour_that_comes_twice_are_night() -> None:
    night = Coefficients((Hours("02:00", "03:00", 150),))
    began = datetime(2026, 10, 24, 23, tzinfo=UTC)
    pieces = pieces_of([(began, began + timedelta(hours=4))], night, PARIS)
    assert [(p.took, p.percent) for p in pieces] == [
        (timedelta(hours=1), 100),
        (timedelta(hours=2), 150),
        (timedelta(hours=1), 100),
    ]


def test_an_intervention_cut_in_two_is_billed_as_one() -> None:
    evening = priced(REGIE, on(2, 16, 50), 20)
    assert [(e.real_minutes, e.billed_minutes, e.coefficient) for e in evening] == [
        (10, 15, 100),
        (10, 15, 125),
    ]
    assert [money(e.amount_cents) for e in evening] == ["15.00", "18.75"]


def test_what_cannot_be_shared_out_evenly_goes_to_the_longest() -> None:
    thirds = [timedelta(minutes=minutes) for minutes in (7, 7, 6)]
    assert shared_out(10, thirds) == [4, 3, 3]


def test_an_amount_is_rounded_once_half_a_cent_up() -> None:
    [entry] = priced(
        {**REGIE, "unit_minutes": 1, "minimum_minutes": 0, "rates": {"default": "0.33"}}, on(2, 9), 5
    )
    assert money(entry.amount_cents) == "0.03"


def volume(written: dict[str, Any], *work: list[LedgerEntry]) -> list[Line]:
    billing = terms_of(written)
    return lines_of([entry for entries in work for entry in entries], {billing.model: billing})


def test_a_volume_covers_what_was_done_first_whenever_it_was_told() -> None:
    early, late = priced(FORFAIT, on(2, 9), 90, "early"), priced(FORFAIT, on(3, 9), 60, "late")
    shown = [
        (line.entry.source_id, line.covered_minutes, line.due_cents) for line in volume(FORFAIT, late, early)
    ]
    assert shown == [("early", 90, 0), ("late", 30, 30_00)]


def test_work_in_the_evening_takes_more_of_a_volume() -> None:
    written = {**FORFAIT, "coefficients": REGIE["coefficients"]}
    [line] = volume(written, priced(written, on(2, 18), 60))
    assert (line.entry.billed_minutes, line.covered_minutes, line.due_cents) == (60, 75, 0)


def test_a_volume_that_ends_within_a_line_leaves_its_share_to_pay() -> None:
    written = {**FORFAIT, "included": 60, "coefficients": REGIE["coefficients"]}
    [line] = volume(written, priced(written, on(2, 18), 60))
    assert (line.covered_minutes, line.due_cents) == (60, 15_00)


def test_a_book_covers_nothing_after_its_last_day() -> None:
    written = {**PREPAID, "expiry": "2026-03-02"}
    lines = volume(written, priced(written, on(2, 9), 60, "a"), priced(written, on(3, 9), 60, "b"))
    assert [(line.covered_minutes, line.due_cents) for line in lines] == [(60, 0), (0, 60_00)]


def test_what_lies_beyond_a_volume_without_a_rate_waits_for_a_person() -> None:
    written = {"model": "forfait", "included": 30}
    [line] = volume(written, priced(written, on(2, 9), 60))
    assert (line.due_cents, line.flags) == (0, ("no-rate",))


def test_a_book_ends_when_its_pace_says_so() -> None:
    lines = volume(PREPAID, priced(PREPAID, on(2, 9), 120, "a"), priced(PREPAID, on(10, 9), 180, "b"))
    book = book_of(lines, terms_of(PREPAID), date(2026, 3, 11))
    assert (book.balance_minutes, book.began_on, book.projected_end) == (
        300,
        date(2026, 3, 2),
        date(2026, 3, 21),
    )


def test_nobody_can_say_when_a_book_ends_that_nobody_has_used() -> None:
    book = book_of([], terms_of(PREPAID), date(2026, 3, 11))
    assert (book.balance_minutes, book.projected_end) == (600, None)


def revision(n: int, applies_from: str, written: dict[str, Any]) -> ContractRevision:
    return ContractRevision(f"c1:{n}", "c1", "pasteur", n, terms(billing=written), applies_from)


def test_a_month_keeps_the_volume_that_was_agreed_when_it_ended() -> None:
    known = [
        revision(1, "2026-03-01", FORFAIT),
        revision(2, "2026-03-31", {**FORFAIT, "included": 240}),
        revision(3, "2026-04-01", {**FORFAIT, "included": 480}),
    ]
    found = {month: volumes_in(month, known) for month in ("2026-02", "2026-03", "2026-04")}
    assert [each[BillingModel.FORFAIT].included for each in found.values()] == [120, 240, 480]


@pytest.mark.parametrize(
    "written",
    [
        {"day_rate": 650},
        {"model": "forfait"},
        {"model": "free"},
        {"model": "regie", "rates": {"default": "much"}},
        {"model": "regie", "rates": ["60"]},
        {"model": "regie", "unit_minutes": 0},
        {"model": "regie", "rates": {"default": "Infinity"}},
        {"model": "regie", "coefficients": {"night": {"from": "22h", "to": "6h", "percent": 150}}},
        {"model": "prepaid", "included": 60, "expiry": "soon"},
        {"model": "regie", "travel": {"mode": "zone", "zones": {"a": {"price": None, "postcodes": []}}}},
    ],
)
def test_terms_from_before_they_had_a_form_are_none_to_bill_by(written: dict[str, Any]) -> None:
    assert billing_of(written) is None
