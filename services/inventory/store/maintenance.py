"""Plans of maintenance, and each time that one is to be done."""

from typing import Any

from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.maintenance_plan import MaintenancePlan
from services.inventory.domain.occurrence import Occurrence

MaintenancePlans = Collection(
    "maintenance_plans",
    MaintenancePlan,
    indexes=(Index((("customer_id", 1), *IN_ORDER), name="of_customer"),),
    customer=lambda plan: plan.customer_id,
    next_due=lambda plan: plan.look_at,
)


def _searched_by(occurrence: Occurrence) -> dict[str, Any]:
    return {"current_of": None if occurrence.followed else occurrence.plan_id}


Occurrences = Collection(
    "maintenance_occurrences",
    Occurrence,
    indexes=(
        Index((("plan_id", 1), *IN_ORDER), name="of_plan"),
        Index((("customer_id", 1), *IN_ORDER), name="listed_of_customer"),
        Index((("site_id", 1), *IN_ORDER), name="at_site"),
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("current_of", 1),), partial={"current_of": A_STRING}, name="current"),
        Index((("customer_id", 1), ("due_on", 1), ("_id", 1)), name="of_customer"),
        Index((("due_on", 1), ("_id", 1)), partial={"due_on": A_STRING}, name="due"),
        Index((("chosen_on", 1),), partial={"chosen_on": A_STRING}, name="chosen"),
        Index((("ticket_id", 1),), partial={"ticket_id": A_STRING}, name="ticket"),
    ),
    searched_by=_searched_by,
    customer=lambda occurrence: occurrence.customer_id,
    next_due=lambda occurrence: occurrence.look_at,
)
"""Each tells ``MaintenanceDue``, once for its own ticket and once where an answer asks for more."""
