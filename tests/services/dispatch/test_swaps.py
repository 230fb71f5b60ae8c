"""On call instead of another: both agree, rests hold, the notice does not, and a dispatcher may veto."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.refusal import NotFound, Refusal
from infra.chassis.store.unit import UseCase
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.swap import SwapState
from services.dispatch.domain.technician import Absence
from services.dispatch.store.rota import Rota, Swaps
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_rota import PutRotaEntry, WithdrawRotaEntry
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.swap_rota import AnswerSwap, AskSwap, VetoSwap, WithdrawSwap
from tests.services.dispatch.sample import Firm
from tests.services.dispatch.timesheets import HOURS, on

FIRST = RotaEntry("first", "anna", on("tue 18:00"), on("wed 18:00"))
SECOND = RotaEntry("second", "bruno", on("wed 18:00"), on("thu 18:00"))
ASKED = AskSwap("s", "first", "anna", "bruno")
ACCEPTED = AnswerSwap("s", "bruno", True)


def firm(*entries: RotaEntry) -> Firm:
    found = Firm()
    for entry in entries or (FIRST,):
        found.do(PutRotaEntry(entry))
    return found


def holders(found: Firm) -> dict[str, str]:
    """Whose each entry is; that the calendars of both say the same is checked, too."""
    by_entry = {entry.id: entry.technician_id for entry in found.all(Rota)}
    by_person = {period.id: who.id for who in found.all(Technicians) for period in who.on_call}
    assert by_entry == by_person
    return by_entry


def refused(found: Firm, case: UseCase[Any]) -> str | None:
    with pytest.raises(Refusal) as refusal:
        found.do(case)
    rule: str | None = refusal.value.members.get("rule")
    return rule or refusal.value.slug


def test_who_accepts_is_on_call_and_no_notice_is_missed() -> None:
    given = firm()
    given.do(ASKED)
    assert holders(given) == {"first": "anna"}
    given.do(ACCEPTED)
    assert holders(given) == {"first": "bruno"}
    entry = given.have(Rota, "first")
    assert entry.told_at == given.clock.now()
    assert not entry.told_late(HOURS.notice)
    assert replace(entry, swapped=False).told_late(HOURS.notice)


def test_two_turns_in_a_row_are_exchanged_but_not_both_taken() -> None:
    given = firm(FIRST, SECOND)
    assert refused(given, ASKED) == "daily-rest"
    given.do(replace(ASKED, in_return="second"))
    given.do(ACCEPTED)
    assert holders(given) == {"first": "bruno", "second": "anna"}
    given.do(VetoSwap("s", "bruno knows that site"))
    assert holders(given) == {"first": "anna", "second": "bruno"}
    vetoed = given.have(Swaps, "s")
    assert (vetoed.state, vetoed.reason) == (SwapState.VETOED, "bruno knows that site")


def test_what_a_veto_hands_back_they_are_told_late() -> None:
    given = firm(FIRST, SECOND)
    given.do(replace(ASKED, in_return="second"))
    given.do(ACCEPTED)
    given.do(VetoSwap("s", "bruno knows that site"))
    assert [each.told_late(HOURS.notice) for each in given.all(Rota)] == [True, True]


def test_nobody_swaps_with_himself() -> None:
    assert refused(firm(), replace(ASKED, of="anna")) == "swap-with-oneself"
    both = firm(FIRST, replace(SECOND, technician_id="anna"))
    assert refused(both, replace(ASKED, of="anna", in_return="second")) == "swap-with-oneself"


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (AnswerSwap("s", "bruno", False, "a wedding"), SwapState.DECLINED),
        (WithdrawSwap("s", "anna"), SwapState.WITHDRAWN),
        (VetoSwap("s", "no"), SwapState.VETOED),
    ],
)
def test_without_consent_nothing_changes_and_it_is_over(case: UseCase[Any], state: SwapState) -> None:
    given = firm()
    given.do(ASKED)
    given.do(case)
    assert (given.have(Swaps, "s").state, holders(given)) == (state, {"first": "anna"})
    assert refused(given, ACCEPTED) == "illegal-transition"


def test_nobody_answers_or_asks_for_another() -> None:
    given = firm()
    with pytest.raises(NotFound):
        given.do(replace(ASKED, by="bruno", of="anna"))
    given.do(ASKED)
    others: list[UseCase[Any]] = [AnswerSwap("s", "anna", True), WithdrawSwap("s", "bruno")]
    for case in others:
        with pytest.raises(NotFound):
            given.do(case)


def test_an_absence_that_came_meanwhile_is_in_the_way() -> None:
    given = firm()
    given.do(ASKED)
    given.do(AddAbsence("bruno", Absence(on("wed 08:00"), on("wed 12:00"), "sick")))
    assert refused(given, ACCEPTED) == "absent"


def test_what_has_begun_changed_or_gone_is_not_swapped() -> None:
    changes: list[UseCase[Any]] = [
        WithdrawRotaEntry("first"),
        PutRotaEntry(replace(FIRST, to_at=on("wed 20:00"))),
    ]
    for change in changes:
        given = firm()
        given.do(ASKED)
        given.do(change)
        assert refused(given, ACCEPTED) == "swap-outdated"
    begun = firm()
    begun.do(ASKED)
    begun.do(ACCEPTED)
    begun.clock.set(on("tue 19:00"))
    assert refused(begun, VetoSwap("s", "too late")) == "swap-outdated"
