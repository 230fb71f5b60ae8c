"""The KPIs there are, each with what it says printed beside it."""

from collections.abc import Mapping

from contracts.text import Text
from services.ticket.domain.kpi_case import By, Measure, Why
from services.ticket.domain.kpis import Kpi, Statistic

PERIOD = Text(
    "The period's days are both included; each begins and ends at midnight of the site's own time zone. "
    "What is said here is what is known now. Value null: nothing to divide by.",
    "Les deux jours de la période sont compris ; chacun commence et finit à minuit au fuseau du site. "
    "Les chiffres sont ceux connus à présent. Valeur nulle : rien à diviser.",
)

PER_PERSON = Text(
    "Figures of single persons. The employees must have been told of them, and the works council informed "
    "and consulted, before they are used (Code du travail L1222-4, L2312-38; GDPR art. 5 and 6).",
    "Chiffres par personne. Les salariés doivent en avoir été informés, et le CSE informé et consulté, avant "
    "tout usage (Code du travail L1222-4, L2312-38 ; RGPD art. 5 et 6).",
)

_REPAIRED = Text(
    "Tickets that work again since an instant of the period: the restoration of the last of their sites, or "
    "the resolution where no restoration came first. What a reopening undid does not count. Cancelled "
    "tickets and duplicates are left out.",
    "Tickets rétablis depuis un instant de la période : rétablissement du dernier de leurs sites, ou "
    "résolution si aucun rétablissement ne l'a précédée. Ce qu'une réouverture a défait ne compte pas. Les "
    "tickets annulés et les doublons sont exclus.",
)
_WALL = Text(
    "From the declaration to then, by the wall clock, in minutes.",
    "De la déclaration à cet instant, en temps écoulé, en minutes.",
)
_OPEN_TIME = Text(
    "Minutes counted by the contract's clock of restoration, or of resolution where no restoration is "
    "promised: open hours, less holds that stop it; of several sites the longest. Tickets without such a "
    "clock, or whose target is one of days, are left out.",
    "Minutes comptées par l'horloge contractuelle de rétablissement, ou de résolution s'il n'en est pas "
    "promis : heures ouvrées, moins les attentes qui l'arrêtent ; de plusieurs sites, la plus longue. Les "
    "tickets sans telle horloge, ou à objectif en jours, sont exclus.",
)
_MEAN = Text("Mean.", "Moyenne.")
_MEDIAN = Text("Median: half took no longer.", "Médiane : la moitié n'a pas duré davantage.")
_P90 = Text(
    "90th percentile: nine of ten took no longer (nearest rank).",
    "90e centile : neuf sur dix n'ont pas duré davantage (rang le plus proche).",
)


def _joined(*texts: Text) -> Text:
    return Text(" ".join(each.en for each in texts), " ".join(each.fr for each in texts))


def _repair(id: str, measure: Measure, statistic: Statistic, name: Text, *texts: Text) -> Kpi:
    return Kpi(id, measure, statistic, name, _joined(*texts, _REPAIRED))


