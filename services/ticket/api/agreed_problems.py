"""The problems of what is agreed: contracts, quotes, work to be paid, monthly statements."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType
from services.ticket.api.problem_rule import rule

AGREED: Mapping[str, ProblemType] = {
    "priority-without-target": rule(
        "A priority has no target",
        "Une priorité n'a pas d'objectif",
        "Add a target for each priority that `priorities` names, or change the matrix.",
        "Ajoutez un objectif pour chaque priorité nommée par `priorities`, ou changez la matrice.",
    ),
    "unknown-calendar": rule(
        "A target counts on a calendar that the contract does not define",
        "Un objectif compte sur un calendrier que le contrat ne définit pas",
        "Define the calendar that `calendar` names, or correct the target.",
        "Définissez le calendrier nommé par `calendar`, ou corrigez l'objectif.",
    ),
    "duplicate-target": rule(
        "A priority names a target twice",
        "Une priorité nomme deux fois un objectif",
        "Give each target of a priority its own name.",
        "Donnez un nom propre à chaque objectif d'une priorité.",
    ),
    "contract-ends-before-it-begins": rule(
        "The contract ends before it begins",
        "Le contrat finit avant de commencer",
        "Correct valid_from or valid_to.",
        "Corrigez valid_from ou valid_to.",
    ),
    "rewrites-the-past": rule(
        "The change would rewrite the past",
        "Le changement réécrirait le passé",
        "Send an applies_from that is not before the day in `earliest`, or leave it out.",
        "Envoyez un applies_from qui ne précède pas le jour de `earliest`, ou omettez-le.",
    ),
    "sample-not-covered": rule(
        "The terms say nothing of a sample",
        "Les termes ne disent rien d'un exemple",
        "Choose one of the contract's sites, and a day on which it is valid.",
        "Choisissez un site du contrat, et un jour où il est valable.",
    ),
    "no-site-to-preview": rule(
        "There is no site at which a clock could run",
        "Aucun site où un délai pourrait courir",
        "Write one of the customer's sites first.",
        "Écrivez d'abord un site du client.",
    ),
    "exclusion-outside-the-ticket": rule(
        "The time lies outside the ticket's life",
        "Ce temps est hors de la vie du ticket",
        "Give `from` and `to` between `earliest` and `latest`.",
        "Donnez `from` et `to` entre `earliest` et `latest`.",
    ),
    "exclusion-overlaps": rule(
        "The time is left out already",
        "Ce temps est déjà exclu",
        "Leave out what lies between `from` and `to` of the other exclusion.",
        "Retirez ce qui est entre `from` et `to` de l'autre exclusion.",
    ),
    "awaits-approval": rule(
        "Work there waits for the client's approval",
        "Le travail y attend l'accord du client",
        "Send a quote with POST …/quote, or end the hold with POST …/resume.",
        "Envoyez un devis par POST …/quote, ou reprenez par POST …/resume.",
    ),
    "no-open-quote": rule(
        "No quote waits for an answer",
        "Aucun devis n'attend de réponse",
        "Ask the firm for a quote; GET …/quote shows the last one.",
        "Demandez un devis ; GET …/quote montre le dernier.",
    ),
    "quote-replaced": rule(
        "Another quote has replaced this one",
        "Un autre devis a remplacé celui-ci",
        "GET …/quote shows the one that `quote` numbers: answer that one.",
        "GET …/quote montre celui que `quote` numérote : répondez à celui-là.",
    ),
    "quote-expired": rule(
        "The quote has expired",
        "Le devis a expiré",
        "Ask the firm for a new one.",
        "Demandez-en un nouveau.",
    ),
    "quote-over-before-it-begins": rule(
        "Nobody could approve of the quote in time",
        "Personne ne pourrait accepter le devis à temps",
        "Give a `valid_until` that lies ahead.",
        "Donnez un `valid_until` à venir.",
    ),
    "not-its-manager": rule(
        "Nobody who may only touch his own contracts makes one that is not his",
        "Qui ne gère que ses contrats n'en crée pas pour d'autres",
        "Name the subject of your token, which `manager` says, among the contract's managers.",
        "Nommez le sujet de votre jeton, donné par `manager`, parmi les gestionnaires du contrat.",
    ),
    "month-ahead": rule(
        "The month has not begun",
        "Le mois n'a pas commencé",
        "Ask for a month that has.",
        "Demandez un mois commencé.",
    ),
    "month-not-over": rule(
        "The month is not over",
        "Le mois n'est pas fini",
        "Wait until it is over at every site.",
        "Attendez qu'il soit fini sur tous les sites.",
    ),
    "contesting-over": rule(
        "The month can no longer be contested",
        "Le mois ne peut plus être contesté",
        "Ask the contract's manager for a correction (POST .../correct).",
        "Demandez une correction au gestionnaire du contrat (POST .../correct).",
    ),
    "contest-answered": rule(
        "The contest has its answer",
        "La contestation a sa réponse",
        "Contest again what is still wrong.",
        "Contestez à nouveau ce qui reste faux.",
    ),
    "contests-open": rule(
        "Something contested has no answer",
        "Une contestation est sans réponse",
        "Answer what `contests` numbers (POST .../contests/{n}/answer), then freeze the month.",
        "Répondez à celles que `contests` numérote (POST .../contests/{n}/answer), puis figez le mois.",
    ),
    "still-contestable": rule(
        "The month may still be contested",
        "Le mois peut encore être contesté",
        "Wait until the day after `until`, or say in `agreed_by` who of the customer's agreed.",
        "Attendez le lendemain de `until`, ou dites dans `agreed_by` qui du client a donné son accord.",
    ),
    "statement-frozen": rule(
        "The month is frozen",
        "Le mois est figé",
        "POST .../correct makes a new version of what is known since.",
        "POST .../correct fait une nouvelle version de ce qui est su depuis.",
    ),
    "statement-provisional": rule(
        "The month is not frozen",
        "Le mois n'est pas figé",
        "Correct the tickets: a provisional month shows whatever is known.",
        "Corrigez les tickets : un mois provisoire montre tout ce qui est su.",
    ),
    "statement-overtaken": rule(
        "Somebody made a version meanwhile",
        "Quelqu'un a fait une version entre-temps",
        "Read the version that `version` numbers, and correct that one where it is still wrong.",
        "Lisez la version que `version` numérote, et corrigez-la si elle est encore fausse.",
    ),
    "nothing-to-correct": rule(
        "The version says all that is known",
        "La version dit tout ce qui est su",
        "Correct a ticket first (requalify it, close it late).",
        "Corrigez d'abord un ticket (requalification, clôture tardive).",
    ),
    "worklog-ends-before-it-begins": rule(
        "The work would end before it begins",
        "Le travail finirait avant de commencer",
        "Correct `from` or `to`.",
        "Corrigez `from` ou `to`.",
    ),
    "worklog-too-long": rule(
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
}
