"""What a statement's figures are called, in French and English."""

from collections.abc import Mapping
from datetime import datetime

from contracts.text import Text
from services.ticket.domain.commitment import Outcome
from services.ticket.domain.penalties import Per, Why
from services.ticket.views.sla_sentences import REASONS
from services.ticket.views.statement import ExcludedView

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.KEPT: Text("Kept", "Tenu"),
    Outcome.BROKEN: Text("Broken", "Manqué"),
    Outcome.LATE: Text("Broken before, still late", "Manqué avant, retard en cours"),
    Outcome.STOPPED: Text("Stopped", "Arrêté"),
    Outcome.OPEN: Text("Running at the month's end", "En cours en fin de mois"),
}
PERS: Mapping[Per, Text] = {
    Per.HOUR: Text("hours begun", "heures entamées"),
    Per.INCIDENT: Text("commitment", "engagement"),
    Per.RATE: Text("points begun", "points entamés"),
}
WHYS: Mapping[Why, Text] = {
    Why.FREE: Text("within what costs nothing", "dans la franchise"),
    Why.CAPPED: Text("at the most it may cost", "au plafond"),
    Why.MAJOR: Text("one penalty for a major incident", "une pénalité par incident majeur"),
    Why.SMALL_SAMPLE: Text("small sample", "petit échantillon"),
}
KEPT_MEANWHILE = Text("the promise was kept meanwhile", "l'engagement était tenu")
AGREED = Text("agreed with the client", "convenu avec le client")


def excluded_because(out: ExcludedView) -> Text:
    if out.agreed:
        return AGREED
    if out.reason is None:
        return KEPT_MEANWHILE
    french, english = REASONS[out.reason]
    return Text(english, french)


def at(moment: datetime | None) -> str:
    """In UTC, to the second: sites of one contract may lie in several zones."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def hours(minutes: float, language: str) -> str:
    """``61.5`` is ``1 h 02``; whole minutes, as people read them."""
    whole, rest = divmod(round(minutes), 60)
    return f"{whole} h {rest:02}" if language == "fr" else f"{whole}:{rest:02}"


def number(value: float | None, language: str) -> str:
    if value is None:
        return "–"
    said = f"{value:.2f}"
    return said.replace(".", ",") if language == "fr" else said
