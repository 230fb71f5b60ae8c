"""KPIs as a workbook: the figures with their definitions, and what they are broken down by."""

import io
from datetime import UTC

import xlsxwriter

from contracts.text import Text
from services.ticket.domain.kpi_case import By
from services.ticket.views.kpis import KpisView
from services.ticket.views.statement_sheet import Sheets

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
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"created": shown.as_of.astimezone(UTC).replace(tzinfo=None)})
        sheets = Sheets(book, language)
        sheets.add(
            Text("KPIs", "Indicateurs"),
            _FIGURES,
            ((k.kpi, k.name, k.value, k.unit.value, k.n, k.unknown, k.definition) for k in shown.items),
        )
        sheets.add(
            Text("Breakdown", "Ventilation"),
            (_KPI, *_BY.values(), _VALUE, _UNIT, _N, _UNKNOWN),
            (
                (k.kpi, *(row.of.get(by) for by in _BY), row.value, k.unit.value, row.n, row.unknown)
                for k in shown.items
                for row in k.breakdown
            ),
        )
        sheets.add(
            Text("Period", "Période"),
            _ASKED,
            (
                (Text("From", "Du").in_(language), shown.from_.isoformat()),
                (Text("To, included", "Au, compris").in_(language), shown.to.isoformat()),
                (Text("As known at", "Connu au").in_(language), shown.as_of),
                (Text("Contract", "Contrat").in_(language), shown.contract),
                (Text("Site", "Lieu").in_(language), shown.site),
                (Text("Customer", "Client").in_(language), shown.customer),
                (Text("Bounds", "Bornes").in_(language), shown.period),
                (Text("Single persons", "Personnes").in_(language), shown.per_person),
            ),
        )
    return written.getvalue()
