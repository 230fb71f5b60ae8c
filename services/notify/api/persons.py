"""Whom a token stands for, as somebody who is told things."""

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.principal import Principal
from services.notify.domain.message import Recipient, RecipientKind


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


def told_as_of(principal: Principal) -> RecipientKind:
    if not principal.of_the_firm:
        return RecipientKind.CONTACT
    return RecipientKind.TECHNICIAN if principal.role == "technician" else RecipientKind.STAFF