_VOLUMES = ((By.KIND,), (By.PRIORITY,), (By.CATEGORY,))

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "first-time-fix",
        Measure.FIRST_TIME_FIX,
        Statistic.SHARE,
        Text("First-time fix", "Résolution à la première visite"),
        Text(
            "Share of tickets whose first visit (at each of their sites) ended in the period that were "
            "fixed by it: outcome fixed, no other visit begun and no reopening within 14 days of the end, "
            "that instant on the 14th day included. Younger ones without either, and those with a site "
            "still to be visited, are not known yet. A visit without access was not a fix. Tickets without "
            "a visit, cancelled ones and duplicates are left out.",
            "Part des tickets dont la première visite (sur chacun de leurs sites) s'est achevée dans la "
            "période et les a résolus : résultat « fixed », aucune autre visite commencée ni réouverture "
            "dans les 14 jours suivant la fin, cet instant du 14e jour compris. Plus récents sans l'une ni "
            "l'autre, ou avec un site encore à visiter : non connus. Une visite sans accès n'a rien résolu. "
            "Les tickets sans visite, annulés ou doublons sont exclus.",
        ),
    ),
    _repair(
        "mttr-mean",
        Measure.REPAIR,
        Statistic.MEAN,
        Text("Time to repair, mean", "Délai de rétablissement, moyenne"),
        *(_MEAN, _WALL),
    ),
    _repair(
        "mttr-median",
        Measure.REPAIR,
        Statistic.MEDIAN,
        Text("Time to repair, median", "Délai de rétablissement, médiane"),
        *(_MEDIAN, _WALL),
    ),
    _repair(
        "mttr-p90",
        Measure.REPAIR,
        Statistic.P90,
        Text("Time to repair, 90th percentile", "Délai de rétablissement, 90e centile"),
        *(_P90, _WALL),
    ),
    _repair(
        "mttr-open-mean",
        Measure.REPAIR_OPEN,
        Statistic.MEAN,
        Text("Open hours to repair, mean", "Heures ouvrées de rétablissement, moyenne"),
        *(_MEAN, _OPEN_TIME),
    ),
    _repair(
        "mttr-open-median",
        Measure.REPAIR_OPEN,
        Statistic.MEDIAN,
        Text("Open hours to repair, median", "Heures ouvrées de rétablissement, médiane"),
        *(_MEDIAN, _OPEN_TIME),
    ),
    _repair(
        "mttr-open-p90",
        Measure.REPAIR_OPEN,
        Statistic.P90,
        Text("Open hours to repair, 90th percentile", "Heures ouvrées de rétablissement, 90e centile"),
        *(_P90, _OPEN_TIME),
    ),
    Kpi(
        "backlog",
        Measure.BACKLOG,
        Statistic.COUNT,
        Text("Backlog", "Tickets en cours"),
        Text(
            "Tickets declared and neither resolved nor cancelled just before the end of the period (now, "
            "where it lasts), those on hold included. Age since the declaration in days of 24 hours: up to "
            "1, 3, 7, 14, 30, more; the priority is the one of then.",
            "Tickets déclarés, ni résolus ni annulés juste avant la fin de la période (à présent si elle "
            "dure), attentes comprises. Âge depuis la déclaration en jours de 24 heures : jusqu'à 1, 3, 7, "
            "14, 30, au-delà ; la priorité est celle d'alors.",
        ),
        ((By.AGE, By.PRIORITY),),
    ),
    Kpi(
        "on-time-arrival",
        Measure.ON_TIME,
        Statistic.SHARE,
        Text("On-time arrival", "Ponctualité"),
        Text(
            "Share of visits with an arrival in the period that lies within the window promised last before "
            "the departure, both its ends included: too early is not on time. Visits that ended without an "
            "arrival that was told, or to which no window was promised, are not known.",
            "Part des visites arrivées dans la période pendant le créneau annoncé en dernier avant le "
            "départ, bornes comprises : trop tôt n'est pas à l'heure. Les visites achevées sans arrivée "
            "déclarée, ou sans créneau annoncé, sont non connues.",
        ),
    ),
    Kpi(
        "no-access",
        Measure.NO_ACCESS,
        Statistic.SHARE,
        Text("No access", "Visites sans accès"),
        Text(
            "Share of visits closed in the period with the outcome no-access or user-absent. Cancelled "
            "visits are left out.",
            "Part des visites closes dans la période avec le résultat « no-access » ou « user-absent ». Les "
            "visites annulées sont exclues.",
        ),
    ),
    Kpi(
        "remote-solved",
        Measure.REMOTE,
        Statistic.SHARE,
        Text("Solved remotely", "Résolus à distance"),
        Text(
            "Share of tickets resolved in the period (each once, whatever came after) for which no visit "
            "was closed or begun and nobody is on his way.",
            "Part des tickets résolus dans la période (chacun une fois, quoi qu'il advienne ensuite) pour "
            "lesquels aucune visite n'a été close ou commencée, ni personne n'est en route.",
        ),
    ),
    Kpi(
        "commitments-kept",
        Measure.KEPT,
        Statistic.SHARE,
        Text("Commitments kept", "Engagements tenus"),
        Text(
            "Share of kept ones among the commitments kept or broken in the period, as the monthly "
            "statement counts them: one for each target at each site of a ticket. Running ones are not "
            "known; stopped ones and those broken earlier are left out.",
            "Part des engagements tenus parmi ceux tenus ou manqués dans la période, comptés comme au "
            "relevé mensuel : un par objectif et par site d'un ticket. Ceux en cours sont non connus ; "
            "arrêtés ou manqués auparavant, ils sont exclus.",
        ),
        ((By.PRIORITY, By.TARGET),),
    ),
    Kpi(
        "hours-used",
        Measure.HOURS,
        Statistic.HOURS,
        Text("Hours used", "Heures consommées"),
        Text(
            "Hours of visits that ended in the period, from the start of the work to its end, and hours "
            "logged that ended in it, on tickets that were not over before it. Travel counts where it is "
            "logged. Time that a technician logged during his own visit, and visits on which no "
            "work began, are left out. n: visits and entries.",
            "Heures des visites achevées dans la période, du début à la fin du travail, et heures saisies "
            "achevées dans celle-ci, sur des tickets qui n'étaient pas finis avant. Le trajet compte s'il "
            "est saisi. Le temps saisi par un technicien pendant sa propre visite et les visites "
            "sans travail commencé sont exclus. n : visites et saisies.",
        ),
    ),
    Kpi(
        "hours-used-of-sold",
        Measure.HOURS,
        Statistic.OF_SOLD,
        Text("Hours used of those sold", "Heures consommées sur vendues"),
        Text(
            "Hours used, in percent of the hours that the contract includes in the period's months (by the "
            "days of a month that it only touches), by its terms of now. Null where no contract is asked "
            "for, or it sells no hours by the month.",
            "Heures consommées, en pourcentage des heures que le contrat inclut pour les mois de la période "
            "(au prorata des jours d'un mois entamé), selon ses termes actuels. Nul sans contrat demandé, "
            "ou s'il ne vend pas d'heures au mois.",
        ),
    ),
    Kpi(
        "reopened",
        Measure.REOPENED,
        Statistic.SHARE,
        Text("Reopened", "Réouverts"),
        Text(
            "Share of tickets resolved in the period that were reopened within 14 days of such a "
            "resolution, that instant on the 14th day included. Younger ones that were not are not known "
            "yet. Of tickets without a contract, what was reopened several times before reopenings were "
            "kept is not counted.",
            "Part des tickets résolus dans la période et rouverts dans les 14 jours suivant cette "
            "résolution, cet instant du 14e jour compris. Plus récents et non rouverts : non connus. Pour "
            "les tickets sans contrat, les résolutions défaites avant que les réouvertures soient "
            "conservées ne comptent pas.",
        ),
    ),
    Kpi(
        "opened",
        Measure.OPENED,
        Statistic.COUNT,
        Text("Opened", "Ouverts"),
        Text(
            "Tickets declared in the period, whenever they were typed in; duplicates and those cancelled "
            "since included.",
            "Tickets déclarés dans la période, quelle que soit leur date de saisie ; doublons et annulés "
            "depuis compris.",
        ),
        _VOLUMES,
    ),
    Kpi(
        "resolved",
        Measure.RESOLVED,
        Statistic.COUNT,
        Text("Resolved", "Résolus"),
        Text(
            "Tickets resolved in the period, each once, whatever came after.",
            "Tickets résolus dans la période, chacun une fois, quoi qu'il advienne ensuite.",
        ),
        _VOLUMES,
    ),
    Kpi(
        "cancelled",
        Measure.CANCELLED,
        Statistic.COUNT,
        Text("Cancelled", "Annulés"),
        Text(
            "Tickets cancelled in the period, with the client's consent or as duplicates.",
            "Tickets annulés dans la période, avec l'accord du client ou comme doublons.",
        ),
        _VOLUMES,
    ),
)

