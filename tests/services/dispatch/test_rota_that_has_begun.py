"""An entry that has begun: who waited and was called stays in it, and another takes over by his own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.refusal import Refusal
from infra.chassis.store.unit import UseCase
from services.dispatch.domain.hours import hours_of
from services.dispatch.domain.rota import Call, RotaEntry
from services.dispatch.store.rota import Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_rota import PutRotaEntry, WithdrawRotaEntry
from tests.services.dispatch.sample import Firm
from tests.services.dispatch.timesheets import HOURS, on
from tests.world import MONDAY_NINE

NIGHT = RotaEntry("night", "anna", on("mon 18:00"), on("tue 08:00"))
CALL = Call("t1-1", on("mon 20:00"), on("mon 21:00"))
TEN_AT_NIGHT = on("mon 22:00")


def begun() -> Firm:
    """Anna has been on call since 18:00 and was called at 20:00; it is 22:00 and some seconds."""
    firm = Firm()
    firm.do(PutRotaEntry(NIGHT))
    firm.give(Rota, firm.have(Rota, "night").called(CALL))
    firm.clock.set(TEN_AT_NIGHT + timedelta(seconds=20))
    return firm


@pytest.mark.parametrize(
    "change",
    [
        PutRotaEntry(replace(NIGHT, technician_id="bruno")),
        PutRotaEntry(replace(NIGHT, from_at=on("mon 19:00"))),
        PutRotaEntry(replace(NIGHT, to_at=on("mon 19:00"))),
        WithdrawRotaEntry("night"),
    ],
)
def test_nobody_s_waiting_and_calls_are_taken_from_him(change: UseCase[object]) -> None:
    firm = begun()
    before = firm.have(Rota, "night"), firm.have(Technicians, "anna")
    with pytest.raises(Refusal, match="rota-entry-begun"):
        firm.do(change)
    assert (firm.have(Rota, "night"), firm.have(Technicians, "anna")) == before


def test_another_takes_over_from_now_on_by_an_entry_of_his_own() -> None:
    firm = begun()
    firm.do(PutRotaEntry(replace(NIGHT, to_at=TEN_AT_NIGHT)))
    firm.do(PutRotaEntry(replace(NIGHT, id="rest", technician_id="bruno", from_at=TEN_AT_NIGHT)))
    anna = firm.have(Rota, "night")
    assert (anna.calls, anna.told_at) == ((CALL,), MONDAY_NINE), "she was told of it as long ago as before"
    assert firm.have(Technicians, "anna").on_call == (anna.period,)
    assert [each.id for each in firm.have(Technicians, "bruno").on_call] == ["rest"]
    technician = firm.have(Technicians, "anna")
    [waited] = hours_of(technician, "2026-03", (), [anna], (), HOURS, on("wed 00:00")).waiting
    assert (waited.minutes, waited.visit_ids) == (4 * 60, ("t1-1",))


def test_who_stays_longer_is_told_anew_and_what_is_over_stays_as_it_was() -> None:
    firm = begun()
    firm.do(PutRotaEntry(replace(NIGHT, to_at=on("tue 12:00"))))
    assert firm.have(Rota, "night").told_at == firm.clock.now()
    firm.clock.set(on("tue 13:00"))
    with pytest.raises(Refusal, match="rota-entry-begun"):
        firm.do(PutRotaEntry(replace(NIGHT, to_at=on("tue 18:00"))))


def test_what_has_not_begun_is_still_another_s_or_nobody_s() -> None:
    firm = Firm()
    firm.do(PutRotaEntry(NIGHT))
    firm.do(PutRotaEntry(replace(NIGHT, technician_id="bruno")))
    firm.do(WithdrawRotaEntry("night"))
    assert firm.have(Rota, "night").withdrawn
    assert firm.have(Technicians, "bruno").on_call == ()
