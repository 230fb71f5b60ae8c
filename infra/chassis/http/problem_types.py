"""Every type of problem that the chassis or a domain rule answers with, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.text import Text


@dataclass(frozen=True, slots=True)
class ProblemType:
    """``remedy`` says what whoever receives it can do."""

    status: int
    title: Text
    remedy: Text


def _t(status: int, en: str, fr: str, remedy_en: str, remedy_fr: str) -> ProblemType:
    return ProblemType(status, Text(en, fr), Text(remedy_en, remedy_fr))


CHASSIS_PROBLEMS: Mapping[str, ProblemType] = {
    "not-found": _t(
        404, "There is no such thing", "Introuvable",
        "Check the address and the id. Things of another customer look exactly like this.",
        "Vérifiez l'adresse et l'identifiant. Ce qui appartient à un autre client répond exactement ainsi.",
    ),
    "method-not-allowed": _t(
        405, "That cannot be done here", "Méthode non permise",
        "Use one of the methods that the Allow header names.",
        "Utilisez une des méthodes nommées par l'en-tête Allow.",
    ),
    "unknown-reference": _t(
        422, "The request names something that does not exist", "La demande nomme une chose qui n'existe pas",
        "Create what `kind` and `id` name first, or correct the id.",
        "Créez d'abord ce que nomment `kind` et `id`, ou corrigez l'identifiant.",
    ),
    "invalid-body": _t(
        422, "The body does not say what it should", "Le contenu n'est pas conforme",
        "Correct each place that `errors` points to. Nothing was stored.",
        "Corrigez chaque endroit désigné par `errors`. Rien n'a été enregistré.",
    ),
    "invalid-parameter": _t(
        422, "A parameter of the address or a header is wrong",
        "Un paramètre de l'adresse ou un en-tête est incorrect",
        "Correct each parameter that `errors` names.", "Corrigez chaque paramètre nommé par `errors`.",
    ),
    "invalid-json": _t(
        400, "The body is not JSON", "Le contenu n'est pas du JSON",
        "Send one JSON value, without NaN, Infinity or repeated names.",
        "Envoyez une valeur JSON, sans NaN, Infinity ni nom répété.",
    ),
    "not-utf8": _t(
        400, "The body is not UTF-8", "Le contenu n'est pas en UTF-8",
        "Encode the body in UTF-8.", "Encodez le contenu en UTF-8.",
    ),
    "body-too-large": _t(
        413, "The body is too large", "Le contenu est trop volumineux",
        "Send at most `limit_bytes` bytes; split what is larger.",
        "Envoyez au plus `limit_bytes` octets ; découpez ce qui est plus gros.",
    ),
    "unsupported-media-type": _t(
        415, "This kind of content is not read here", "Ce type de contenu n'est pas accepté",
        "Send application/json in UTF-8, not compressed.", "Envoyez du JSON en UTF-8, non compressé.",
    ),
    "unauthenticated": _t(
        401, "Who are you?", "Qui êtes-vous ?",
        "Send a bearer token in the Authorization header.",
        "Envoyez un jeton dans l'en-tête Authorization (Bearer).",
    ),
    "invalid-token": _t(
        401, "This token is not accepted", "Ce jeton n'est pas accepté",
        "Get a new token from the issuer; the detail says what is wrong with this one.",
        "Demandez un nouveau jeton à l'émetteur ; le détail dit ce qui ne va pas avec celui-ci.",
    ),
    "forbidden-role": _t(
        403, "Your role may not do this", "Votre rôle ne permet pas cela",
        "Ask somebody with one of the roles in `roles`.", "Adressez-vous à un des rôles nommés dans `roles`.",
    ),
    "cross-site": _t(
        403, "Another site asked for this", "Demande venue d'un autre site",
        "Open our own page and do it there; a program sends its token as Authorization: Bearer.",
        "Ouvrez notre page et faites-le là ; un programme envoie son jeton dans Authorization: Bearer.",
    ),
    "not-signed-in": _t(
        400, "Signing in did not succeed", "La connexion n'a pas abouti",
        "Open the page again and sign in anew.", "Rouvrez la page et reconnectez-vous.",
    ),
    "precondition-failed": _t(
        412, "It has changed since you read it", "Modifié depuis votre lecture",
        "Read it again, apply your change to what is there now and send the new ETag.",
        "Relisez, appliquez votre changement à l'état présent et envoyez le nouvel ETag.",
    ),
    "precondition-required": _t(
        428, "Say which version you are changing", "Indiquez la version que vous modifiez",
        "Read it and send its ETag in If-Match.", "Lisez-la et envoyez son ETag dans If-Match.",
    ),
    "illegal-transition": _t(
        409, "Not possible in the present state", "Impossible dans l'état présent",
        "`state` is the present state and `possible` what can be done now.",
        "`state` est l'état présent et `possible` ce qui est permis maintenant.",
    ),
    "conflict": _t(
        409, "This conflicts with what is there", "Conflit avec l'existant",
        "Read what is there and decide again.", "Relisez l'existant et décidez à nouveau.",
    ),
    "already-exists": _t(
        409, "It exists already", "Existe déjà",
        "Use what is there, or choose another id.", "Utilisez l'existant, ou un autre identifiant.",
    ),
    "external-reference-taken": _t(
        409, "This external reference has its ticket already", "Cette référence externe a déjà son ticket",
        "Follow the ticket that `ticket_id` names, or send another reference.",
        "Suivez le ticket nommé par `ticket_id`, ou envoyez une autre référence.",
    ),
    "idempotency-key-required": _t(
        400, "An Idempotency-Key is required here", "Un Idempotency-Key est requis ici",
        "Send a new random key with each new request and the same key with its repetitions.",
        "Envoyez une clé neuve par demande, et la même clé pour ses répétitions.",
    ),
    "idempotency-key-invalid": _t(
        400, "This Idempotency-Key cannot be used", "Cet Idempotency-Key est inutilisable",
        "Use 1 to 200 printable ASCII characters, a UUID for example.",
        "Utilisez 1 à 200 caractères ASCII imprimables, un UUID par exemple.",
    ),
    "idempotency-key-reused": _t(
        422, "This key belongs to another request", "Cette clé appartient à une autre demande",
        "Send a new key with a new request.", "Envoyez une nouvelle clé avec une nouvelle demande.",
    ),
    "idempotency-in-progress": _t(
        409, "The same request is being worked on", "La même demande est en cours",
        "Repeat it with the same key after the time in Retry-After.",
        "Répétez-la avec la même clé après le délai de Retry-After.",
    ),
    "too-many-requests": _t(
        429, "Too many requests", "Trop de demandes",
        "Wait for the time in Retry-After, then send at a slower pace.",
        "Attendez le délai de Retry-After, puis ralentissez.",
    ),
    "not-ready": _t(
        503, "Not ready to answer", "Pas encore prêt",
        "Repeat the request, with the same Idempotency-Key, after the time in Retry-After.",
        "Répétez la demande, avec le même Idempotency-Key, après le délai de Retry-After.",
    ),
    "contended": _t(
        503, "Too many change this at the same time", "Trop de modifications simultanées",
        "Try again after the time in Retry-After.", "Réessayez après le délai de Retry-After.",
    ),
    "outbox-full": _t(
        503, "Too many events wait to be published", "Trop d'événements attendent leur publication",
        "Try again once the broker answers.", "Réessayez quand le courtier Kafka répond.",
    ),
    "event-too-large": _t(
        422, "This is too much for one event", "Trop volumineux pour un événement",
        "Shorten the texts or send fewer items.", "Raccourcissez les textes ou envoyez moins d'éléments.",
    ),
    "occurred-in-the-future": _t(
        422, "This has not happened yet", "Cela n'a pas encore eu lieu",
        "Give a time that has passed, or leave occurred_at out.",
        "Donnez un instant passé, ou omettez occurred_at.",
    ),
    "occurred-too-long-ago": _t(
        422, "Too long ago to be dated by the customer", "Trop ancien pour être daté par le client",
        "Leave occurred_at out, or ask the hotline to date it.",
        "Omettez occurred_at, ou demandez à la hotline de le dater.",
    ),
    "api-key-revoked": _t(
        401, "This API key was revoked", "Cette clé d'API a été révoquée",
        "Ask whoever runs your integration for the key that replaced it.",
        "Demandez la clé qui l'a remplacée à qui gère votre intégration.",
    ),
    "api-key-expired": _t(
        401, "This API key has expired", "Cette clé d'API a expiré",
        "Rotate a key before it expires; now have a new one made.",
        "Renouvelez une clé avant son échéance ; faites-en créer une nouvelle.",
    ),
    "forbidden-key": _t(
        403, "This API key was not made for that", "Cette clé d'API n'est pas faite pour cela",
        "Use a key with the verb that `verb` names.", "Utilisez une clé qui a le verbe nommé par `verb`.",
    ),
    "unreadable-file": _t(
        422, "This file cannot be read as a table", "Ce fichier n'est pas lisible comme tableau",
        "Save it as xlsx or csv, or start with the template.",
        "Enregistrez-le en xlsx ou csv, ou partez du modèle.",
    ),
    "unsafe-file": _t(
        422, "This file is not what a table looks like", "Ce fichier n'a pas l'aspect d'un tableau",
        "Copy its lines into the template and send that.",
        "Copiez ses lignes dans le modèle et envoyez-le.",
    ),
    "too-many-lines": _t(
        413, "This file is too long", "Ce fichier est trop long",
        "Split it and send one part after the other.",
        "Divisez-le et envoyez les parties l'une après l'autre.",
    ),
    "empty-file": _t(
        422, "This file has no line of headings", "Ce fichier n'a pas de ligne d'en-têtes",
        "Start with the template, which has them.", "Partez du modèle, qui les contient.",
    ),
    "no-id-column": _t(
        422, "No column says which things the lines are about", "Aucune colonne n'identifie les lignes",
        "Add a column Id, or start with the template.",
        "Ajoutez une colonne Identifiant, ou partez du modèle.",
    ),
    "heading-twice": _t(
        422, "Two columns say the same thing", "Deux colonnes disent la même chose",
        "Leave one of those in `headings` out.", "Retirez une de celles de `headings`.",
    ),
    "no-file": _t(
        422, "No file came", "Aucun fichier n'est arrivé",
        "Send it as the part `file` of a form.", "Envoyez-le comme partie `file` d'un formulaire.",
    ),
    "import-changed": _t(
        409, "Something has changed since it was shown", "Quelque chose a changé depuis l'affichage",
        "Look at its lines again and apply with the new `token`.",
        "Relisez ses lignes et appliquez avec le nouveau `token`.",
    ),
    "import-expired": _t(
        410, "Its lines are not kept any more", "Ses lignes ne sont plus conservées",
        "Send the file again.", "Renvoyez le fichier.",
    ),
    "refused": _t(
        422, "A rule refused this", "Une règle a refusé cette demande",
        "The detail says which rule, and what to do next.", "Le détail dit laquelle et que faire ensuite.",
    ),
    "unexpected": _t(
        500, "Something went wrong here", "Une erreur est survenue chez nous",
        "Try again; if it persists, tell support the correlation id.",
        "Réessayez ; si cela persiste, donnez au support l'identifiant de corrélation.",
    ),
}  # fmt: skip
