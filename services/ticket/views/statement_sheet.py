"""A month's statement as a workbook: figures, penalties, commitments, exclusions and cancellations."""

import io
from collections.abc import Sequence

from contracts.text import Text
from contracts.values import Language
from infra.chassis.workbook import Cell, Sheet, workbook
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
    content, written = shown.content.head, io.BytesIO()
    with workbook(written, created=content.as_of, row_by_row=True) as book:

        def sheet(name: Text, headings: Sequence[Text]) -> Sheet:
            return Sheet(book, name.in_(language), [each.in_(language) for each in headings])

        figures = sheet(Text("Figures", "Chiffres"), _COUNTS)
        for c in content.counts:
            figures.add(c.target, c.priority, c.kept, c.broken, c.late, c.stopped, c.open, c.percent)
        if content.penalties is not None:
            _penalties(sheet(Text("Penalties", "Pénalités"), _PENALTIES), content.penalties, language)
        commitments = sheet(Text("Commitments", "Engagements"), _COMMITMENTS)
        excluded = sheet(Text("Excluded", "Exclusions"), _EXCLUDED)
        reasons = sheet(Text("Explained", "Explications"), _REASONS)
        for each in shown.content.each():
            commitments.add(*_commitment(each, language))
            whose = (each.number, each.site_id, each.target)
            for out in each.excluded:
                excluded.add(
                    *whose,
                    out.from_,
                    out.to,
                    excluded_because(out).in_(language),
                    out.line_id,
                )
            for said in each.reasons:
                sentence = said.sentence.in_(Language(language))
                reasons.add(*whose, _yes(said.counted, language), sentence, said.line_id)
        cancelled = sheet(Text("Cancelled", "Annulations"), _CANCELLED)
        for gone in content.cancelled:
            cancelled.add(gone.number, gone.at, gone.duplicate_of)
        for each_sheet in (figures, commitments, excluded, reasons, cancelled):
            each_sheet.end()
    return written.getvalue()


def _penalties(sheet: Sheet, penalties: PenaltiesView, language: str) -> None:
    for p in penalties.lines:
        why = None if p.why is None else WHYS[p.why].in_(language)
        unit = PERS[p.per].in_(language)
        sheet.add(p.rule, p.number, p.site_id, p.target, p.kept, p.counted, p.quantity, unit, p.amount, why)
    total = f"{Text('Due', 'Dû').in_(language)} ({penalties.currency})"
    sheet.add(None, None, None, None, None, None, None, total, penalties.total, None)
    sheet.end()


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
