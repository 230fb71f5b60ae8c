"""KPIs as a workbook: the figures with their definitions, and what they are broken down by."""

import io
from collections.abc import Sequence

from contracts.text import Text
from infra.chassis.workbook import Sheet, workbook
from services.ticket.domain.kpi_case import By
from services.ticket.views.kpis import KpisView

_KPI, _VALUE, _UNIT = Text("KPI", "Indicateur"), Text("Value", "Valeur"), Text("Unit", "Unité")
_N, _UNKNOWN = Text("Sample", "Effectif"), Text("Not known", "Non connus")
_FIGURES = (
    *(_KPI, Text("Name", "Nom"), _VALUE, _UNIT, _N, _UNKNOWN),
    Text("Definition", "Définition"),
)
_BY = {
    By.KIND: Text("Kind", "Nature"),
    By.PRIORITY: Text("Priority", "Priorité"),
    By.CATEGORY: Text("Category", "Catégorie"),
    By.SITE: Text("Site", "Lieu"),
    By.CONTRACT: Text("Contract", "Contrat"),
    By.TECHNICIAN: Text("Technician", "Technicien"),
    By.TARGET: Text("Target", "Engagement"),
    By.AGE: Text("Age, at most", "Âge, au plus"),
}
_ASKED = (Text("Asked", "Demandé"), Text("Answer", "Réponse"))


def as_xlsx(shown: KpisView, language: str) -> bytes:
    """A sheet of figures, one of their parts, one of what was asked."""
    written = io.BytesIO()
    with workbook(written, created=shown.as_of) as book:

        def sheet(name: Text, headings: Sequence[Text]) -> Sheet:
            return Sheet(book, name.in_(language), [each.in_(language) for each in headings])

        figures = sheet(Text("KPIs", "Indicateurs"), _FIGURES)
        parts = sheet(Text("Breakdown", "Ventilation"), (_KPI, *_BY.values(), _VALUE, _UNIT, _N, _UNKNOWN))
        for k in shown.items:
            figures.add(k.kpi, k.name, k.value, k.unit.value, k.n, k.unknown, k.definition)
            for row in k.breakdown:
                of = (row.of.get(by) for by in _BY)
                parts.add(k.kpi, *of, row.value, k.unit.value, row.n, row.unknown)
        asked = sheet(Text("Period", "Période"), _ASKED)
        for name, said in (
            (Text("From", "Du"), shown.from_.isoformat()),
            (Text("To, included", "Au, compris"), shown.to.isoformat()),
            (Text("As known at", "Connu au"), shown.as_of),
            (Text("Contract", "Contrat"), shown.contract),
            (Text("Site", "Lieu"), shown.site),
            (Text("Customer", "Client"), shown.customer),
            (Text("Bounds", "Bornes"), shown.period),
            (Text("Single persons", "Personnes"), shown.per_person),
        ):
            asked.add(name.in_(language), said)
        for each in (figures, parts, asked):
            each.end()
    return written.getvalue()
