"""A month's statement to be read, printed and signed."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import typst

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Language
from services.ticket.domain.commitment import Outcome
from services.ticket.domain.statement_month import Version
from services.ticket.views.statement import CommitmentView, PenaltiesView, Shown
from services.ticket.views.statement_words import OUTCOMES, PERS, WHYS, at, excluded_because, hours, number

_TEMPLATE = files("services.ticket.views").joinpath("statement.typ")
_TOLD = (Outcome.BROKEN, Outcome.LATE)

MOST_EXPLAINED = 8_000
"""Commitments, on as many as eight hundred pages: each takes a tenth of a megabyte to lay out."""


def as_told(shown: Shown) -> Shown:
    """The month without the commitments that a document says nothing of: the same document comes of it.

    ``Refusal`` where nobody would read it, and making it would take the service's memory.
    """
    told = shown.content.written_of(*_TOLD)
    if len(told) > MOST_EXPLAINED:
        raise Refusal(
            "document-too-long",
            Text(
                f"{len(told)} broken commitments would have to be explained, and {MOST_EXPLAINED} is the "
                "most. The workbook (.xlsx) holds all of them.",
                f"{len(told)} engagements manqués seraient à expliquer, pour {MOST_EXPLAINED} au plus. Le "
                "classeur (.xlsx) les contient tous.",
            ),
            explained=len(told),
            most=MOST_EXPLAINED,
        )
    return replace(shown, content=replace(shown.content, commitments=told))


def as_pdf(shown: Shown, language: str) -> bytes:
    """The same bytes from the same statement: the file carries no date of its own."""
    data = json.dumps(_data(shown, language), ensure_ascii=False)
    pdf: bytes = typst.compile(_TEMPLATE.read_bytes(), sys_inputs={"data": data}, timestamp=0)
    return pdf


def _data(shown: Shown, language: str) -> dict[str, Any]:
    content, summary, version = shown.content.head, shown.summary, shown.version

    def say(en: str, fr: str) -> str:
        return Text(en, fr).in_(language)

    if version is None:
        state = say(
            f"Provisional: may be contested until {shown.until}",
            f"Provisoire : contestable jusqu'au {shown.until}",
        )
    else:
        state = say(
            f"Version {version.n}, frozen on {at(version.frozen_at)} UTC",
            f"Version {version.n}, figée le {at(version.frozen_at)} UTC",
        )
    return {
        "lang": language,
        "title": say("Service commitments", "Engagements de service"),
        "contract": content.contract_id,
        "customer": content.customer_id,
        "month": content.month,
        "state": state,
        "digest": "" if version is None else version.digest,
        "colon": say(": ", "\u00a0: "),
        "labels": _labels(language),
        "rate": number(content.percent, language),
        "kept": content.kept,
        "broken": content.broken,
        "counts": [
            [
                each.target,
                each.priority.value,
                each.kept,
                each.broken,
                each.late,
                each.stopped,
                each.open,
                number(each.percent, language),
            ]
            for each in content.counts
        ],
        "penalties": None if content.penalties is None else _penalties(content.penalties, language),
        "commitments": [_commitment(each, language) for each in as_told(shown).content.each()],
        "cancelled": [
            [each.number, at(each.at), each.duplicate_of or say("the client agreed", "accord du client")]
            for each in content.cancelled
        ],
        "contests": [
            [each.n, each.text, each.answer or say("not answered yet", "sans réponse")]
            for each in summary.contests
        ],
        "changes": _changes(version),
        "as_of": say(
            f"As known on {at(content.as_of)} UTC, by revision {content.contract_revision} of the contract. "
            "Times are in UTC unless a sentence says otherwise.",
            f"Selon ce qui était su le {at(content.as_of)} UTC, révision {content.contract_revision} du "
            "contrat. Les heures sont en UTC, sauf dans les phrases.",
        ),
    }


def _penalties(penalties: PenaltiesView, language: str) -> dict[str, Any]:
    def money(amount: Any) -> str:
        return number(float(amount), language)

    return {
        "currency": penalties.currency,
        "gross": money(penalties.gross),
        "total": money(penalties.total),
        "lines": [
            [
                each.rule,
                "" if each.number is None else f"{each.number} · {each.site_id} · {each.target}",
                f"{each.quantity} {PERS[each.per].in_(language)}"
                + (f" ({each.kept}/{each.counted})" if each.counted is not None else ""),
                money(each.amount),
                "" if each.why is None else WHYS[each.why].in_(language),
            ]
            for each in penalties.lines
        ],
    }


def _commitment(each: CommitmentView, language: str) -> dict[str, Any]:
    spoken = Language(language)
    return {
        "head": f"{each.number} · {each.site_id} · {each.target} ({each.priority.value})",
        "outcome": OUTCOMES[each.outcome].in_(language),
        "facts": [
            [Text("Began", "Début").in_(language), at(each.starts_at)],
            [Text("Broken at", "Manqué le").in_(language), at(each.breached_at)],
            [Text("Kept at", "Tenu le").in_(language), at(each.met_at) or "–"],
            [Text("Late", "Retard").in_(language), hours(each.late_minutes, language)],
        ],
        "reasons": [said.sentence.in_(spoken) for said in each.reasons],
        "excluded": [
            f"{at(out.from_)} – {at(out.to)} · {excluded_because(out).in_(language)}" for out in each.excluded
        ],
    }


def _changes(version: Version | None) -> list[list[str]]:
    return [
        [
            " · ".join(each.commitment) if each.commitment else each.what,
            each.before or "–",
            each.after or "–",
        ]
        for each in (version.changes if version is not None else [])
    ]


def _labels(language: str) -> dict[str, str]:
    said = {
        "contract": Text("Contract", "Contrat"),
        "customer": Text("Customer", "Client"),
        "month": Text("Month", "Mois"),
        "figures": Text("Figures", "Chiffres"),
        "target": Text("Target", "Engagement"),
        "priority": Text("Priority", "Priorité"),
        "kept": Text("Kept", "Tenus"),
        "broken": Text("Broken", "Manqués"),
        "late": Text("Still late", "Encore en retard"),
        "stopped": Text("Stopped", "Arrêtés"),
        "open": Text("Running", "En cours"),
        "rate": Text("Kept, %", "Tenus, %"),
        "penalties": Text("Penalties", "Pénalités"),
        "rule": Text("Rule", "Règle"),
        "what": Text("For", "Pour"),
        "quantity": Text("Quantity", "Quantité"),
        "amount": Text("Amount", "Montant"),
        "note": Text("Note", "Observation"),
        "gross": Text("Sum of the lines", "Somme des lignes"),
        "total": Text("Due", "Dû"),
        "none": Text("None.", "Néant."),
        "noscale": Text(
            "The contract has no scale of penalties.", "Le contrat n'a pas de barème de pénalités."
        ),
        "commitments": Text("Broken commitments, explained", "Engagements manqués, expliqués"),
        "excluded": Text("Not counted", "Non compté"),
        "cancelled": Text("Cancelled requests", "Demandes annulées"),
        "contests": Text("Contested", "Contestations"),
        "changes": Text("Changed since the version before", "Changements depuis la version précédente"),
        "before": Text("Before", "Avant"),
        "after": Text("After", "Après"),
        "digest": Text("SHA-256 of the content", "SHA-256 du contenu"),
    }
    return {name: text.in_(language) for name, text in said.items()}
