"""The problems that only this service's rules raise."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType

PROBLEMS: Mapping[str, ProblemType] = {
    "message-kind-not-his": ProblemType(
        422,
        Text("Such a person is never told that", "Une telle personne ne reçoit jamais cela"),
        Text("Choose among the kinds that `kinds` names.", "Choisissez parmi les genres que `kinds` nomme."),
    ),
    "message-cannot-wait": ProblemType(
        422,
        Text("That can neither wait nor be turned off", "Cela ne peut ni attendre ni être coupé"),
        Text(
            "Leave the kinds that `kinds` names at-once, or sms.",
            "Laissez at-once, ou sms, les genres que `kinds` nomme.",
        ),
    ),
    "token-without-subject": ProblemType(
        422,
        Text("The token names nobody", "Le jeton ne nomme personne"),
        Text(
            "Name the person with `person` and `as`, or use a token of his.",
            "Nommez la personne par `person` et `as`, ou prenez un jeton à elle.",
        ),
    ),
    "call-answered": ProblemType(
        409,
        Text("This call has its answer", "Cet appel a sa réponse"),
        Text("Nothing: the first answer holds.", "Rien : la première réponse vaut."),
    ),
    "call-unsigned": ProblemType(
        403,
        Text("It is not the voice gateway's", "Cela ne vient pas de la passerelle vocale"),
        Text(
            "Set ASTREINTE_VOICE_SECRET to the secret by which the gateway signs.",
            "Réglez ASTREINTE_VOICE_SECRET sur le secret par lequel signe la passerelle.",
        ),
    ),
    "template-wrong": ProblemType(
        422,
        Text("The template cannot be used", "Le modèle est inutilisable"),
        Text("Correct the lines that `errors` names.", "Corrigez les lignes que nomme `errors`."),
    ),
    "no-push": ProblemType(
        404,
        Text("Nobody is told by push here", "Personne n'est prévenu par push ici"),
        Text(
            "The firm sets ASTREINTE_PUSH_KEY to what `astreinte push-key` prints.",
            "La société règle ASTREINTE_PUSH_KEY sur ce qu'affiche `astreinte push-key`.",
        ),
    ),
    "push-address": ProblemType(
        422,
        Text("Nothing can be pushed to that browser", "Rien ne peut être poussé vers ce navigateur"),
        Text(
            "Send what the browser's PushSubscription says, as it says it.",
            "Envoyez ce que dit le PushSubscription du navigateur, tel quel.",
        ),
    ),
    "customer-not-named": ProblemType(
        422,
        Text("Whose it is was not said", "Le client n'est pas nommé"),
        Text("Name the customer with `customer_id`.", "Nommez le client par `customer_id`."),
    ),
    "webhook-address": ProblemType(
        422,
        Text("Nothing can be sent to that address", "Rien ne peut être envoyé à cette adresse"),
        Text(
            "Give a public address that begins with https://; the firm can permit others "
            "(ASTREINTE_WEBHOOK_NETWORKS).",
            "Donnez une adresse publique en https:// ; la société peut en permettre d'autres "
            "(ASTREINTE_WEBHOOK_NETWORKS).",
        ),
    ),
    "too-many-secrets": ProblemType(
        409,
        Text("Too many secrets are valid at once", "Trop de secrets valables à la fois"),
        Text(
            "Wait until an older one is not, or end them with `both_for_hours` 0.",
            "Attendez la fin d'un ancien, ou révoquez-les par `both_for_hours` 0.",
        ),
    ),
    "replay-too-far": ProblemType(
        422,
        Text("What was so long ago is not kept", "Ce qui est si ancien n'est plus conservé"),
        Text("Ask from `earliest` on.", "Demandez à partir de `earliest`."),
    ),
    "api-key-not-active": ProblemType(
        409,
        Text("This key is not in use", "Cette clé ne sert plus"),
        Text(
            "Rotate the key that replaced it, or make one.",
            "Renouvelez celle qui l'a remplacée, ou créez-en une.",
        ),
    ),
    "api-key-expiry": ProblemType(
        422,
        Text("A key cannot expire then", "Une clé ne peut pas expirer à ce moment"),
        Text("Choose a moment to come, by `latest`.", "Choisissez un moment à venir, avant `latest`."),
    ),
}
