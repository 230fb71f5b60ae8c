"""The firm's own people: which roles they have, and who of them is on duty."""

from infra.chassis.http.roles import FIRM_SIDE
from services.notify.domain.staff import StaffMember, StaffRole, on_duty


def dispatcher(id: str, duty: bool | None = None) -> StaffMember:
    return StaffMember(id, id, StaffRole.DISPATCHER, on_duty=duty)


ON, OFF, UNSAID = dispatcher("on", True), dispatcher("off", False), dispatcher("unsaid")


def test_staff_have_exactly_the_roles_of_the_firms_side() -> None:
    assert {role.value for role in StaffRole} == FIRM_SIDE


def test_who_is_said_to_be_on_duty_is() -> None:
    assert on_duty([OFF, ON, UNSAID]) == (ON,)


def test_where_nobody_is_said_to_be_on_duty_whoever_is_not_off_is() -> None:
    assert on_duty([OFF, UNSAID]) == (UNSAID,)
    assert on_duty([OFF]) == ()
