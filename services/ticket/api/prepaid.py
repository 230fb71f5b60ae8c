"""What the prepaid contracts of a ticket have left, for who answers for the money."""

from contracts.audience import Reach, Viewer
from infra.chassis.runtime import Runtime
from services.ticket.domain.billing import BillingModel, billing_of
from services.ticket.domain.consumption import volume_id
from services.ticket.domain.ledger import BOOK
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import Contracts
from services.ticket.store.ledger import Volumes
from services.ticket.views.prepaid import PrepaidView, prepaid_view


async def shown_prepaid(run: Runtime, ticket: Ticket, viewer: Viewer) -> list[PrepaidView] | None:
    """None for people who ask for themselves or for a site."""
    if not viewer.of_the_firm and viewer.reach is not Reach.CUSTOMER:
        return None
    found: list[PrepaidView] = []
    for id in ticket.contract_ids:
        contract = await run.read(Contracts, id)
        billing = None if contract is None else billing_of(contract.value.terms.billing)
        of_another = viewer.reach is Reach.CONTRACTS and id not in viewer.contracts
        if contract is None or billing is None or billing.model is not BillingModel.PREPAID or of_another:
            continue
        volume = await run.read(Volumes, volume_id(id, BOOK))
        found.append(prepaid_view(contract.value, billing, None if volume is None else volume.value))
    return found
