from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Document, Index
from services.ticket.domain.problem import Problem
from services.ticket.domain.recurrence import CauseCount


def _searched_by(problem: Problem) -> Document:
    return {"ticket_ids": list(problem.ticket_ids)}


Problems = Collection(
    "problems",
    Problem,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("about.customer_id", 1), *IN_ORDER), name="of_customer"),
        Index((("about.asset_id", 1), *IN_ORDER), partial={"about.asset_id": A_STRING}, name="of_asset"),
        Index((("ticket_ids", 1), *IN_ORDER), name="of_ticket"),
        Index((("owner", 1), *IN_ORDER), partial={"owner": A_STRING}, name="of_owner"),
    ),
    searched_by=_searched_by,
)

CauseCounts = Collection(
    "cause_counts",
    CauseCount,
    indexes=(Index((("ticket_ids", 1),), name="of_ticket"),),
    searched_by=lambda count: {"ticket_ids": list(count.ticket_ids)},
)
