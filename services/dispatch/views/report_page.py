"""The page on which a client reads his service report without a login, and signs it.

Scanners of mails open every link, and some run its script: a signature takes a name and a button.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import Any

from contracts.dispatch.reports import MadeBecause, Signing
from infra.chassis.web.linked import linked_headers, linked_page, said
from services.dispatch.domain.service_report import ReportVersion, ServiceReport
from services.dispatch.views.report_words import Said

_SCRIPT = (files("services.dispatch.views") / "report_page.js").read_text(encoding="utf-8")
PAGE_HEADERS = linked_headers(_SCRIPT)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Rapport d’intervention",
        "ask": "Signer ce rapport",
        "sign-hint": "Votre signature atteste les travaux et les horaires ci-dessus.",
        "name": "Votre nom",
        "role": "Votre fonction (facultatif)",
        "draw": "Tracez votre signature avec le doigt ou la souris",
        "clear": "Effacer le tracé",
        "agreed": "Je signe en saisissant mon nom",
        "sign": "Signer",
        "refuse-title": "Je ne souhaite pas signer",
        "reason": "Pourquoi ?",
        "refuse": "Refuser de signer",
        "wrong": "Indiquez votre nom, puis tracez votre signature ou cochez la case ; pour refuser, dites "
        "pourquoi.",
        "pdf": "Ouvrir le rapport (PDF)",
        "signed": "Ce rapport est signé. La version signée vous est envoyée par courriel.",
        "refused": "Votre refus est enregistré. Nous vous rappelons si besoin.",
        "replaced": "Ce lien n’est plus valable : une version plus récente du rapport l’a remplacé. Suivez "
        "le lien de notre dernier message.",
        "signed-since": "Ce rapport a été signé depuis. Suivez le lien de notre dernier message pour lire "
        "la version signée.",
        "refused-since": "La signature de ce rapport a été refusée depuis. Suivez le lien de notre dernier "
        "message.",
        "outcome": "Résultat",
    },
    "en": {
        "title": "Service report",
        "ask": "Sign this report",
        "sign-hint": "Your signature acknowledges the work and the times above.",
        "name": "Your name",
        "role": "Your function (if you like)",
        "draw": "Draw your signature with a finger or the mouse",
        "clear": "Clear the drawing",
        "agreed": "I sign by typing my name",
        "sign": "Sign",
        "refuse-title": "I do not wish to sign",
        "reason": "Why not?",
        "refuse": "Refuse to sign",
        "wrong": "Give your name, then draw your signature or tick the box; to refuse, say why.",
        "pdf": "Open the report (PDF)",
        "signed": "This report is signed. The signed version is sent to you by mail.",
        "refused": "Your refusal is recorded. We call you if need be.",
        "replaced": "This link is not good any more: a newer version of the report has taken its place. "
        "Follow the link in our last mail.",
        "signed-since": "This report has been signed since. Follow the link in our last mail to read the "
        "signed version.",
        "refused-since": "The signature of this report has been refused since. Follow the link in our last "
        "mail.",
        "outcome": "Outcome",
    },
}
_SINCE = {MadeBecause.SIGNED: "signed-since", MadeBecause.REFUSED: "refused-since"}


@dataclass(frozen=True)
class PageOf:
    """``language`` is the reader's; ``typed`` what he had typed where something is ``wrong`` with it."""

    version: ReportVersion
    language: str
    typed: Mapping[str, str] | None = None
    wrong: bool = False

    @cached_property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.version.content)
        return content


def report_page(page: PageOf, token: str, name: str) -> str:
    """``name`` is that of whom the link was sent to; ``token`` is where the page itself is."""
    words, content = _WORDS[page.language], page.content
    told = Said({**content, "language": page.language})
    about = " · ".join((content["firm"], content["number"], told.label("version", n=content["version"])))
    pdf = f'<p><a class="button" href="{escape(token)}/report.pdf">{escape(words["pdf"])}</a></p>'
    awaited = page.version.signing is Signing.AWAITED
    form = _form(page, words, name) if awaited else ""
    body = _state(page, words, told) + _facts(told, content, words) + pdf + form
    return linked_page(words["title"], page.language, about, body, script=_SCRIPT if awaited else "")


def gone_page(report: ServiceReport, language: str) -> str:
    """Of a link whose version does not hold any more: it tells nothing of what the report says."""
    words = _WORDS[language]
    text = words[_SINCE.get(report.because, "replaced")]
    return linked_page(words["title"], language, "", said(text, done=False))


def _state(page: PageOf, words: Mapping[str, str], told: Said) -> str:
    if page.wrong:
        return said(words["wrong"], done=False)
    if page.version.because is MadeBecause.SIGNED:
        return said(words["signed"])
    if page.version.because is MadeBecause.REFUSED:
        return said(words["refused"])
    if page.version.signing is Signing.AWAITED:
        return ""
    return f"<p>{escape(told.signature(page.content))}</p>"


def _facts(told: Said, content: Mapping[str, Any], words: Mapping[str, str]) -> str:
    work, times, minutes = content["work"], content["times"], content["minutes"]
    lasted = " – ".join(filter(None, (told.clock(times["started"]), told.clock(times["ended"]))))
    parts = "\n".join(f"{each['quantity']} × {each['name'] or each['sku']}" for each in content["parts"])
    pairs = (
        (told.label("site"), told.place(content)),
        (told.label("technician"), content["technician"]["name"] or ""),
        (told.label("times"), f"{told.day(times['ended'])}, {lasted}"),
        (told.label("worked"), told.minutes(minutes["worked"])),
        (told.label("asked"), content["asked"]["summary"]),
        (words["outcome"], told.outcome(content)),
        *((told.label(name), work[name]) for name in ("found", "cause", "done", "remaining")),
        (told.label("parts"), parts),
    )
    rows = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in pairs if value.strip()
    )
    return f'<dl class="facts">{rows}</dl>'


def _form(page: PageOf, words: Mapping[str, str], name: str) -> str:
    typed = page.typed or {}

    def field(id: str, value: str, more: str) -> str:
        return (
            f'<label for="{id}">{escape(words[id])}</label><input id="{id}" name="{id}" maxlength="200" '
            f'value="{escape(value)}" {more}>'
        )

    ticked = " checked" if typed.get("agreed") == "yes" else ""
    refusing = typed.get("do") == "refuse"
    return (
        f'<form method="post" action="?" class="signing"><h2>{escape(words["ask"])}</h2>'
        f"<p>{escape(words['sign-hint'])}</p>"
        + field("name", typed.get("name", name), 'required autocomplete="name"')
        + field("role", typed.get("role", ""), 'autocomplete="organization-title"')
        + f'<div id="drawing" data-label="{escape(words["draw"])}" data-clear="{escape(words["clear"])}">'
        '<input type="hidden" name="svg"></div>'
        f'<label class="tick"><input type="checkbox" name="agreed" value="yes"{ticked}> '
        f"<span>{escape(words['agreed'])}</span></label>"
        f'<button class="main" name="do" value="sign">{escape(words["sign"])}</button>'
        f"<details{' open' if refusing else ''}><summary>{escape(words['refuse-title'])}</summary>"
        f'<label for="reason">{escape(words["reason"])}</label>'
        f'<textarea id="reason" name="reason" maxlength="500">{escape(typed.get("reason", ""))}</textarea>'
        f'<button class="other" name="do" value="refuse">{escape(words["refuse"])}</button></details></form>'
    )
