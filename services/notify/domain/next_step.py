"""What happens to a message next or, where nothing does by itself, what somebody has to do."""

from contracts.notify.events import MessageChannel
from contracts.text import Text
from services.notify.domain.bounce import REFUSED
from services.notify.domain.delivery import CallAnswer, Delivery, DeliveryState
from services.notify.domain.message import RecipientKind
from services.notify.domain.push import GONE

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
_SMS_TAKEN = Text("Nothing: the SMS gateway accepted it.", "Rien : la passerelle SMS l'a accepté.")
_SMS_WITHDRAWN = Text(
    "Nothing: he answered, or what it says held no more, before it was sent.",
    "Rien : il a répondu, ou ce qu'il dit ne valait plus, avant l'envoi.",
)
_SMS_WAITING = Text(
    "It is sent at settles_at unless he answers before.",
    "Il part à settles_at, sauf s'il répond d'ici là.",
)
_SMS_AGAIN = Text(
    "It is tried again at retry_at; check that the SMS gateway answers (ASTREINTE_SMS_URL).",
    "Nouvel essai à retry_at ; vérifiez que la passerelle SMS répond (ASTREINTE_SMS_URL).",
)
_SMS_GIVEN_UP = Text(
    "The SMS gateway did not take it, for what failure says: check the settings ASTREINTE_SMS_…, his number "
    "and your credit there; tell him by phone.",
    "La passerelle SMS ne l'a pas pris, pour la raison que dit failure : vérifiez les réglages "
    "ASTREINTE_SMS_…, son numéro et votre crédit ; prévenez-le par téléphone.",
)
_NUMBER = {
    RecipientKind.CONTACT: Text(
        "Correct the contact's phone, a mobile one, with PUT /v1/contacts/{id}; he has the mail.",
        "Corrigez le téléphone du contact, un mobile, par PUT /v1/contacts/{id} ; il a le courriel.",
    ),
    RecipientKind.TECHNICIAN: Text(
        "Correct the technician's phone, a mobile one, with PUT /v1/technicians/{id}, and call him.",
        "Corrigez le téléphone du technicien, un mobile, par PUT /v1/technicians/{id} et appelez-le.",
    ),
    RecipientKind.STAFF: Text(
        "Correct his phone, a mobile one, with PUT /v1/staff/{id}, and call him.",
        "Corrigez son téléphone, un mobile, par PUT /v1/staff/{id} et appelez-le.",
    ),
}


_PUSH_TAKEN = Text(
    "Nothing: the push service of his browser took it.", "Rien : le service push de son navigateur l'a pris."
)
_PUSH_STALE = Text(
    "Nothing: the time to act on it was over before it could be sent; he has the mail.",
    "Rien : il n'était plus temps d'agir quand l'envoi a été possible ; il a le courriel.",
)
_PUSH_AGAIN = Text(
    "It is tried again at retry_at: the push service of his browser did not take it.",
    "Nouvel essai à retry_at : le service push de son navigateur ne l'a pas pris.",
)
_PUSH_GONE = Text(
    "Nothing: that browser is forgotten; he is told by mail and SMS, and can choose a browser on his page.",
    "Rien : ce navigateur est oublié, il reçoit courriel et SMS ; il peut en choisir un sur sa page.",
)
_PUSH_REFUSED = Text(
    "The push service refused it, for what failure says: check ASTREINTE_PUSH_KEY; he has the mail.",
    "Le service push l'a refusé, pour la raison que dit failure : vérifiez ASTREINTE_PUSH_KEY ; il a le "
    "courriel.",
)
_CALL_TAKEN = Text(
    "The telephone rings; answer says what came of it.", "Le téléphone sonne ; answer dira ce qu'il en est."
)
_CALL_ANSWERED = {
    CallAnswer.ACCEPTED: Text("Nothing: he goes.", "Rien : il y va."),
    CallAnswer.DECLINED: Text("Nothing: somebody else is chosen.", "Rien : quelqu'un d'autre est choisi."),
}
_CALL_UNANSWERED = Text(
    "He is called once more, then the visit goes to somebody else when his time to answer is over.",
    "Il est rappelé une fois, puis la visite passe à quelqu'un d'autre à la fin de son délai de réponse.",
)
_CALL_AGAIN = Text(
    "It is tried again at retry_at; check that the voice gateway answers (ASTREINTE_VOICE_URL).",
    "Nouvel essai à retry_at ; vérifiez que la passerelle vocale répond (ASTREINTE_VOICE_URL).",
)
_CALL_GIVEN_UP = Text(
    "The voice gateway did not take it, for what failure says: check the settings ASTREINTE_VOICE_…, his "
    "number and your credit there; call him yourself.",
    "La passerelle vocale ne l'a pas pris, pour la raison que dit failure : vérifiez les réglages "
    "ASTREINTE_VOICE_…, son numéro et votre crédit ; appelez-le vous-même.",
)
_CALL_WAITING = Text(
    "He is called at settles_at unless he answers before.",
    "Il est appelé à settles_at, sauf s'il répond d'ici là.",
)
_QUIET = Text(
    "It is told at settles_at, when his quiet hours are over.",
    "Il part à settles_at, à la fin de ses heures calmes.",
)


def next_step(delivery: Delivery) -> Text:
    if delivery.hushed and delivery.settling:
        return _QUIET
    if delivery.channel is MessageChannel.VOICE:
        return _of_call(delivery)
    if delivery.channel is MessageChannel.PUSH:
        return _of_push(delivery)
    if delivery.channel is MessageChannel.SMS:
        return _of_sms(delivery)
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
            at_fault = (delivery.failure or "").startswith(("no-address", "bad-address", REFUSED))
            return _ADDRESS[delivery.message.recipient.kind] if at_fault else _GIVEN_UP
    if delivery.settling:
        return _SETTLING if delivery.digest_for is None else _FOR_DIGEST
    return _AGAIN if delivery.attempts else _WAITING


def _of_call(delivery: Delivery) -> Text:
    taken = _CALL_TAKEN if delivery.answer is None else _CALL_ANSWERED.get(delivery.answer, _CALL_UNANSWERED)
    return _of_number(delivery, taken, _CALL_GIVEN_UP, _CALL_AGAIN, _CALL_WAITING)


def _of_push(delivery: Delivery) -> Text:
    match delivery.state:
        case DeliveryState.SENT:
            return _PUSH_TAKEN
        case DeliveryState.SENDING:
            return _SENDING
        case DeliveryState.FAILED:
            return _PUSH_GONE if (delivery.failure or "").startswith(GONE) else _PUSH_REFUSED
        case DeliveryState.QUEUED:
            if delivery.settling:
                return _QUIET
            return _PUSH_AGAIN if delivery.attempts else _WAITING
    return _PUSH_STALE


def _of_sms(delivery: Delivery) -> Text:
    return _of_number(delivery, _SMS_TAKEN, _SMS_GIVEN_UP, _SMS_AGAIN, _SMS_WAITING)


def _of_number(delivery: Delivery, taken: Text, given_up: Text, again: Text, settling: Text) -> Text:
    """Of what goes to a telephone's number."""
    match delivery.state:
        case DeliveryState.SENT:
            return taken
        case DeliveryState.SENDING:
            return _SENDING
        case DeliveryState.FAILED:
            at_fault = (delivery.failure or "").startswith(("no-number", "bad-number"))
            return _NUMBER[delivery.message.recipient.kind] if at_fault else given_up
        case DeliveryState.QUEUED:
            waiting = again if delivery.attempts else _WAITING
            return settling if delivery.settling else waiting
    return _SMS_WITHDRAWN
