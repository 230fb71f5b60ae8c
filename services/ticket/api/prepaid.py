"""What the prepaid contracts of tickets have left, for who answers for the money."""

from collections.abc import Mapping, Sequence

from contracts.audience import Reach, Viewer
from infra.chassis.runtime import Kept, Runtime
from services.ticket.domain.billing import BillingModel, billing_of
from services.ticket.domain.consumption import volume_id
from services.ticket.domain.contract import Contract, Terms
from services.ticket.domain.ledger import BOOK
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import Contracts
from services.ticket.store.ledger import Volumes
from services.ticket.store.revisions import Revisions
from services.ticket.views.prepaid import PrepaidView, prepaid_view


async def shown_prepaid(
    run: Runtime, revisions: Revisions, tickets: Sequence[Ticket], viewer: Viewer
) -> Mapping[str, list[PrepaidView]]:
    """By ticket, of the contracts under whose prepaid terms it stands; nothing for people who ask for
    themselves or for a site. Where no such contract is among them nothing is asked of the database."""
    if not viewer.of_the_firm and viewer.reach is not Reach.CUSTOMER:
        return {}
    known = await revisions(
        f"{visit.contract_id}:{visit.contract_revision}"
        for ticket in tickets
        for visit in ticket.visits
        if visit.contract_id is not None and _exists(visit.contract_id, viewer)
    )
    ids = sorted({each.contract_id for each in known.values() if _is_prepaid(each.terms)})
    if not ids:
        return {ticket.id: [] for ticket in tickets}
    views = await prepaid_of(run, await run.find(Contracts, {"_id": {"$in": ids}}, limit=len(ids)))
    return {ticket.id: [views[id] for id in ticket.contract_ids if id in views] for ticket in tickets}


async def prepaid_of(run: Runtime, contracts: Sequence[Kept[Contract]]) -> dict[str, PrepaidView]:
    """What those of these contracts that are prepaid have left, by their ids."""
    agreed = {
        kept.value.id: (kept.value, billing)
        for kept in contracts
        if (billing := billing_of(kept.value.terms.billing)) is not None
        and billing.model is BillingModel.PREPAID
    }
    wanted = [volume_id(id, BOOK) for id in agreed]
    volumes = await run.find(Volumes, {"_id": {"$in": wanted}}, limit=len(wanted)) if wanted else []
    taken = {kept.value.contract_id: kept.value for kept in volumes}
    return {id: prepaid_view(contract, billing, taken.get(id)) for id, (contract, billing) in agreed.items()}


def _exists(contract_id: str, viewer: Viewer) -> bool:
    return viewer.reach is not Reach.CONTRACTS or contract_id in viewer.contracts


def _is_prepaid(terms: Terms) -> bool:
    billing = billing_of(terms.billing)
    return billing is not None and billing.model is BillingModel.PREPAID
