"""What a ticket is judged to be, from what was asked and from the contracts it stands under."""

from contracts.values import Impact, Priority, Urgency
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.priority import SERVICENOW, Matrix, priority_of
from services.ticket.domain.qualifying import Judgement
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.work_types import WorkTypes


def judgement(
    unit: Unit,
    ticket: Ticket,
    *,
    impact: Impact | None,
    urgency: Urgency | None,
    category: str | None,
) -> Judgement:
    """The present judgement with what was asked changed; priority by the contracts of the opening."""
    impact, urgency = impact or ticket.impact, urgency or ticket.urgency
    matrices = [found.terms.priority_matrix for found in _revisions(unit, ticket)]
    work = ticket.work
    if category is not None and category != ticket.category:
        work = unit.require(WorkTypes, category, as_="work-type").work
    return Judgement(impact, urgency, category or ticket.category, worst(matrices, impact, urgency), work)


def worst(matrices: list[Matrix], impact: Impact, urgency: Urgency) -> Priority:
    """The most urgent of the priorities that the sites' contracts give; the default matrix without any."""
    return min(priority_of(matrix, impact, urgency) for matrix in matrices or [SERVICENOW])


def _revisions(unit: Unit, ticket: Ticket) -> list[ContractRevision]:
    names = sorted(
        {f"{v.contract_id}:{v.contract_revision}" for v in ticket.visits if v.contract_id is not None}
    )
    found = (unit.get(ContractRevisions, name) for name in names)
    return [revision for revision in found if revision is not None]
