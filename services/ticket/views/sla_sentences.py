"""Why a stretch of a clock's time counts or does not, in a sentence."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from contracts.values import HoldReason, Language, ServiceHealth, WorkMode
from infra.chassis.moments import clock, day, minutes, moment
from services.ticket.domain.sla_explaining import Boundary, Explained, Standing, Why
from services.ticket.domain.sla_log import Happening, LogEntry

Words = tuple[str, str]
"""French, English."""

_STANDING: Mapping[Standing, Words] = {
    Standing.COUNTED: ("Compté", "Counted"),
    Standing.CLOSED: ("Non compté, hors des heures du contrat", "Not counted, outside the contract's hours"),
    Standing.HELD: ("Non compté, en attente", "Not counted, on hold"),
    Standing.EXCLUDED: ("Non compté, d'un commun accord", "Not counted, as was agreed"),
    Standing.MET: ("Non compté, l'engagement était tenu", "Not counted, the promise was kept"),
}
_HAPPENED: Mapping[Happening, Words] = {
    Happening.OPENED: ("l'ouverture de la demande", "the opening of the request"),
    Happening.HELD: ("la mise en attente", "the hold"),
    Happening.RESUMED: ("la reprise", "the resumption"),
    Happening.RETARGETED: ("le changement de priorité", "the change of priority"),
    Happening.REQUALIFIED: ("la requalification", "the requalification"),
    Happening.ARRIVED: ("l'arrivée du technicien", "the technician's arrival"),
    Happening.STARTED: ("le début des travaux sur place", "the start of work on site"),
    Happening.RESTORED: ("le rétablissement du service", "the restoration of service"),
    Happening.RESOLVED: ("la résolution", "the resolution"),
    Happening.REOPENED: ("la réouverture", "the reopening"),
    Happening.CLOSED: ("la clôture", "the closing"),
    Happening.EXCLUDED: ("l'exclusion convenue avec le client", "the exclusion agreed with the client"),
    Happening.CANCELLED: ("l'annulation", "the cancellation"),
}
_REMOTELY: Words = ("le début des travaux à distance", "the start of remote work")
REASONS: Mapping[HoldReason, Words] = {
    HoldReason.WAITING_FOR_CLIENT: ("attente du client", "waiting for the client"),
    HoldReason.WAITING_FOR_VENDOR: ("attente du fournisseur", "waiting for the vendor"),
    HoldReason.WAITING_FOR_PARTS: ("attente de pièces", "waiting for parts"),
    HoldReason.WAITING_FOR_ACCESS: ("attente d'accès au site", "waiting for access"),
    HoldReason.WAITING_FOR_APPROVAL: ("attente d'accord", "waiting for approval"),
    HoldReason.APPOINTMENT: ("rendez-vous demandé", "an appointment that was asked for"),
}
_SERVICE: Mapping[ServiceHealth, Words] = {
    ServiceHealth.UP: ("service rétabli", "service up"),
    ServiceHealth.DEGRADED: ("service dégradé", "service degraded"),
    ServiceHealth.DOWN: ("service en panne", "service down"),
}
_RULES: Mapping[str, Words] = {
    "exception": ("horaire exceptionnel", "an exception of the calendar"),
    "holiday": ("jour férié", "a public holiday"),
    "weekly": ("horaire de la semaine", "the week's hours"),
}
_HOLD_OVER: Words = ("la fin prévue de l'attente", "the hold's own end")
_EXCLUSION_OVER: Words = ("la fin de l'exclusion", "the end of the exclusion")
_OPENS: Words = ("l'ouverture des heures du contrat", "the opening of the contract's hours")
_CLOSES: Words = ("la fermeture des heures du contrat", "the close of the contract's hours")
_NOW: Words = ("maintenant", "now")


def sentence(each: Explained, zone: str, language: Language) -> str:
    """From when to when, how long, whether it counts, what began it and what ended it; in the calendar's
    own zone."""
    at = ZoneInfo(zone)
    length = minutes(round((each.closed.at - each.opened.at).total_seconds() / 60), language)
    days_off = _days_off(each, at, language)
    standing = _say(_STANDING[each.standing], language)
    since, until = _boundary(each.opened, language), _boundary(each.closed, language)
    begun, ended = (_moment(boundary.at, at, language) for boundary in (each.opened, each.closed))
    if language is Language.FR:
        return f"{standing} : du {begun} ({since}) au {ended} ({until}), soit {length}{days_off}."
    return f"{standing}: from {begun} ({since}) to {ended} ({until}), {length}{days_off}."


def _moment(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """With the seconds where there are any: a deadline can hang on one."""
    if not (at.second or at.microsecond):
        return moment(at, zone, language)
    seconds = f" min {at.second:02d} s" if language is Language.FR else f":{at.second:02d}"
    exact = clock(at, zone, language) + seconds
    joined = "à" if language is Language.FR else "at"
    return f"{day(at, zone, language)} {joined} {exact}"


def _boundary(boundary: Boundary, language: Language) -> str:
    if boundary.why is Why.NOW:
        return _say(_NOW, language)
    if boundary.why in (Why.OPENS, Why.CLOSES):
        what = _say(_OPENS if boundary.why is Why.OPENS else _CLOSES, language)
        return (
            what if boundary.rule in (None, "weekly") else f"{what}, {_say(_RULES[boundary.rule], language)}"
        )
    if boundary.why is Why.HOLD_OVER:
        excluded = boundary.entry is not None and boundary.entry.event is Happening.EXCLUDED
        return _say(_EXCLUSION_OVER if excluded else _HOLD_OVER, language)
    assert boundary.entry is not None, "an entry is what it began or ended with"
    return _entry(boundary.entry, language)


def _entry(entry: LogEntry, language: Language) -> str:
    remote = entry.event is Happening.STARTED and entry.mode is WorkMode.REMOTE
    what = _say(_REMOTELY if remote else _HAPPENED[entry.event], language)
    colon = " : " if language is Language.FR else ": "
    if entry.event is Happening.HELD and entry.reason is not None:
        return f"{what}{colon}{_say(REASONS[entry.reason], language)}"
    if entry.event is Happening.EXCLUDED and entry.note is not None:
        return f"{what}{colon}{entry.note}"
    if entry.event is Happening.REOPENED and entry.service is not None:
        return f"{what}{colon}{_say(_SERVICE[entry.service], language)}"
    return what


def _days_off(each: Explained, zone: ZoneInfo, language: Language) -> str:
    if not each.days_off:
        return ""
    named = ", ".join(
        f"{day(datetime.combine(date, time.min, zone), zone, language)} ({_say(_RULES[rule], language)})"
        for date, rule in each.days_off
    )
    return f" ; jours fermés : {named}" if language is Language.FR else f"; days off: {named}"


def _say(words: Words, language: Language) -> str:
    return words[0] if language is Language.FR else words[1]
