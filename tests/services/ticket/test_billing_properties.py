"""Whatever is done, told twice, told late or corrected: each minute is billed once, and sums agree."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.refusal import Refusal
from services.ticket.domain.billing import money
from services.ticket.domain.consumption import lines_of, totals_of
from services.ticket.domain.ledger import EntryKind, standing
from services.ticket.domain.worked_time import Place, pieces_of, total, whole_minutes
from services.ticket.store.ledger import Volumes, WorkedDays
from services.ticket.views.pre_billing import pre_billing_view
from tests.services.ticket.billing import FORFAIT, PREPAID, REGIE, due, entries, month, on, terms_of
from tests.services.ticket.test_billing_terms import priced
from tests.services.ticket.working import a_firm, close, correct, log

ZONES = ("Europe/Paris", "Indian/Reunion", "America/Cayenne")
CLOCK_CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
MODELS: tuple[dict[str, Any], ...] = (
    REGIE,
    {**FORFAIT, "unit_minutes": 7, "coefficients": REGIE["coefficients"]},
    {**PREPAID, "included": 90, "rounding": "nearest", "unit_minutes": 10},
)

around_changes = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(CLOCK_CHANGES),
    st.integers(-3_000, 3_000),
)
lengths = st.integers(1, 24 * 60)
models = st.sampled_from(MODELS)


@settings(deadline=None)
@given(began=around_changes, seconds=st.integers(1, 24 * 3_600), zone=st.sampled_from(ZONES))
def test_a_cut_loses_no_moment_and_counts_none_twice(began: datetime, seconds: int, zone: str) -> None:
    whole = (began, began + timedelta(seconds=seconds))
    pieces = pieces_of([whole], terms_of(REGIE).coefficients, Place("s", zone, "FR"))
    assert (pieces[0].from_at, pieces[-1].to_at) == whole
    assert sum((piece.took for piece in pieces), timedelta(0)) == total([whole])
    for before, after in pairwise(pieces):
        assert before.to_at == after.from_at
        assert before.percent != after.percent


@settings(deadline=None)
@given(written=models, began=around_changes, minutes=lengths)
def test_the_pieces_are_billed_as_the_whole(written: dict[str, Any], began: datetime, minutes: int) -> None:
    found, billing = priced(written, began, minutes), terms_of(written)
    real = whole_minutes(timedelta(minutes=minutes))
    assert sum(entry.real_minutes for entry in found) == real == minutes
    assert sum(entry.billed_minutes for entry in found) == billing.billed(real)
    assert billing.billed(real) % billing.unit_minutes == 0


work = st.lists(st.tuples(st.integers(0, 28 * 24 * 60), lengths), min_size=1, max_size=12)


@settings(deadline=None)
@given(written=models, done=work, order=st.randoms(use_true_random=False))
def test_sums_agree_in_whatever_order_work_is_told(
    written: dict[str, Any], done: Sequence[tuple[int, int]], order: Any
) -> None:
    billing = terms_of(written)
    known = [
        entry
        for n, (start, minutes) in enumerate(done)
        for entry in priced(written, on(2, 0) + timedelta(minutes=start), minutes, f"w{n}")
    ]
    volumes = {} if billing.included is None else {billing.model: billing}
    lines = lines_of(known, volumes)
    told = list(known)
    order.shuffle(told)
    assert lines_of(told, volumes) == lines
    sums = totals_of(lines)
    assert sums.covered_minutes == min(billing.included or 0, sums.used_minutes)
    shown = pre_billing_view("pasteur", "2026-03", {"c1": lines}, "fr")
    in_cents = [int(line.amount.replace(".", "")) for line in shown.lines]
    assert money(sum(in_cents)) == shown.contracts[0].amount == shown.totals[0].amount
    assert all(0 <= line.due_cents <= line.entry.amount_cents for line in lines)


minutes_of_a_day = st.integers(0, 22 * 60)
told_of = st.lists(
    st.tuples(
        st.sampled_from(("log", "close", "correct")),
        st.sampled_from(("lea", "paul")),
        minutes_of_a_day,
        st.integers(1, 120),
        st.integers(1, 5),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None)
@given(written=models, told=told_of)
def test_no_minute_of_anybody_is_billed_twice_whatever_is_told(
    written: dict[str, Any], told: Sequence[tuple[str, str, int, int, int]]
) -> None:
    world = a_firm({**written, "unit_minutes": 1, "minimum_minutes": 0, "rounding": "up"})
    logged, refusals, claims = list[str](), set[str](), dict[str, tuple[str, datetime, datetime]]()
    closed_at = dict.fromkeys(("t1", "t2"), on(3, 20))
    for what, who, start, minutes, repeats in told:
        began = on(2, 8) + timedelta(minutes=start)
        try:
            if what == "log":
                logged.append(log(world, began, minutes, person_id=who))
                claims[logged[-1]] = (who, began, began + timedelta(minutes=minutes))
            elif what == "close":
                ticket = f"t{1 + start % 2}"
                for n in range(repeats):
                    told_at = on(3, 20) + timedelta(minutes=n)
                    close(world, began, minutes, ticket, at=told_at, technician_id=who)
                    closing = (who, began, began + timedelta(minutes=minutes))
                    if told_at >= closed_at[ticket] and claims.get(ticket) != closing:
                        closed_at[ticket], claims[ticket] = told_at, closing
            elif logged:
                worklog = logged[start % len(logged)]
                correct(world, worklog, began, minutes)
                claims[worklog] = (claims[worklog][0], began, began + timedelta(minutes=minutes))
        except Refusal as refused:
            refusals.add(refused.slug)
    assert refusals <= {"work-overlaps"}
    holding = [entry for entry in standing(entries(world)) if entry.kind is EntryKind.WORK]
    for who in ("lea", "paul"):
        days = [day for day in world.all(WorkedDays) if day.id.endswith(f":{who}")]
        stretches = sorted({(each.from_at, each.to_at) for day in days for each in day.stretches})
        assert all(a[1] <= b[0] for a, b in pairwise(stretches))
        worked = total(stretches) // timedelta(minutes=1)
        claimed = {
            start + timedelta(minutes=n)
            for person, start, end in claims.values()
            for n in range((end - start) // timedelta(minutes=1))
            if person == who
        }
        assert worked == len(claimed)
        assert sum(entry.billed_minutes for entry in holding if entry.person_id == who) == worked
    used = sum(volume.used_minutes for volume in world.all(Volumes))
    assert used == sum(entry.volume_minutes for entry in holding)
    assert used == sum(entry.volume_minutes for entry in entries(world))


@settings(max_examples=30, deadline=None)
@given(
    written=models,
    wrong=st.lists(st.tuples(minutes_of_a_day, st.integers(1, 300)), min_size=1, max_size=4),
    right=st.tuples(minutes_of_a_day, st.integers(1, 300)),
    others=st.integers(0, 3),
)
def test_an_error_and_its_corrections_come_to_the_truth(
    written: dict[str, Any], wrong: Sequence[tuple[int, int]], right: tuple[int, int], others: int
) -> None:
    corrected, truth = a_firm(written), a_firm(written)

    def at(start: int) -> datetime:
        return on(10, 8) + timedelta(minutes=start)

    worklog = log(corrected, at(wrong[0][0]), wrong[0][1])
    for n in range(others):
        log(corrected, on(4 + n, 9), 50)
    for start, minutes in (*wrong[1:], right):
        correct(corrected, worklog, at(start), minutes)
    for n in range(others):
        log(truth, on(4 + n, 9), 50)
    log(truth, at(right[0]), right[1])
    assert due(month(corrected, "c1")) == due(month(truth, "c1"))
    for name in ("used_minutes", "covered_minutes", "billed_minutes", "real_minutes"):
        told = [getattr(totals_of(month(world, "c1")), name) for world in (corrected, truth)]
        assert told[0] == told[1], name
