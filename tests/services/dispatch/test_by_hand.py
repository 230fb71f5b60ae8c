"""What the dispatcher decides by hand, within what a technician can do."""

from datetime import timedelta

import pytest

from contracts.dispatch.events import DispatchRevoked, RevocationReason, VisitRescheduled
from contracts.refusal import Refusal
from services.dispatch.domain.technician import Absence
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from tests.services.dispatch.sample import Firm, need, technician
from tests.world import MONDAY_NINE


def dispatched() -> Firm:
    firm = Firm()
    firm.ask()
    firm.plan()
    return firm


def test_by_hand_a_visit_goes_to_whom_the_dispatcher_says() -> None:
    firm = dispatched()
    firm.do(AssignVisit("t1-1", "bruno", MONDAY_NINE + timedelta(hours=1), DEFAULT_TRAVEL))
    assert firm.slots("anna") == []
    assert firm.slots("bruno") == ["t1-1 09:00-09:30"]
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.REASSIGNED


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"skills": {}}, "skill-missing"),
        ({"skills": {"network": 1}}, "skill-level"),
        ({"absences": (Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=1), "sick"),)}, "absent"),
    ],
)
def test_by_hand_nobody_gets_what_he_cannot_do(change: dict[str, object], slug: str) -> None:
    firm = dispatched()
    firm.ask(need("t2-1", skills={"network": 2}), ticket_id="t2")
    firm.give(Technicians, technician("carl", **change))
    with pytest.raises(Refusal) as refused:
        firm.do(AssignVisit("t2-1", "carl", MONDAY_NINE + timedelta(hours=1), DEFAULT_TRAVEL))
    assert refused.value.slug == slug


def test_by_hand_a_taken_slot_is_refused() -> None:
    firm = dispatched()
    firm.ask(ticket_id="t2")
    with pytest.raises(Refusal, match="slot-taken"):
        firm.do(AssignVisit("t2-1", "anna", MONDAY_NINE + timedelta(minutes=20), DEFAULT_TRAVEL))


def test_a_visit_is_rescheduled_with_the_same_technician() -> None:
    firm = dispatched()
    firm.do(RescheduleVisit("t1-1", MONDAY_NINE + timedelta(hours=5), DEFAULT_TRAVEL))
    assert firm.slots("anna") == ["t1-1 13:00-13:30"]
    assert firm.told(VisitRescheduled)[0].previous_start == MONDAY_NINE + timedelta(minutes=10)
