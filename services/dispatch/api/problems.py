"""The types of problem that dispatch adds to the chassis's."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType


def _conflict(en: str, fr: str, remedy_en: str, remedy_fr: str) -> ProblemType:
    return ProblemType(409, Text(en, fr), Text(remedy_en, remedy_fr))


def _wrong(en: str, fr: str, remedy_en: str, remedy_fr: str) -> ProblemType:
    return ProblemType(422, Text(en, fr), Text(remedy_en, remedy_fr))


PROBLEMS: Mapping[str, ProblemType] = {
    "slot-taken": _conflict(
        "That time is taken", "Ce créneau est pris",
        "Choose another start or another technician; `visit_id` names what is there.",
        "Choisissez un autre horaire ou un autre technicien ; `visit_id` nomme la visite en place.",
    ),
    "apprentice": _wrong(
        "An apprentice goes nowhere alone", "Un apprenti ne va nulle part seul",
        "Give the visit to `tutor_id`, along with whom he goes, or to somebody else.",
        "Confiez la visite à `tutor_id`, qu'il accompagne, ou à quelqu'un d'autre.",
    ),
    "tutor-is-apprentice": _wrong(
        "A tutor is no apprentice himself", "Un tuteur n'est pas lui-même apprenti",
        "Name somebody else in `tutor_id`.", "Désignez quelqu'un d'autre dans `tutor_id`.",
    ),
    "companion-missing": _wrong(
        "It takes more technicians at once", "Il faut plus de techniciens en même temps",
        "Name in `companions` who goes with the one who leads.",
        "Nommez dans `companions` qui accompagne celui qui conduit la visite.",
    ),
    "partner-beside": _wrong(
        "A partner's technician goes along with nobody",
        "Le technicien d'un partenaire n'accompagne personne",
        "Name somebody of your own in `companions`.",
        "Nommez quelqu'un de votre entreprise dans `companions`.",
    ),
    "another-leads": _conflict(
        "Another technician leads this visit", "Un autre technicien conduit cette visite",
        "`technician_id` says when it begins and is over.",
        "C'est à `technician_id` de dire quand elle commence et quand elle est finie.",
    ),
    "plan-overtaken": _conflict(
        "The days have changed since this was proposed", "Les journées ont changé depuis cette proposition",
        "Ask for a new proposal; `visit_id` names what has changed.",
        "Demandez une nouvelle proposition ; `visit_id` nomme ce qui a changé.",
    ),
    "nothing-better": _conflict(
        "No better plan was found", "Aucun meilleur plan n'a été trouvé",
        "Leave the days as they are, or give a visit to somebody by hand.",
        "Laissez les journées en l'état, ou confiez une visite à quelqu'un à la main.",
    ),
    "no-such-link": ProblemType(
        404,
        Text("This link leads nowhere", "Ce lien ne mène nulle part"),
        Text("Follow the one in our last mail.", "Suivez celui de notre dernier message."),
    ),
    "report-replaced": ProblemType(
        410,
        Text("A newer version of the report has taken its place", "Une version plus récente l'a remplacé"),
        Text("Follow the link in our last mail.", "Suivez le lien de notre dernier message."),
    ),
    "nothing-to-sign": _conflict(
        "Nobody is asked to sign this report", "Aucune signature n'est demandée pour ce rapport",
        "Read what `signing` says; a correction asks for a signature anew.",
        "Voyez `signing` ; une correction redemande une signature.",
    ),
    "nothing-corrected": _wrong(
        "The report says this already", "Le rapport le dit déjà",
        "Give other words for what was wrong.", "Donnez d'autres termes pour ce qui était inexact.",
    ),
    "slot-gone": _conflict(
        "That time is not free any more", "Cet horaire n'est plus libre",
        "Choose one of those that are offered now.", "Choisissez parmi ceux qui sont proposés maintenant.",
    ),
    "no-slot-free": _conflict(
        "No time can be offered", "Aucun créneau ne peut être proposé",
        "Give other days, or assign the visit by hand.", "Donnez d'autres jours, ou affectez-la à la main.",
    ),
    "appointment-over": _conflict(
        "The time of this visit cannot be chosen any more", "L'horaire de cette visite ne se choisit plus",
        "Ask for the visit that follows it, or call us.", "Voyez la visite qui la suit, ou appelez-nous.",
    ),
    "urgent-visit": _conflict(
        "What is urgent is not put off to an appointment", "L'urgent n'attend pas un rendez-vous",
        "We come as soon as we can; call us if you need another time.",
        "Nous venons dès que possible ; appelez-nous s'il vous faut un autre horaire.",
    ),
    "skill-missing": _conflict(
        "The technician does not have the skill", "Le technicien n'a pas la compétence",
        "Choose one of the candidates of the visit.", "Choisissez un des candidats de la visite.",
    ),
    "skill-level": _conflict(
        "The technician's level is too low", "Le niveau du technicien est insuffisant",
        "Choose one of the candidates of the visit.", "Choisissez un des candidats de la visite.",
    ),
    "not-its-turn": _conflict(
        "Another visit of the request comes first", "Une autre visite de la demande passe avant",
        "Plan that one first, or give a start after its end.",
        "Planifiez-la d'abord, ou donnez un horaire après sa fin.",
    ),
    "refused-by-customer": _conflict(
        "The customer does not want this technician", "Le client ne veut pas de ce technicien",
        "Choose one of the candidates of the visit.", "Choisissez un des candidats de la visite.",
    ),
    "language-missing": _conflict(
        "The technician does not speak the language of the site",
        "Le technicien ne parle pas la langue du site",
        "Choose one of the candidates of the visit.", "Choisissez un des candidats de la visite.",
    ),
    "papers-expired": _conflict(
        "The papers of the technician's firm have expired",
        "Les documents de l'entreprise du technicien sont expirés",
        "Enter the new ones, or choose one of the candidates.",
        "Saisissez les nouveaux, ou choisissez un des candidats.",
    ),
    "permit-missing": _conflict(
        "The technician does not hold the permit", "Le technicien n'a pas l'habilitation",
        "Enter his certificate, or choose one of the candidates.",
        "Saisissez son titre, ou choisissez un des candidats.",
    ),
    "permit-expired": _conflict(
        "The technician's permit has expired", "L'habilitation du technicien est expirée",
        "Enter its renewal, or choose one of the candidates.",
        "Saisissez son renouvellement, ou choisissez un des candidats.",
    ),
    "absent": _conflict(
        "The technician is absent then", "Le technicien est absent à ce moment",
        "Choose another start or another technician.", "Choisissez un autre horaire ou un autre technicien.",
    ),
    "daily-rest": _conflict(
        "The technician is owed rest then", "Le technicien doit se reposer à ce moment",
        "Choose a later start or another technician (L3131-1).",
        "Choisissez un horaire plus tardif ou un autre technicien (L3131-1).",
    ),
    "weekly-rest": _conflict(
        "The technician is owed his weekly rest then", "Le technicien est en repos hebdomadaire à ce moment",
        "Choose a later start or another technician (L3132-2).",
        "Choisissez un horaire plus tardif ou un autre technicien (L3132-2).",
    ),
    "no-exit-for-minors": _conflict(
        "Nothing suspends the rest of somebody under age", "Rien ne suspend le repos d'un mineur",
        "Choose another technician (L3164-1).", "Choisissez un autre technicien (L3164-1).",
    ),
    "not-urgent-work": _conflict(
        "Only urgent work suspends a rest", "Seuls des travaux urgents suspendent un repos",
        "Choose a later start or another technician (D3131-1).",
        "Choisissez un horaire plus tardif ou un autre technicien (D3131-1).",
    ),
    "rest-given-back-already": _conflict(
        "This rest is given back already", "Ce repos est déjà rendu",
        "Withdraw the absence that `absence_id` names, then give it back anew.",
        "Retirez l'absence que nomme `absence_id`, puis rendez-le à nouveau.",
    ),
    "rest-too-short": _wrong(
        "Less than the rest that is owed", "Moins que le repos dû",
        "Give at least `owed_minutes` of his shifts (D3131-2).",
        "Donnez au moins `owed_minutes` de ses horaires (D3131-2).",
    ),
    "no-time": _conflict(
        "The technician has no time for it", "Le technicien n'a pas le temps",
        "Give a start, or choose one of the candidates.",
        "Donnez un horaire, ou choisissez un des candidats.",
    ),
    "technician-has-visits": _conflict(
        "Visits are planned for this technician", "Des visites sont planifiées pour ce technicien",
        "Give them to somebody else first, then change the time zone.",
        "Confiez-les d'abord à quelqu'un d'autre, puis changez le fuseau horaire.",
    ),
    "on-hold": _conflict(
        "The site is on hold", "Le site est en attente",
        "Resume the ticket at this site first.", "Reprenez d'abord le ticket sur ce site.",
    ),
    "too-early": _conflict(
        "The visit is for another day", "La visite est prévue un autre jour",
        "Choose the visit that `next_visit_id` names, or repeat with `early: true`.",
        "Choisissez la visite que nomme `next_visit_id`, ou répétez avec `early: true`.",
    ),
    "given-to-another": _conflict(
        "Another technician has this visit", "Un autre technicien a cette visite",
        "Tell the dispatcher what you did; he closes it on behalf of whoever is there.",
        "Dites au répartiteur ce que vous avez fait ; il clôt au nom de celui qui est sur place.",
    ),
    "start-in-the-past": _wrong(
        "That time is past", "Cet horaire est passé",
        "Give a start that is still to come.", "Donnez un horaire à venir.",
    ),
    "start-too-far": _wrong(
        "That time is too far ahead", "Cet horaire est trop lointain",
        "Give an earlier start, or put the ticket on hold until shortly before.",
        "Donnez un horaire plus proche, ou mettez le ticket en attente jusque peu avant.",
    ),
    "rest-not-to-come": _wrong(
        "A rest is given back once it was lost, in time to come",
        "Un repos se rend une fois perdu, sur une période à venir",
        "Give a `from` that is not earlier than `earliest`.",
        "Donnez un `from` qui ne précède pas `earliest`.",
    ),
    "rota-entry-begun": _conflict(
        "The period on call has begun", "L'astreinte a commencé",
        "Give it an earlier `to` that is not past, and enter another's part as a new entry.",
        "Donnez-lui un `to` plus proche qui n'est pas passé, et saisissez à part la période d'un autre.",
    ),
    "proposal-outdated": _conflict(
        "Somebody has changed since it was proposed", "Quelqu'un a changé depuis la proposition",
        "Ask for a new proposal; `technician_id` names who has changed.",
        "Demandez une nouvelle proposition ; `technician_id` nomme qui a changé.",
    ),
    "told-too-late": _conflict(
        "The notice of a turn on call would be too short", "Le délai de prévenance serait trop court",
        "Ask for a proposal of later days, or of an exceptional case (L3121-12).",
        "Demandez une proposition pour plus tard, ou pour un cas exceptionnel (L3121-12).",
    ),
    "cannot-be-on-call": _conflict(
        "The technician may not be on call then", "Le technicien ne peut pas être d'astreinte alors",
        "Ask somebody else; `rule` says what speaks against it.",
        "Demandez à quelqu'un d'autre ; `rule` dit ce qui s'y oppose.",
    ),
    "swap-outdated": _conflict(
        "The period is not what the swap was asked for", "La période n'est plus celle de l'échange demandé",
        "Ask for a new swap of a period to come.", "Demandez un nouvel échange d'une période à venir.",
    ),
    "swap-with-oneself": _wrong(
        "A swap takes two technicians", "Un échange se fait entre deux techniciens",
        "Name another technician in `asked_of`.", "Nommez un autre technicien dans `asked_of`.",
    ),
    "nobody-to-call": _wrong(
        "Nobody is there who could be on call", "Personne ne pourrait être d'astreinte",
        "Correct `agency` and `territory`, or enter the technicians first.",
        "Corrigez `agency` et `territory`, ou saisissez d'abord les techniciens.",
    ),
    "occurred-before-the-request": _wrong(
        "It happened before the visit was asked for", "Antérieur à la demande de la visite",
        "Correct the time that the detail names.", "Corrigez l'horaire que nomme le détail.",
    ),
    "not-on-the-checklist": _wrong(
        "That is no answer to the checklist", "Réponse étrangère à la liste de contrôle",
        "Answer each item of the visit's `checklist` once, as its kind has it.",
        "Répondez une fois à chaque point de la `checklist` de la visite, selon son type.",
    ),
    "not-his-visit": _wrong(
        "The visit is another technician's", "La visite est à un autre technicien",
        "Correct on_behalf_of, or leave it out.", "Corrigez on_behalf_of, ou omettez-le.",
    ),
    "out-of-order": _wrong(
        "The times contradict each other", "Les horaires se contredisent",
        "Correct the time that the detail names.", "Corrigez l'horaire que nomme le détail.",
    ),
    "not-started": _wrong(
        "Work that never began cannot end so", "Un travail non commencé ne peut pas finir ainsi",
        "Give started_at, or another outcome.", "Donnez started_at, ou un autre résultat.",
    ),
    "absence-ends-before-it-starts": _wrong(
        "The absence ends before it starts", "L'absence finit avant de commencer",
        "Correct `from` or `to`.", "Corrigez `from` ou `to`.",
    ),
    "on-call-ends-before-it-starts": _wrong(
        "The period on call ends before it starts", "L'astreinte finit avant de commencer",
        "Correct `from` or `to`.", "Corrigez `from` ou `to`.",
    ),
}  # fmt: skip
