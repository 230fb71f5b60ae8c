"""What happens to a message next or, where nothing does by itself, what somebody has to do."""

from contracts.text import Text
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import RecipientKind

_NOTHING = Text(
    "Nothing: it was accepted by the mail server.", "Rien : le serveur de messagerie l'a accepté."
)
_OVERTAKEN = Text(
    "Nothing: the plan changed before it was sent, and a later message says what holds.",
    "Rien : le planning a changé avant l'envoi ; un message plus récent dit ce qui vaut.",
)
_UNWANTED = Text(
    "Nothing: he does not want to be told this (GET /v1/preferences).",
    "Rien : il ne souhaite pas recevoir cela (GET /v1/preferences).",
)
_IN_DIGEST = Text(
    "Nothing: it is told in a digest, which is a message of its own.",
    "Rien : il figure dans un récapitulatif, qui est un message à part.",
)
_FOR_DIGEST = Text("It is told in the digest at settles_at.", "Il figurera au récapitulatif de settles_at.")
_SETTLING = Text(
    "It is sent at settles_at unless the plan changes before.",
    "Il part à settles_at, sauf si le planning change d'ici là.",
)
_SENDING = Text("It is being sent.", "L'envoi est en cours.")
_WAITING = Text("It is sent as soon as a worker is free.", "Il part dès qu'un envoi est possible.")
_AGAIN = Text(
    "It is tried again at retry_at; where the failure names the mail server, check that it answers.",
    "Nouvel essai à retry_at ; si l'échec vient du serveur de messagerie, vérifiez qu'il répond.",
)
_GIVEN_UP = Text(
    "The mail server did not take it, for what failure says; tell the recipient by phone.",
    "Le serveur de messagerie ne l'a pas pris, pour la raison que dit failure ; prévenez par téléphone.",
)
_ADDRESS = {
    RecipientKind.CONTACT: Text(
        "Correct the contact's e-mail with PUT /v1/contacts/{id}, and tell him by phone.",
        "Corrigez l'adresse du contact par PUT /v1/contacts/{id} et prévenez-le par téléphone.",
    ),
    RecipientKind.TECHNICIAN: Text(
        "Correct the technician's e-mail with PUT /v1/technicians/{id}, and tell him by phone.",
        "Corrigez l'adresse du technicien par PUT /v1/technicians/{id} et prévenez-le par téléphone.",
    ),
    RecipientKind.STAFF: Text(
        "Correct his e-mail with PUT /v1/staff/{id}, and tell him by phone.",
        "Corrigez son adresse par PUT /v1/staff/{id} et prévenez-le par téléphone.",
    ),
}


def next_step(delivery: Delivery) -> Text:
    match delivery.state:
        case DeliveryState.SENT:
            return _NOTHING
        case DeliveryState.OVERTAKEN:
            return _OVERTAKEN
        case DeliveryState.UNWANTED:
            return _UNWANTED
        case DeliveryState.IN_DIGEST:
            return _IN_DIGEST
        case DeliveryState.SENDING:
            return _SENDING
        case DeliveryState.FAILED:
            at_fault = (delivery.failure or "").startswith(("no-address", "bad-address"))
            return _ADDRESS[delivery.message.recipient.kind] if at_fault else _GIVEN_UP
    if delivery.settling:
        return _SETTLING if delivery.digest_for is None else _FOR_DIGEST
    return _AGAIN if delivery.attempts else _WAITING
