"""The problems that only this service's rules raise."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType


def _rule(en: str, fr: str, remedy_en: str, remedy_fr: str) -> ProblemType:
    return ProblemType(422, Text(en, fr), Text(remedy_en, remedy_fr))


PROBLEMS: Mapping[str, ProblemType] = {
    "priority-without-target": _rule(
        "A priority has no target",
        "Une priorité n'a pas d'objectif",
        "Add a target for each priority that `priorities` names, or change the matrix.",
        "Ajoutez un objectif pour chaque priorité nommée par `priorities`, ou changez la matrice.",
    ),
    "unknown-calendar": _rule(
        "A target counts on a calendar that the contract does not define",
        "Un objectif compte sur un calendrier que le contrat ne définit pas",
        "Define the calendar that `calendar` names, or correct the target.",
        "Définissez le calendrier nommé par `calendar`, ou corrigez l'objectif.",
    ),
    "duplicate-target": _rule(
        "A priority names a target twice",
        "Une priorité nomme deux fois un objectif",
        "Give each target of a priority its own name.",
        "Donnez un nom propre à chaque objectif d'une priorité.",
    ),
    "contract-ends-before-it-begins": _rule(
        "The contract ends before it begins",
        "Le contrat finit avant de commencer",
        "Correct valid_from or valid_to.",
        "Corrigez valid_from ou valid_to.",
    ),
    "rewrites-the-past": _rule(
        "The change would rewrite the past",
        "Le changement réécrirait le passé",
        "Send an applies_from that is not before the day in `earliest`, or leave it out.",
        "Envoyez un applies_from qui ne précède pas le jour de `earliest`, ou omettez-le.",
    ),
    "sample-not-covered": _rule(
        "The terms say nothing of a sample",
        "Les termes ne disent rien d'un exemple",
        "Choose one of the contract's sites, and a day on which it is valid.",
        "Choisissez un site du contrat, et un jour où il est valable.",
    ),
    "no-site-to-preview": _rule(
        "There is no site at which a clock could run",
        "Aucun site où un délai pourrait courir",
        "Write one of the customer's sites first.",
        "Écrivez d'abord un site du client.",
    ),
    "exclusion-outside-the-ticket": _rule(
        "The time lies outside the ticket's life",
        "Ce temps est hors de la vie du ticket",
        "Give `from` and `to` between `earliest` and `latest`.",
        "Donnez `from` et `to` entre `earliest` et `latest`.",
    ),
    "exclusion-overlaps": _rule(
        "The time is left out already",
        "Ce temps est déjà exclu",
        "Leave out what lies between `from` and `to` of the other exclusion.",
        "Retirez ce qui est entre `from` et `to` de l'autre exclusion.",
    ),
    "awaits-approval": _rule(
        "Work there waits for the client's approval",
        "Le travail y attend l'accord du client",
        "Send a quote with POST …/quote, or end the hold with POST …/resume.",
        "Envoyez un devis par POST …/quote, ou reprenez par POST …/resume.",
    ),
    "no-open-quote": _rule(
        "No quote waits for an answer",
        "Aucun devis n'attend de réponse",
        "Ask the firm for a quote; GET …/quote shows the last one.",
        "Demandez un devis ; GET …/quote montre le dernier.",
    ),
    "quote-expired": _rule(
        "The quote has expired",
        "Le devis a expiré",
        "Ask the firm for a new one.",
        "Demandez-en un nouveau.",
    ),
    "quote-over-before-it-begins": _rule(
        "Nobody could approve of the quote in time",
        "Personne ne pourrait accepter le devis à temps",
        "Give a `valid_until` that lies ahead.",
        "Donnez un `valid_until` à venir.",
    ),
    "not-its-manager": _rule(
        "Nobody who may only touch his own contracts makes one that is not his",
        "Qui ne gère que ses contrats n'en crée pas pour d'autres",
        "Name the subject of your token, which `manager` says, among the contract's managers.",
        "Nommez le sujet de votre jeton, donné par `manager`, parmi les gestionnaires du contrat.",
    ),
    "month-ahead": _rule(
        "The month has not begun",
        "Le mois n'a pas commencé",
        "Ask for a month that has.",
        "Demandez un mois commencé.",
    ),
    "month-not-over": _rule(
        "The month is not over",
        "Le mois n'est pas fini",
        "Wait until it is over at every site.",
        "Attendez qu'il soit fini sur tous les sites.",
    ),
    "contesting-over": _rule(
        "The month can no longer be contested",
        "Le mois ne peut plus être contesté",
        "Ask the contract's manager for a correction (POST .../correct).",
        "Demandez une correction au gestionnaire du contrat (POST .../correct).",
    ),
    "contest-answered": _rule(
        "The contest has its answer",
        "La contestation a sa réponse",
        "Contest again what is still wrong.",
        "Contestez à nouveau ce qui reste faux.",
    ),
    "contests-open": _rule(
        "Something contested has no answer",
        "Une contestation est sans réponse",
        "Answer what `contests` numbers (POST .../contests/{n}/answer), then freeze the month.",
        "Répondez à celles que `contests` numérote (POST .../contests/{n}/answer), puis figez le mois.",
    ),
    "still-contestable": _rule(
        "The month may still be contested",
        "Le mois peut encore être contesté",
        "Wait until the day after `until`, or say in `agreed_by` who of the customer's agreed.",
        "Attendez le lendemain de `until`, ou dites dans `agreed_by` qui du client a donné son accord.",
    ),
    "statement-frozen": _rule(
        "The month is frozen",
        "Le mois est figé",
        "POST .../correct makes a new version of what is known since.",
        "POST .../correct fait une nouvelle version de ce qui est su depuis.",
    ),
    "statement-provisional": _rule(
        "The month is not frozen",
        "Le mois n'est pas figé",
        "Correct the tickets: a provisional month shows whatever is known.",
        "Corrigez les tickets : un mois provisoire montre tout ce qui est su.",
    ),
    "statement-overtaken": _rule(
        "Somebody made a version meanwhile",
        "Quelqu'un a fait une version entre-temps",
        "Read the version that `version` numbers, and correct that one where it is still wrong.",
        "Lisez la version que `version` numérote, et corrigez-la si elle est encore fausse.",
    ),
    "nothing-to-correct": _rule(
        "The version says all that is known",
        "La version dit tout ce qui est su",
        "Correct a ticket first (requalify it, close it late).",
        "Corrigez d'abord un ticket (requalification, clôture tardive).",
    ),
    "too-many-rows": _rule(
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
    "not-one-file": _rule(
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
    "too-many-attachments": _rule(
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
    "not-a-photo": _rule(
        "The answer is no picture of this ticket",
        "La réponse n'est pas une image de ce ticket",
        "Attach the picture with POST …/attachments, and answer with its id, or with null.",
        "Joignez l'image par POST …/attachments, et répondez par son identifiant, ou par null.",
    ),
    "nothing-drafted": _rule(
        "There is no draft of the article",
        "L'article n'a pas de brouillon",
        "Write one with PUT /v1/articles/{id}.",
        "Écrivez-en un par PUT /v1/articles/{id}.",
    ),
    "not-reviewed": _rule(
        "Nobody has reviewed the draft",
        "Personne n'a relu le brouillon",
        "POST /v1/articles/{id}/review once somebody who knows the trade has read it.",
        "POST /v1/articles/{id}/review une fois le brouillon relu par quelqu'un du métier.",
    ),
    "too-many-watchers": _rule(
        "Too many people follow the ticket",
        "Trop de personnes suivent le ticket",
        "Take somebody off it with POST …/unwatch first.",
        "Retirez d'abord quelqu'un par POST …/unwatch.",
    ),
    "nobody-named": _rule(
        "Nobody is named who is to follow the ticket",
        "Personne n'est nommé pour suivre le ticket",
        "Name one of the customer's contacts in `contact`.",
        "Nommez dans `contact` l'un des contacts du client.",
    ),
    "senseless-log": _rule(
        "No clock can run on a log that makes no sense",
        "Aucun décompte n'est possible sur un journal incohérent",
        "Correct or leave out the entry that `entry` names.",
        "Corrigez ou omettez l'entrée nommée par `entry`.",
    ),
    "appointment-without-time": _rule(
        "An appointment needs a time",
        "Un rendez-vous a besoin d'une heure",
        "Say in `until` when the appointment is.",
        "Dites dans `until` quand est le rendez-vous.",
    ),
    "hold-ends-before-it-begins": _rule(
        "The hold would end before it begins",
        "L'attente finirait avant de commencer",
        "Give an `until` that lies after the beginning of the hold, or leave it out.",
        "Donnez un `until` postérieur au début de l'attente, ou omettez-le.",
    ),
    "worklog-ends-before-it-begins": _rule(
        "The work would end before it begins",
        "Le travail finirait avant de commencer",
        "Correct `from` or `to`.",
        "Corrigez `from` ou `to`.",
    ),
    "worklog-too-long": _rule(
        "The work lasts longer than anybody works",
        "Le travail dure plus longtemps que quiconque ne travaille",
        "Correct `from` or `to`, or log each stretch of work by itself.",
        "Corrigez `from` ou `to`, ou saisissez chaque période à part.",
    ),
    "work-overlaps": ProblemType(
        409,
        Text("The same person worked on something else then", "La même personne travaillait ailleurs"),
        Text(
            "Correct `from` or `to`, or the worklog that `source` names with POST …/correct.",
            "Corrigez `from` ou `to`, ou la saisie nommée par `source` avec POST …/correct.",
        ),
    ),
    "site-finished": _rule(
        "Work at a site is finished",
        "Le travail sur un site est terminé",
        "Leave the sites that `sites` names out.",
        "Retirez les sites nommés par `sites`.",
    ),
    "site-not-held": _rule(
        "A site is not on hold",
        "Un site n'est pas en attente",
        "Leave the sites that `sites` names out.",
        "Retirez les sites nommés par `sites`.",
    ),
    "diagnosis-invalid": _rule(
        "Somebody would be lost in this diagnosis",
        "On se perdrait dans ce diagnostic",
        "Follow `path`, question by question, and mend what `detail` says at its end.",
        "Suivez `path`, question par question, et corrigez ce que dit `detail` à son terme.",
    ),
    "no-diagnosis-begun": _rule(
        "Nobody has begun a diagnosis of this ticket",
        "Aucun diagnostic n'est commencé pour ce ticket",
        "Name one of GET /v1/diagnoses?category=… in `diagnosis`.",
        "Nommez-en un de GET /v1/diagnoses?category=… dans `diagnosis`.",
    ),
    "another-diagnosis-begun": _rule(
        "Another diagnosis has begun",
        "Un autre diagnostic est commencé",
        "Leave `diagnosis` out, and answer the next question of the one that `diagnosis` names.",
        "Omettez `diagnosis`, et répondez à la question suivante de celui que nomme `diagnosis`.",
    ),
    "answered-twice": _rule(
        "A question has two answers",
        "Une question a deux réponses",
        "Send one answer to the question that `question` names.",
        "Envoyez une seule réponse à la question nommée par `question`.",
    ),
    "question-not-asked": _rule(
        "Nobody asked this question",
        "Cette question n'est pas posée",
        "Leave out the answer to `question`; the one to answer is in `next`, if any is left.",
        "Retirez la réponse à `question` ; celle qui reste est dans `next`, s'il y en a une.",
    ),
    "no-such-answer": _rule(
        "That is no answer to this question",
        "Ce n'est pas une réponse à cette question",
        "Choose among those that `detail` names, or send null for 'I don't know'.",
        "Choisissez parmi celles de `detail`, ou envoyez null pour « je ne sais pas ».",
    ),
    "not-judged": _rule(
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
    "duplicate-of-what": _rule(
        "A duplicate names its original",
        "Un doublon nomme son original",
        "Send duplicate_of with the reason duplicate, and only with it.",
        "Envoyez duplicate_of avec le motif duplicate, et seulement avec lui.",
    ),
    "duplicate-of-itself": _rule(
        "A ticket is not its own duplicate",
        "Un ticket n'est pas son propre doublon",
        "Name the other ticket in duplicate_of.",
        "Nommez l'autre ticket dans duplicate_of.",
    ),
    "out-of-order": _rule(
        "The times contradict each other",
        "Les horaires se contredisent",
        "Correct occurred_at, or leave it out.",
        "Corrigez occurred_at, ou omettez-le.",
    ),
    "occurred-before-the-opening": _rule(
        "It happened before the ticket was opened",
        "Antérieur à l'ouverture du ticket",
        "Correct occurred_at, or leave it out.",
        "Corrigez occurred_at, ou omettez-le.",
    ),
    "parent-of-itself": _rule(
        "A ticket is not its own parent",
        "Un ticket n'est pas son propre parent",
        "Name another ticket in `parent`.",
        "Nommez un autre ticket dans `parent`.",
    ),
    "parent-of-another-customer": _rule(
        "The parent is another customer's",
        "Le parent est d'un autre client",
        "Declare a major incident: POST /v1/major-incidents.",
        "Déclarez un incident majeur : POST /v1/major-incidents.",
    ),
    "parent-has-a-parent": _rule(
        "A parent has no parent",
        "Un parent n'a pas de parent",
        "Name the ticket that `parent` gives.",
        "Nommez le ticket donné par `parent`.",
    ),
    "has-children": _rule(
        "A ticket with children gets no parent",
        "Un ticket qui a des enfants n'a pas de parent",
        "Detach those that `children` names first: DELETE /v1/tickets/{id}/parent.",
        "Détachez d'abord ceux que nomme `children` : DELETE /v1/tickets/{id}/parent.",
    ),
    "parent-cancelled": _rule(
        "The parent is cancelled",
        "Le parent est annulé",
        "Name the ticket that goes on instead.",
        "Nommez le ticket qui se poursuit à sa place.",
    ),
    "too-many-children": _rule(
        "The parent has as many children as a ticket may",
        "Le parent a le plus grand nombre d'enfants possible",
        "Declare a major incident: POST /v1/major-incidents.",
        "Déclarez un incident majeur : POST /v1/major-incidents.",
    ),
    "note-not-for-children": _rule(
        "The note does not go to the children",
        "La note ne va pas aux enfants",
        "Make it public, or leave `also_children` out.",
        "Rendez-la publique, ou omettez `also_children`.",
    ),
    "in-another-major-incident": _rule(
        "The ticket is part of another major incident",
        "Le ticket fait partie d'un autre incident majeur",
        "DELETE /v1/major-incidents/{major_id}/tickets/{id} first.",
        "D'abord DELETE /v1/major-incidents/{major_id}/tickets/{id}.",
    ),
    "ticket-cancelled": _rule(
        "The ticket is cancelled",
        "Le ticket est annulé",
        "Attach the ticket that goes on instead.",
        "Rattachez le ticket qui se poursuit à sa place.",
    ),
    "too-many-attached": _rule(
        "The major incident has as many tickets as one may",
        "L'incident majeur a le plus grand nombre de tickets possible",
        "Make the others children of an attached ticket: PUT /v1/tickets/{id}/parent.",
        "Faites des autres les enfants d'un ticket rattaché : PUT /v1/tickets/{id}/parent.",
    ),
    "ticket-of-another-customer": _rule(
        "The problem is one customer's, and the ticket another's",
        "Le problème est d'un client, et le ticket d'un autre",
        "Open a problem without a customer: POST /v1/problems.",
        "Ouvrez un problème sans client : POST /v1/problems.",
    ),
    "too-many-linked": _rule(
        "The problem has as many tickets as one may",
        "Le problème a le plus grand nombre de tickets possible",
        "Nothing: they say enough of it by now.",
        "Rien : ils en disent assez.",
    ),
    "problem-over": _rule(
        "The problem is over",
        "Le problème est terminé",
        "Open another one: POST /v1/problems.",
        "Ouvrez-en un autre : POST /v1/problems.",
    ),
    "nothing-proposed": _rule(
        "No prevention is proposed",
        "Aucune prévention n'est proposée",
        "Propose one with POST …/prevention.",
        "Proposez-en une par POST …/prevention.",
    ),
    "nothing-to-prevent": _rule(
        "No machine of the problem's model is known",
        "Aucune machine du modèle du problème n'est connue",
        "Name the model when opening a problem, or correct the park.",
        "Nommez le modèle à l'ouverture du problème, ou corrigez le parc.",
    ),
    "prevention-accepted": _rule(
        "The prevention is accepted already",
        "La prévention est déjà acceptée",
        "Cancel the tickets that `tickets` names where the work is not wanted.",
        "Annulez les tickets nommés par `tickets` si le travail est sans objet.",
    ),
}
