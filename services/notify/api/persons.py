"""Whom a token stands for, as somebody who is told things."""

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from services.notify.domain.message import Recipient, RecipientKind
from services.notify.store.copies import Contacts


def himself(principal: Principal) -> Recipient:
    """``Refusal`` where his token names nobody."""
    if principal.subject is None:
        raise Refusal(
            "token-without-subject",
            Text(
                "Your token names nobody: name the person with `person` and `as`, or use a token of his.",
                "Votre jeton ne nomme personne : nommez-la par `person` et `as`, ou prenez son jeton.",
            ),
        )
    return Recipient(told_as_of(principal), principal.subject)


async def require_his(run: Runtime, principal: Principal, *, known: bool = False) -> Recipient:
    """Himself; 404 for another customer's contact: what a token calls somebody, his own provider decides.

    ``known``: also for whom no customer has as a contact (yet).
    """
    own = himself(principal)
    if principal.of_the_firm:
        return own
    contact = await run.read(Contacts, own.id)
    if (contact is None and known) or (contact and contact.value.customer_id != principal.customer):
        raise not_found("person", own.id)
    return own


def told_as_of(principal: Principal) -> RecipientKind:
    if not principal.of_the_firm:
        return RecipientKind.CONTACT
    return RecipientKind.TECHNICIAN if principal.role == "technician" else RecipientKind.STAFF
