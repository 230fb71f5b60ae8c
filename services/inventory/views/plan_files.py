"""A customer's renewals of a year as a workbook, and as a document to be read and signed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from io import BytesIO
from typing import Any

import typst
from babel.dates import format_date, get_month_names
from babel.numbers import format_currency

from contracts.text import Text
from infra.chassis.workbook import Sheet, workbook
from services.inventory.domain.advice import Advice, AdviceKind, AdviceState
from services.inventory.domain.renewal_words import words_of
from services.inventory.domain.yearly_plan import YearlyPlan, planned_on

PDF = "application/pdf"
_TEMPLATE = files("services.inventory.views").joinpath("plan.typ")

KINDS = {
    AdviceKind.WARRANTY_ENDS: Text("Warranty", "Garantie"),
    AdviceKind.CONTRACT_ENDS: Text("Contract", "Contrat"),
    AdviceKind.SUPPORT_ENDS: Text("End of support", "Fin de support"),
    AdviceKind.LICENCE_ENDS: Text("Licence", "Licence logicielle"),
    AdviceKind.REPLACE: Text("Replacement", "Remplacement"),
}
STATES = {
    AdviceState.OPEN: Text("to be decided", "à décider"),
    AdviceState.ACCEPTED: Text("accepted", "accepté"),
    AdviceState.DECLINED: Text("declined", "refusé"),
    AdviceState.DONE: Text("done", "fait"),
}
_HEADINGS = (
    Text("Planned on", "Prévu le"),
    Text("Due on", "Échéance"),
    Text("Kind", "Nature"),
    Text("Site", "Site concerné"),
    Text("What to do", "À faire"),
    Text("Reason", "Motif"),
    Text("Risk", "Risque"),
    Text("Cost", "Coût"),
    Text("Currency", "Devise"),
    Text("State", "État"),
    Text("Why declined", "Motif du refus"),
)


@dataclass(frozen=True)
class Printed:
    """``sites`` are names by id; ``on`` is the day of the plan, at midnight."""

    plan: YearlyPlan
    customer: str
    sites: Mapping[str, str]
    on: datetime
    language: str

    def say(self, en: str, fr: str) -> str:
        return Text(en, fr).in_(self.language)

    @property
    def today(self) -> date:
        return self.on.date()


def money(cents: int, currency: str, language: str) -> str:
    return format_currency(Decimal(cents) / 100, currency, locale=language)


def as_workbook(printed: Printed) -> bytes:
    """The same bytes from the same plan on the same day."""
    written = BytesIO()
    with workbook(written, created=printed.on) as book:
        name = printed.say(f"Renewals {printed.plan.year}", f"Renouvellements {printed.plan.year}")
        sheet = Sheet(book, name, [each.in_(printed.language) for each in _HEADINGS])
        for each in printed.plan.advices:
            words = words_of(each, printed.today)
            sheet.add(
                planned_on(each, printed.today).isoformat(),
                each.due_on,
                KINDS[each.kind].in_(printed.language),
                _site(each, printed),
                words.action.in_(printed.language),
                words.reason.in_(printed.language),
                words.risk.in_(printed.language),
                None if each.cost_cents is None else Decimal(each.cost_cents) / 100,
                each.currency,
                STATES[each.state].in_(printed.language),
                each.why or "",
            )
        sheet.end()
    return written.getvalue()


def as_pdf(printed: Printed) -> bytes:
    """The same bytes from the same plan on the same day."""
    data = json.dumps(_data(printed), ensure_ascii=False)
    pdf: bytes = typst.compile(
        _TEMPLATE.read_bytes(), sys_inputs={"data": data}, timestamp=0, ignore_system_fonts=True
    )
    return pdf


def _site(advice: Advice, printed: Printed) -> str:
    return "" if advice.site_id is None else printed.sites.get(advice.site_id, advice.site_id)


def _data(printed: Printed) -> dict[str, Any]:
    plan, language = printed.plan, printed.language
    months = get_month_names("wide", locale=language)
    unpriced = printed.say(f"{plan.unpriced} without a price", f"{plan.unpriced} sans prix")
    return {
        "lang": language,
        "title": printed.say(f"Renewal plan {plan.year}", f"Plan de renouvellement {plan.year}"),
        "customer": printed.customer,
        "on": printed.say(
            f"As of {format_date(printed.today, 'long', locale=language)}",
            f"Au {format_date(printed.today, 'long', locale=language)}",
        ),
        "empty": printed.say("Nothing is to be renewed.", "Rien n'est à renouveler."),
        "heads": [
            printed.say("What to do", "À faire"),
            printed.say("Why, and what happens otherwise", "Motif et risque"),
            printed.say("Due on", "Échéance"),
            printed.say("Cost", "Coût"),
        ],
        "months": [
            {"name": f"{months[month]} {plan.year}", "rows": [_row(each, printed) for each in those]}
            for month, those in plan.months.items()
        ],
        "total": printed.say("Total to be decided or accepted", "Total à décider ou accepté"),
        "totals": [money(cents, currency, language) for currency, cents in plan.totals.items()],
        "unpriced": unpriced if plan.unpriced else "",
        "sign": printed.say("Date and signature for agreement", "Date et signature pour accord"),
    }


def _row(advice: Advice, printed: Printed) -> dict[str, Any]:
    words, language = words_of(advice, printed.today), printed.language
    cost = advice.cost_cents
    return {
        "action": words.action.in_(language),
        "about": " · ".join(filter(None, (KINDS[advice.kind].in_(language), _site(advice, printed)))),
        "state": "" if advice.state is AdviceState.OPEN else STATES[advice.state].in_(language),
        "reason": words.reason.in_(language),
        "risk": words.risk.in_(language),
        "due": format_date(date.fromisoformat(advice.due_on), "short", locale=language),
        "late": advice.due_on < printed.on.date().isoformat(),
        "cost": "–" if cost is None else money(cost, advice.currency, language),
        "gone": advice.state in (AdviceState.DECLINED, AdviceState.DONE),
    }
