"""What broken commitments cost: each rule, its franchise, its cap, and one per major incident."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Priority
from services.ticket.domain.commitment import Commitment, Month
from services.ticket.domain.penalties import (
    Penalties,
    Per,
    Rule,
    Scale,
    SmallSample,
    Why,
    penalties_of,
)
from services.ticket.domain.sla_log import LogEntry
from services.ticket.domain.tally import tally_of
from tests.services.ticket.clocks import mon, on, opened, resolved, tue, wed
from tests.services.ticket.months import APRIL, MARCH, Ticket, a_ticket, in_month


def rule(per: Per, amount: str | None = "50", **more: Any) -> Rule:
    return Rule("r", per, None if amount is None else Decimal(amount), **more)


def bill(rule: Rule, *tickets: Ticket, month: Month = MARCH, **scale: Any) -> Penalties:
    return penalties_of(Scale("EUR", (rule,), **scale), tally_of(in_month(*tickets, month=month)))


def late(id: str = "t1", end: datetime | None = None, **more: Any) -> Ticket:
    """Four hours were promised at nine: at 13:00 it is broken, and by default two hours late."""
    return a_ticket(opened(mon("09:00")), resolved(end or mon("15:00")), id=id, **more)


def kept(id: str, opening: LogEntry | None = None) -> Ticket:
    return a_ticket(opening or opened(mon("09:00")), resolved(mon("10:00")), id=id)


def amounts(bill: Penalties) -> list[str]:
    return [str(line.amount) for line in bill.lines]


def test_each_hour_begun_beyond_the_promise_costs() -> None:
    assert amounts(bill(rule(Per.HOUR), late())) == ["100.00"]
    assert amounts(bill(rule(Per.HOUR), late(end=mon("15:01")))) == ["150.00"]
    assert bill(rule(Per.HOUR), kept("k")).lines == ()


def test_what_is_late_within_the_franchise_costs_nothing_and_says_so() -> None:
    [line] = bill(rule(Per.HOUR, free_minutes=120), late()).lines
    assert (line.amount, line.quantity, line.why) == (Decimal("0.00"), 0, Why.FREE)
    assert amounts(bill(rule(Per.HOUR, free_minutes=60), late())) == ["50.00"]


def test_no_commitment_costs_more_than_its_cap() -> None:
    [line] = bill(rule(Per.HOUR, cap=Decimal(70)), late()).lines
    assert (str(line.amount), line.why) == ("70.00", Why.CAPPED)


def test_what_goes_on_over_months_costs_what_it_would_in_one() -> None:
    over = a_ticket(opened(on("2026-03-31", "12:00")), resolved(on("2026-04-02", "10:30")))
    once = a_ticket(opened(on("2026-03-11", "12:00")), resolved(on("2026-03-13", "10:30")))
    parts = [bill(rule(Per.HOUR, cap=Decimal(600)), over, month=month).total for month in (MARCH, APRIL)]
    assert parts == [Decimal("100.00"), Decimal("500.00")]
    assert sum(parts) == bill(rule(Per.HOUR, cap=Decimal(600)), once).total


def test_each_broken_commitment_costs_once_in_the_month_of_its_breach() -> None:
    over = a_ticket(opened(on("2026-03-31", "12:00")), resolved(on("2026-04-02", "10:30")))
    assert amounts(bill(rule(Per.INCIDENT), over, kept("k"))) == ["50.00"]
    assert bill(rule(Per.INCIDENT), over, month=APRIL).lines == ()


def test_the_first_ones_of_a_month_may_be_free_in_the_order_of_their_breaches() -> None:
    second = a_ticket(opened(tue("09:00")), resolved(tue("15:00")), id="a2")
    found = bill(rule(Per.INCIDENT, free_count=1), second, late("z1")).lines
    assert [(line.commitment and line.commitment[0], str(line.amount), line.why) for line in found] == [
        ("z1", "0.00", Why.FREE),
        ("a2", "50.00", None),
    ]


def test_a_rule_may_cost_so_much_in_a_month_and_no_more() -> None:
    third = a_ticket(opened(wed("09:00")), resolved(wed("15:00")), id="t3")
    found = bill(rule(Per.INCIDENT, cap=Decimal("70.00")), late("t1"), late("t2"), third)
    assert [(str(line.amount), line.why) for line in found.lines] == [
        ("50.00", None),
        ("20.00", Why.CAPPED),
        ("0.00", Why.CAPPED),
    ]
    assert found.total == Decimal("70.00")


def test_each_point_begun_below_the_rate_costs() -> None:
    nine_of_ten = [kept(f"k{n}") for n in range(9)]
    found = bill(rule(Per.RATE, rate=Decimal("95.5")), late(), *nine_of_ten)
    [line] = found.lines
    assert (line.quantity, str(line.amount), line.kept, line.counted) == (6, "300.00", 9, 10)
    assert bill(rule(Per.RATE, rate=Decimal(90)), late(), *nine_of_ten).total == 0
    assert bill(rule(Per.RATE, rate=Decimal(90))).lines == ()


def test_in_a_small_sample_the_first_broken_ones_count_as_kept() -> None:
    few = rule(Per.RATE, rate=Decimal(95), small_sample=SmallSample(below=10, allowed=1))
    [line] = bill(few, late("t1"), kept("k")).lines
    assert (line.amount, line.kept, line.counted, line.why) == (Decimal("0.00"), 1, 2, Why.SMALL_SAMPLE)
    assert bill(few, late("t1"), late("t2"), kept("k")).total == Decimal(50) * 29
    many = [kept(f"k{n}") for n in range(9)]
    assert bill(few, late("t1"), *many).total == Decimal(50) * 5


def test_a_percentage_is_of_the_base_and_rounded_to_the_cent_once() -> None:
    share = Rule("r", Per.HOUR, percent=Decimal("1.5"))
    assert amounts(bill(share, late(end=mon("15:30")), base=Decimal("333.33"))) == ["15.00"]


def test_the_month_never_costs_more_than_the_contract_says() -> None:
    found = bill(rule(Per.INCIDENT), late("t1"), late("t2"), cap=Decimal("80.00"))
    assert (found.gross, found.total) == (Decimal("100.00"), Decimal("80.00"))


def test_a_rule_is_about_its_targets_and_priorities_alone() -> None:
    assert bill(rule(Per.INCIDENT, targets=("response",)), late()).lines == ()
    assert bill(rule(Per.INCIDENT, priorities=(Priority.P1,)), late()).lines == ()
    assert len(bill(rule(Per.INCIDENT, targets=("repair",), priorities=(Priority.P2,)), late()).lines) == 1


def test_a_major_incident_is_paid_for_once_by_what_was_worst_in_it() -> None:
    worst = late("t2", end=mon("17:00"), major_id="m1")
    tickets = (late("t1", major_id="m1"), worst, late("t3", major_id="m1"), late("t4"))
    hours = bill(rule(Per.HOUR), *tickets)
    assert {line.commitment[0]: str(line.amount) for line in hours.lines if line.commitment} == {
        "t1": "0.00",
        "t2": "200.00",
        "t3": "0.00",
        "t4": "100.00",
    }
    each = bill(rule(Per.INCIDENT), *tickets)
    assert (each.total, sum(line.why is Why.MAJOR for line in each.lines)) == (Decimal("100.00"), 2)
    [rate] = bill(rule(Per.RATE, rate=Decimal(100)), *tickets, kept("k")).lines
    assert (rate.kept, rate.counted) == (1, 3)


def test_a_major_incident_paid_for_in_march_is_not_paid_for_again_in_april() -> None:
    before = late("t1", major_id="m1")
    again = a_ticket(
        opened(on("2026-04-01", "08:00")), resolved(on("2026-04-01", "13:00")), id="t2", major_id="m1"
    )
    assert bill(rule(Per.INCIDENT), before, again).total == Decimal("50.00")
    [line] = bill(rule(Per.INCIDENT), before, again, month=APRIL).lines
    assert (line.amount, line.why) == (Decimal("0.00"), Why.MAJOR)
    # Two hours were paid for in March; one hour of the other ticket is no more than that.
    assert bill(rule(Per.HOUR), before, again, month=APRIL).total == Decimal("0.00")


HOURS = st.integers(min_value=0, max_value=60)


@settings(deadline=None)
@given(
    ends=st.lists(st.tuples(st.integers(2, 27), HOURS, st.sampled_from([None, "m1", "m2"])), max_size=8),
    amount=st.decimals("0.01", "99.99", places=2),
    free=st.integers(0, 300),
    cap=st.none() | st.decimals("1.00", "500.00", places=2),
    per=st.sampled_from([Per.HOUR, Per.INCIDENT]),
)
def test_lines_add_up_in_any_order_and_two_months_cost_what_one_would(
    ends: list[tuple[int, int, str | None]], amount: Decimal, free: int, cap: Decimal | None, per: Per
) -> None:
    """A commitment's hours are one amount whichever months they fall into, major incidents included."""
    more: dict[str, Any] = {"free_minutes": free} if per is Per.HOUR else {}
    agreed = Rule("r", per, amount, cap=cap if per is Per.HOUR else None, **more)

    def commitments(month: Month) -> list[Commitment]:
        tickets = [
            a_ticket(
                opened(on(f"2026-03-{day:02}", "08:00")),
                resolved(on(f"2026-03-{day:02}", "08:00") + timedelta(hours=17 * hours)),
                id=f"t{n}",
                major_id=major,
            )
            for n, (day, hours, major) in enumerate(ends)
        ]
        return in_month(*tickets, month=month)

    scale = Scale("EUR", (agreed,))
    months = [Month(2026, number) for number in range(3, 8)]
    bills = [penalties_of(scale, tally_of(commitments(month))) for month in months]
    for found, month in zip(bills, months, strict=True):
        assert found.gross == sum(line.amount for line in found.lines)
        assert found == penalties_of(scale, tally_of(reversed(commitments(month))))
        assert all(line.amount >= 0 for line in found.lines)
    whole = [each for month in months for each in commitments(month)]
    worth: dict[str, Decimal] = {}
    for each in whole:
        if each.broken:
            over = each.late - timedelta(minutes=free)
            begun = max(0, -(-over // timedelta(hours=1)))
            cost = min(amount * begun, cap or amount * begun) if per is Per.HOUR else amount
            place = each.major_id or each.ticket_id
            worth[place] = max(worth.get(place, Decimal(0)), cost)
    assert sum(found.total for found in bills) == sum(worth.values())


def test_a_scale_of_several_rules_is_the_sum_of_each() -> None:
    by_hour, by_incident = rule(Per.HOUR), replace(rule(Per.INCIDENT), name="i")
    both = penalties_of(Scale("EUR", (by_hour, by_incident)), tally_of(in_month(late())))
    assert both.total == Decimal("150.00")
