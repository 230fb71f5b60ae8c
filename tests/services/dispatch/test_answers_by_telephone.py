"""What a technician types on his telephone counts as said on his page, as long as the visit is his."""

from datetime import timedelta

import pytest

from contracts.dispatch.events import DispatchAcknowledged, DispatchDeclined, TechnicianDispatched
from contracts.notify.events import MessageChannel, NotificationAnswered
from contracts.values import VisitState
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.stream.notify_deliveries import on_notification_answered
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit
from tests.contracts.messages import envelope_of
from tests.services.dispatch.sample import MURET, Firm, technician
from tests.services.dispatch.test_on_call import NIGHT, firm_at
from tests.services.dispatch.timesheets import on
from tests.world import MONDAY_NINE


def told() -> Firm:
    """Anna is told to go, and may answer for three minutes."""
    firm = Firm(technician("anna"), technician("bruno", home=MURET))
    firm.ask()
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + timedelta(hours=1), DEFAULT_TRAVEL))
    return firm


def types(firm: Firm, *, accepted: bool, technician_id: str = "anna", visit_id: str | None = "t1-1") -> None:
    event = NotificationAnswered(
        notification_id="n1",
        channel=MessageChannel.VOICE,
        recipient_kind="technician",
        recipient_id=technician_id,
        template="technician-dispatched",
        visit_id=visit_id,
        accepted=accepted,
    )
    firm.run(on_notification_answered(event, envelope_of(event)))


def test_one_accepts() -> None:
    firm = told()
    types(firm, accepted=True)
    assert firm.visit().state is VisitState.ACKNOWLEDGED
    types(firm, accepted=True)
    assert len(firm.told(DispatchAcknowledged)) == 1


def test_two_declines_and_it_goes_to_somebody_else() -> None:
    firm = told()
    types(firm, accepted=False)
    [fact] = firm.told(DispatchDeclined)
    assert (fact.technician_id, fact.reason) == ("anna", "by telephone / par téléphone")
    firm.plan_one(firm.visit())
    assert firm.visit().technician_id == "bruno"


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_about_a_visit_that_is_not_his_any_more_changes_nothing(accepted: bool) -> None:
    firm = told()
    before = firm.visit()
    types(firm, accepted=accepted, technician_id="bruno")
    types(firm, accepted=accepted, visit_id="t9-1")
    types(firm, accepted=accepted, visit_id=None)
    assert firm.visit() == before


def test_what_he_has_done_since_stays() -> None:
    firm = told()
    firm.do(AcknowledgeDispatch("t1-1", "anna"))
    types(firm, accepted=True)
    assert firm.visit().state is VisitState.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("wall", "on_call"), [("tue 02:00", True), ("mon 10:00", False)], ids=["by night", "on his shift"]
)
def test_a_dispatch_says_whether_he_is_told_because_he_is_on_call(wall: str, on_call: bool) -> None:
    firm = firm_at("mon 09:00", NIGHT, people=(technician("anna"),))
    firm.clock.set(on(wall))
    firm.ask()
    firm.plan_one(firm.visit())
    [fact] = firm.told(TechnicianDispatched)
    assert fact.on_call is on_call
