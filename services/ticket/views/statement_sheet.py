"""A month's statement as a workbook: figures, penalties, commitments, exclusions and cancellations."""

from collections.abc import Iterable, Iterator, Sequence

from contracts.text import Text
from contracts.values import Language
from infra.chassis.workbook import Cell
from services.ticket.views.long_workbook import LongSheet, long_workbook
from services.ticket.views.statement import CommitmentView, PenaltiesView, Shown
from services.ticket.views.statement_words import OUTCOMES, PERS, WHYS, excluded_because

_NUMBER, _SITE = Text("Number", "Numéro"), Text("Site", "Lieu")
_TARGET, _PRIORITY = Text("Target", "Engagement"), Text("Priority", "Priorité")
_LINE = Text("Timeline line", "Ligne du journal")
_COUNTS = (
    *(_TARGET, _PRIORITY, Text("Kept", "Tenus"), Text("Broken", "Manqués")),
    *(Text("Still late", "Encore en retard"), Text("Stopped", "Arrêtés"), Text("Running", "En cours")),
    Text("Kept, %", "Tenus, %"),
)
_PENALTIES = (
    *(Text("Rule", "Règle"), _NUMBER, _SITE, _TARGET, Text("Kept", "Tenus"), Text("Counted", "Comptés")),
    *(Text("Quantity", "Quantité"), Text("Unit", "Unité"), Text("Amount", "Montant")),
    Text("Note", "Observation"),
)
_COMMITMENTS = (
    *(_NUMBER, _SITE, _TARGET, _PRIORITY, Text("Outcome", "Résultat"), Text("From", "Début")),
    *(Text("Kept at", "Tenu le"), Text("Broken at", "Manqué le"), Text("Allowed, min", "Permis, min")),
    *(Text("Elapsed, min", "Écoulé, min"), Text("Late, min", "Retard, min")),
    *(Text("Late before, min", "Retard antérieur, min"), Text("Reopened", "Rouvert")),
    *(Text("Major incident", "Incident majeur"), Text("Contract revision", "Révision du contrat")),
    Text("Ticket", "Ticket (identifiant)"),
)
_EXCLUDED = (
    *(_NUMBER, _SITE, _TARGET, Text("From", "Du"), Text("To", "Au"), Text("Reason", "Motif")),
    _LINE,
)
_REASONS = (
    *(_NUMBER, _SITE, _TARGET, Text("Counted", "Compté"), Text("Explanation", "Explication")),
    _LINE,
)
_CANCELLED = (_NUMBER, Text("Cancelled", "Annulé le"), Text("Duplicate of", "Doublon de"))


def as_xlsx(shown: Shown, language: str) -> bytes:
    """The same bytes from the same statement: its dates are those of what it says, in UTC."""
    content = shown.content.head
    excluded: list[Sequence[Cell]] = []
    reasons: list[Sequence[Cell]] = []

    def commitments() -> Iterator[Sequence[Cell]]:
        for each in shown.content.each():
            yield _commitment(each, language)
            whose = (each.number, each.site_id, each.target)
            excluded.extend(
                (*whose, out.from_, out.to, excluded_because(out).in_(language), out.line_id)
                for out in each.excluded
            )
            reasons.extend(
                (*whose, _yes(said.counted, language), said.sentence.in_(Language(language)), said.line_id)
                for said in each.reasons
            )

    def sheet(name: Text, headings: Sequence[Text], rows: Iterable[Sequence[Cell]]) -> LongSheet:
        return LongSheet(name.in_(language), [each.in_(language) for each in headings], rows)

    figures = [
        (c.target, c.priority, c.kept, c.broken, c.late, c.stopped, c.open, c.percent) for c in content.counts
    ]
    sheets = [
        sheet(Text("Figures", "Chiffres"), _COUNTS, figures),
        sheet(Text("Commitments", "Engagements"), _COMMITMENTS, commitments()),
        # What goes into these two is found on the way through the commitments.
        sheet(Text("Excluded", "Exclusions"), _EXCLUDED, excluded),
        sheet(Text("Explained", "Explications"), _REASONS, reasons),
        sheet(
            Text("Cancelled", "Annulations"),
            _CANCELLED,
            [(gone.number, gone.at, gone.duplicate_of) for gone in content.cancelled],
        ),
    ]
    if content.penalties is not None:
        lines = _penalties(content.penalties, language)
        sheets.insert(1, sheet(Text("Penalties", "Pénalités"), _PENALTIES, lines))
    return long_workbook(sheets, content.as_of)


def _penalties(penalties: PenaltiesView, language: str) -> Iterator[Sequence[Cell]]:
    for p in penalties.lines:
        why = None if p.why is None else WHYS[p.why].in_(language)
        unit = PERS[p.per].in_(language)
        yield p.rule, p.number, p.site_id, p.target, p.kept, p.counted, p.quantity, unit, p.amount, why
    total = f"{Text('Due', 'Dû').in_(language)} ({penalties.currency})"
    yield None, None, None, None, None, None, None, total, penalties.total, None


def _commitment(each: CommitmentView, language: str) -> tuple[Cell, ...]:
    return (
        each.number,
        each.site_id,
        each.target,
        each.priority,
        OUTCOMES[each.outcome].in_(language),
        each.starts_at,
        each.met_at,
        each.breached_at,
        each.allowed_minutes,
        each.elapsed_minutes,
        each.late_minutes,
        each.late_minutes_before,
        _yes(each.reopened, language),
        each.major_incident_id,
        each.contract_revision,
        each.ticket_id,
    )


def _yes(said: bool, language: str) -> str:
    return Text("yes", "oui").in_(language) if said else Text("no", "non").in_(language)
