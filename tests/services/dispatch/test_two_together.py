"""Work that the law, or a heavy rack, wants two technicians at: both are there, or neither is."""

from datetime import timedelta
from typing import Any

from contracts.dispatch.events import TechnicianDispatched
from contracts.values import Priority, VisitState
from services.dispatch.domain.visit import Visit
from tests.services.dispatch.sample import MURET, Firm, need, technician
from tests.world import MONDAY_NINE


def two(visit_id: str = "t1-1", **changes: Any) -> Any:
    return need(visit_id, **{"technicians": 2, "duration_minutes": 60, **changes})


def lifted(**changes: Any) -> tuple[Firm, Visit]:
    firm = Firm(technician("anna"), technician("bruno", home=MURET, skills={}))
    firm.ask(two(**changes))
    firm.plan()
    return firm, firm.visit()


def test_both_days_hold_the_same_time_and_both_are_told_at_once() -> None:
    firm, visit = lifted()
    assert (visit.technician_id, visit.companions) == ("anna", ("bruno",))
    assert firm.slots("anna") == firm.slots("bruno") != []
    [told] = firm.told(TechnicianDispatched)
    assert (told.technician_id, told.companions) == ("anna", ("bruno",))
