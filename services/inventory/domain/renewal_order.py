"""Renewals that a client is asked to pay for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain.advice import Advice

MOST_IN_A_QUOTE = 200


@dataclass(frozen=True)
class RenewalOrder:
    """The id is its ticket's. ``valid_until``: until when the client can approve of the quote."""

    id: str
    customer_id: str
    advice_ids: tuple[str, ...]
    valid_until: datetime
    ordered_at: datetime
    ordered_by: str


def check_quotable(advices: Sequence[Advice]) -> None:
    """A quote is one client's, in one currency, has a price for each line, and somewhere to go."""
    unpriced = [each.id for each in advices if each.cost_cents is None]
    if unpriced:
        raise Refusal(
            "advice-unpriced",
            Text(
                "Nobody has said what these cost: give their prices in the rules of renewal, or in `costs`.",
                "Le coût de ces conseils n'est pas connu : donnez les prix dans les règles, ou dans `costs`.",
            ),
            advices=unpriced,
        )
    if len({each.currency for each in advices}) > 1:
        raise Refusal(
            "several-currencies",
            Text(
                "A quote has one currency: make one for each.",
                "Un devis a une seule devise : faites-en un par devise.",
            ),
        )
    nowhere = [each.id for each in advices if each.site_id is None]
    if nowhere:
        raise Refusal(
            "advice-without-a-site",
            Text(
                "A contract is renewed by its manager: no technician is sent for it. Leave these out.",
                "Un contrat se renouvelle avec son responsable, sans visite. Retirez ces conseils.",
            ),
            advices=nowhere,
        )