BY_ID: Mapping[str, Kpi] = {kpi.id: kpi for kpi in KPIS}

WHYS: Mapping[Why, Text] = {
    Why.CANCELLED: Text("cancelled", "annulé"),
    Why.DUPLICATE: Text("a duplicate", "doublon"),
    Why.NO_VISIT: Text("nobody went there", "aucune visite"),
    Why.NOT_FIXED: Text("the first visit did not fix it", "la première visite n'a pas résolu"),
    Why.REVISIT: Text("another visit within 14 days", "autre visite dans les 14 jours"),
    Why.REOPENED: Text("reopened within 14 days", "rouvert dans les 14 jours"),
    Why.TOO_YOUNG: Text("14 days are not over", "les 14 jours ne sont pas passés"),
    Why.SITE_TO_COME: Text("a site is still to be visited", "un site reste à visiter"),
    Why.NO_CLOCK: Text("no clock counted its hours", "aucune horloge n'a compté ses heures"),
    Why.NO_WINDOW: Text("no window was promised", "aucun créneau annoncé"),
    Why.NO_ARRIVAL: Text("no arrival was told", "aucune arrivée déclarée"),
    Why.EARLY: Text("before the window", "avant le créneau"),
    Why.LATE: Text("after the window", "après le créneau"),
    Why.VISITED: Text("somebody went there", "une visite a eu lieu"),
    Why.BROKEN: Text("broken", "manqué"),
    Why.STILL_RUNNING: Text("still running", "encore en cours"),
    Why.BROKEN_BEFORE: Text("broken before the period", "manqué avant la période"),
    Why.STOPPED: Text("stopped", "arrêté"),
    Why.NOT_BEGUN: Text("no work began", "aucun travail commencé"),
    Why.WITHIN_VISIT: Text("counted with the visit", "compté avec la visite"),
}
