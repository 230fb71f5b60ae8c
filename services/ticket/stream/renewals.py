"""``inventory.renewals.v1``: renewals become a ticket that waits for the client's approval of its quote."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.renewals import RenewalQuoted
from services.ticket.domain.asked_work import AskedWork, Priced
from services.ticket.domain.quote import QuoteLine
from services.ticket.usecases.ask_work import KeepAskedWork


def on_renewal_quoted(fact: RenewalQuoted, envelope: Envelope) -> Iterable[KeepAskedWork]:
    quote = Priced(
        tuple(QuoteLine(each.text, each.quantity, each.unit_price) for each in fact.lines),
        fact.currency,
        fact.valid_until,
        envelope.actor,
    )
    first, *others = fact.sites
    return (
        KeepAskedWork(
            AskedWork(
                id=fact.ticket_id,
                customer_id=fact.customer_id,
                site_id=first,
                asset_id=fact.asset_id,
                rule="renewal",
                category=fact.category,
                summary=fact.summary,
                detail=fact.detail,
                asked_at=envelope.occurred_at,
                try_at=envelope.occurred_at,
                more_sites=tuple(others),
                quote=quote,
            )
        ),
    )
