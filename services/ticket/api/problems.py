"""The problems that only this service's rules raise."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType
from services.ticket.api.agreed_problems import AGREED
from services.ticket.api.linked_problems import LINKED
from services.ticket.api.problem_rule import rule

PROBLEMS: Mapping[str, ProblemType] = {
    **AGREED,
    **LINKED,
    "period-ends-before-it-begins": rule(
        "The period ends before it begins",
        "La période finit avant de commencer",
        "Swap or correct `from` and `to`.",
        "Échangez ou corrigez `from` et `to`.",
    ),
    "period-ahead": rule(
        "The period has not begun",
        "La période n'a pas commencé",
        "Ask for days that have.",
        "Demandez des jours commencés.",
    ),
    "period-too-long": rule(
        "The period is too long",
        "La période est trop longue",
        "Ask for a year at a time.",
        "Demandez une année à la fois.",
    ),
    "per-person-figures-off": ProblemType(
        403,
        Text("Figures of single persons are not given", "Les chiffres par personne ne sont pas donnés"),
        Text(
            "Break the figures down by something else, or have the firm's administrator allow these.",
            "Ventilez les chiffres autrement, ou demandez à l'administrateur de la société de les permettre.",
        ),
    ),
    "document-too-long": rule(
        "The month is too long for a document",
        "Le mois est trop long pour un document",
        "Ask for the workbook (.xlsx) or JSON, which hold all of it.",
        "Demandez le classeur (.xlsx) ou le JSON, qui contiennent tout.",
    ),
    "too-many-rows": rule(
        "More tickets than an export holds",
        "Plus de tickets qu'un export n'en contient",
        "Narrow the filters, and export in several parts.",
        "Resserrez les filtres, et exportez en plusieurs parties.",
    ),
    "attachment-too-large": ProblemType(
        413,
        Text("The file is too large", "Le fichier est trop volumineux"),
        Text(
            "Send at most `limit_bytes` bytes: a smaller picture, or several files.",
            "Envoyez au plus `limit_bytes` octets : une image plus petite, ou plusieurs fichiers.",
        ),
    ),
    "not-one-file": rule(
        "This is no form with one file",
        "Ce n'est pas un formulaire avec un fichier",
        "Send multipart/form-data with one part `file` that has a name and is not empty.",
        "Envoyez multipart/form-data avec une seule partie `file`, nommée et non vide.",
    ),
    "upload-too-slow": ProblemType(
        408,
        Text("The file takes too long to arrive", "Le fichier met trop de temps à arriver"),
        Text(
            "Send it again, with the same Idempotency-Key, over a better connection.",
            "Renvoyez-le, avec le même Idempotency-Key, par une meilleure connexion.",
        ),
    ),
    "too-many-attachments": rule(
        "The ticket has as many attachments as it may have",
        "Le ticket a autant de pièces jointes qu'il peut en avoir",
        "Remove one with DELETE …/attachments/{attachment_id} first.",
        "Retirez-en d'abord une par DELETE …/attachments/{attachment_id}.",
    ),
    "attachment-removed": ProblemType(
        410,
        Text("Somebody has removed this attachment", "Cette pièce jointe a été retirée"),
        Text(
            "GET …/timeline says who removed it; attach it again if it is needed.",
            "GET …/timeline dit qui l'a retirée ; joignez-la à nouveau au besoin.",
        ),
    ),
    "not-its-author": ProblemType(
        403,
        Text("Somebody else attached this", "Quelqu'un d'autre a joint cette pièce"),
        Text(
            "Ask whoever attached it, or the hotline, to remove it.",
            "Demandez à qui l'a jointe, ou à la hotline, de la retirer.",
        ),
    ),
    "no-such-link": ProblemType(
        404,
        Text("This link leads nowhere", "Ce lien ne mène nulle part"),
        Text(
            "Follow the link in our last mail; it is good for 60 days.",
            "Suivez le lien de notre dernier message ; il vaut 60 jours.",
        ),
    ),
    "mark-final": ProblemType(
        409,
        Text("The mark cannot be changed any more", "La note ne se change plus"),
        Text("Tell the hotline what you think now.", "Dites votre avis à la hotline."),
    ),
    "not-a-photo": rule(
        "The answer is no picture of this ticket",
        "La réponse n'est pas une image de ce ticket",
        "Attach the picture with POST …/attachments, and answer with its id, or with null.",
        "Joignez l'image par POST …/attachments, et répondez par son identifiant, ou par null.",
    ),
    "view-ships": ProblemType(
        409,
        Text("Nobody changes this view", "Personne ne change cette vue"),
        Text(
            "Read it, and PUT what you want of it under an id of your own.",
            "Lisez-la, et enregistrez ce que vous en voulez par PUT sous votre propre identifiant.",
        ),
    ),
    "not-your-view": ProblemType(
        403,
        Text("Somebody else shared this view", "Cette vue est partagée par quelqu'un d'autre"),
        Text("PUT yours under another id.", "Enregistrez la vôtre par PUT sous un autre identifiant."),
    ),
    "nobody-to-share-with": rule(
        "A view is shared with one's own side",
        "Une vue se partage avec les siens",
        "Send `firm` for the firm, `customer` for your customer, or false in `shared`.",
        "Envoyez `firm` pour la société, `customer` pour votre client, ou false dans `shared`.",
    ),
    "nothing-drafted": rule(
        "There is no draft of the article",
        "L'article n'a pas de brouillon",
        "Write one with PUT /v1/articles/{id}.",
        "Écrivez-en un par PUT /v1/articles/{id}.",
    ),
    "not-reviewed": rule(
        "Nobody has reviewed the draft",
        "Personne n'a relu le brouillon",
        "POST /v1/articles/{id}/review once somebody who knows the trade has read it.",
        "POST /v1/articles/{id}/review une fois le brouillon relu par quelqu'un du métier.",
    ),
    "too-many-watchers": rule(
        "Too many people follow the ticket",
        "Trop de personnes suivent le ticket",
        "Take somebody off it with POST …/unwatch first.",
        "Retirez d'abord quelqu'un par POST …/unwatch.",
    ),
    "nobody-named": rule(
        "Nobody is named who is to follow the ticket",
        "Personne n'est nommé pour suivre le ticket",
        "Name one of the customer's contacts in `contact`.",
        "Nommez dans `contact` l'un des contacts du client.",
    ),
    "senseless-log": rule(
        "No clock can run on a log that makes no sense",
        "Aucun décompte n'est possible sur un journal incohérent",
        "Correct or leave out the entry that `entry` names.",
        "Corrigez ou omettez l'entrée nommée par `entry`.",
    ),
    "appointment-without-time": rule(
        "An appointment needs a time",
        "Un rendez-vous a besoin d'une heure",
        "Say in `until` when the appointment is.",
        "Dites dans `until` quand est le rendez-vous.",
    ),
    "hold-ends-before-it-begins": rule(
        "The hold would end before it begins",
        "L'attente finirait avant de commencer",
        "Give an `until` that lies after the beginning of the hold, or leave it out.",
        "Donnez un `until` postérieur au début de l'attente, ou omettez-le.",
    ),
    "site-finished": rule(
        "Work at a site is finished",
        "Le travail sur un site est terminé",
        "Leave the sites that `sites` names out.",
        "Retirez les sites nommés par `sites`.",
    ),
    "site-not-held": rule(
        "A site is not on hold",
        "Un site n'est pas en attente",
        "Leave the sites that `sites` names out.",
        "Retirez les sites nommés par `sites`.",
    ),
    "diagnosis-invalid": rule(
        "Somebody would be lost in this diagnosis",
        "On se perdrait dans ce diagnostic",
        "Follow `path`, question by question, and mend what `detail` says at its end.",
        "Suivez `path`, question par question, et corrigez ce que dit `detail` à son terme.",
    ),
    "no-diagnosis-begun": rule(
        "Nobody has begun a diagnosis of this ticket",
        "Aucun diagnostic n'est commencé pour ce ticket",
        "Name one of GET /v1/diagnoses?category=… in `diagnosis`.",
        "Nommez-en un de GET /v1/diagnoses?category=… dans `diagnosis`.",
    ),
    "another-diagnosis-begun": rule(
        "Another diagnosis has begun",
        "Un autre diagnostic est commencé",
        "Leave `diagnosis` out, and answer the next question of the one that `diagnosis` names.",
        "Omettez `diagnosis`, et répondez à la question suivante de celui que nomme `diagnosis`.",
    ),
    "answered-twice": rule(
        "A question has two answers",
        "Une question a deux réponses",
        "Send one answer to the question that `question` names.",
        "Envoyez une seule réponse à la question nommée par `question`.",
    ),
    "question-not-asked": rule(
        "Nobody asked this question",
        "Cette question n'est pas posée",
        "Leave out the answer to `question`; the one to answer is in `next`, if any is left.",
        "Retirez la réponse à `question` ; celle qui reste est dans `next`, s'il y en a une.",
    ),
    "no-such-answer": rule(
        "That is no answer to this question",
        "Ce n'est pas une réponse à cette question",
        "Choose among those that `detail` names, or send null for 'I don't know'.",
        "Choisissez parmi celles de `detail`, ou envoyez null pour « je ne sais pas ».",
    ),
    "not-judged": rule(
        "The request does not say enough",
        "La demande n'en dit pas assez",
        "Send what `field` names, or answer the diagnosis to its end.",
        "Envoyez ce que nomme `field`, ou répondez au diagnostic jusqu'au bout.",
    ),
    "taken-already": ProblemType(
        409,
        Text("Somebody else has this ticket", "Quelqu'un d'autre a ce ticket"),
        Text(
            "Take another one, or POST …/hand-over with your own subject as `agent_id`.",
            "Prenez-en un autre, ou POST …/hand-over avec votre propre sujet dans `agent_id`.",
        ),
    ),
    "duplicate-of-what": rule(
        "A duplicate names its original",
        "Un doublon nomme son original",
        "Send duplicate_of with the reason duplicate, and only with it.",
        "Envoyez duplicate_of avec le motif duplicate, et seulement avec lui.",
    ),
    "duplicate-of-itself": rule(
        "A ticket is not its own duplicate",
        "Un ticket n'est pas son propre doublon",
        "Name the other ticket in duplicate_of.",
        "Nommez l'autre ticket dans duplicate_of.",
    ),
    "out-of-order": rule(
        "The times contradict each other",
        "Les horaires se contredisent",
        "Correct occurred_at, or leave it out.",
        "Corrigez occurred_at, ou omettez-le.",
    ),
    "occurred-before-the-opening": rule(
        "It happened before the ticket was opened",
        "Antérieur à l'ouverture du ticket",
        "Correct occurred_at, or leave it out.",
        "Corrigez occurred_at, ou omettez-le.",
    ),
    "mail-decided": ProblemType(
        409,
        Text("Somebody has decided already", "Quelqu'un a déjà décidé"),
        Text(
            "Read it again: `state` and `ticket_id` say what became of it.",
            "Relisez-le : `state` et `ticket_id` disent ce qu'il est devenu.",
        ),
    ),
    "mail-unreadable": ProblemType(
        422,
        Text("The mail cannot be read", "Le mail est illisible"),
        Text(
            "Open it in the mailbox; reject it here once that is done.",
            "Ouvrez-le dans la boîte ; rejetez-le ici ensuite.",
        ),
    ),
    "not-of-this-ticket": ProblemType(
        422,
        Text("It answers another customer's ticket", "Il répond au ticket d'un autre client"),
        Text(
            "Accept it with the customer of the ticket, or reject it.",
            "Acceptez-le avec le client du ticket, ou rejetez-le.",
        ),
    ),
    "site-not-told": ProblemType(
        422,
        Text("Nothing tells which site it is about", "Rien ne dit de quel site il s'agit"),
        Text(
            "Send `site_id`, or set the customer's `mail_site`.",
            "Envoyez `site_id`, ou définissez `mail_site` chez le client.",
        ),
    ),
}
