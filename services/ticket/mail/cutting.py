"""What is new in a mail: without the mail that it answers, and without the signature, French or English.

A line is looked at once. Libraries for this (mail-parser-reply, email-reply-parser) search whole mails by
expressions that backtrack: twenty thousand empty lines hold them, and the process, for minutes.
"""

import re

from services.ticket.mail.plain import QUOTE_MARK

_HEADERS = (
    "de",
    "from",
    "envoyé",
    "envoye",
    "sent",
    "date",
    "à",
    "a",
    "to",
    "objet",
    "subject",
    "cc",
    "répondre à",
)
_FIRST_HEADERS = ("de", "from", "expéditeur")
_RULES = ("-----original message-----", "-----message d'origine-----", "-----message original-----")
_FORWARDED = (
    "forwarded message",
    "message transféré",
    "message transmis",
    "début du message",
    "begin forwarded",
)
_SENT_FROM = re.compile(
    r"(?:envoyé (?:de(?:puis)?|à partir de) (?:mon|ma|l'|outlook|yahoo|gmail|proton|un |une )"
    r"|sent (?:from|via) (?:my|outlook|yahoo|mail|gmail|proton|the )"
    r"|(?:télécharger|obtenez|get) outlook (?:pour|for) ).{0,80}",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(?:a écrit|wrote|écrit)\s*:?\s*$", re.IGNORECASE)
_WROTE_BEGINS = re.compile(r"^(?:le |on |> ?le |> ?on )", re.IGNORECASE)
_LONGEST_INTRODUCTION = 4
_LOOKED_AT = 600
"""Letters of a line that are looked at: introductions and signatures are shorter."""


def fresh(text: str) -> str:
    """What its writer wrote this time; all of it where nothing is left, or he writes between the lines."""
    lines = text.split("\n")
    end = _first_quote(lines)
    kept = lines[:end]
    if end < len(lines) and not any(line.strip() for line in kept):
        kept = _without_marked(lines)
    kept = kept[: _signature(kept)]
    new = _tidy(kept)
    return new or _tidy(lines)


def _first_quote(lines: list[str]) -> int:
    """The line from which on nothing is new."""
    for n, line in enumerate(lines):
        here = line.strip()[:_LOOKED_AT]
        if here == QUOTE_MARK or here.lower().replace(" ", "") in (r.replace(" ", "") for r in _RULES):
            return n
        if _is_header_block(lines, n) and not _is_forwarded(lines, n):
            rule = n - 1
            while rule > 0 and not lines[rule].strip():
                rule -= 1
            return rule if rule >= 0 and _is_rule(lines[rule]) else n
        if _introduces(lines, n) and not _answers_below(lines, n):
            return n
        if here.startswith(">") and not _answers_below(lines, n):
            return n
    return len(lines)


def _introduces(lines: list[str], n: int) -> bool:
    """``Le lun. 3 mars 2026 à 10:12, Léa <…> a écrit :``, which mail programs break over some lines."""
    if not _WROTE_BEGINS.match(lines[n].lstrip()[:_LOOKED_AT]):
        return False
    said = ""
    for line in lines[n : n + _LONGEST_INTRODUCTION]:
        if not line.strip():
            break
        said = f"{said} {line.strip()[:_LOOKED_AT]}".strip()
        if _WROTE.search(said[-40:]):
            return any(each.isdigit() for each in said)
    return False


def _is_header_block(lines: list[str], n: int) -> bool:
    """``De : … / Envoyé : … / À : … / Objet : …`` of Outlook, at least three in a row."""
    if _header(lines[n]) not in _FIRST_HEADERS:
        return False
    following = [line for line in lines[n : n + 8] if line.strip()][:4]
    return sum(_header(line) in _HEADERS for line in following) >= 3


def _header(line: str) -> str:
    name, colon, _ = line[:60].replace("*", "").partition(":")
    return name.strip().lower() if colon else ""


def _is_forwarded(lines: list[str], n: int) -> bool:
    """What is forwarded is what its writer wants to be read."""
    before = " ".join(line.strip().lower()[:_LOOKED_AT] for line in lines[max(0, n - 3) : n])
    return any(words in before for words in _FORWARDED)


def _is_rule(line: str) -> bool:
    here = line.strip()
    return len(here) >= 5 and not here.strip("_-—*")


def _answers_below(lines: list[str], n: int) -> bool:
    """Whether words that are not quoted follow what is quoted from line ``n`` on: they answer it."""
    seen = False
    for line in lines[n : n + 400]:
        here = line.strip()
        if here.startswith(">"):
            seen = True
        elif seen and here:
            return not (_SENT_FROM.match(here[:_LOOKED_AT]) or line.rstrip() == "--" or _is_rule(line))
    return False


def _without_marked(lines: list[str]) -> list[str]:
    return (
        []
        if any(QUOTE_MARK in line for line in lines)
        else [x for x in lines if not x.lstrip().startswith(">")]
    )


def _signature(lines: list[str]) -> int:
    """The line from which on it is a signature: ``-- ``, a phone's advertisement; never the first words."""
    begun = False
    for n, line in enumerate(lines):
        here = line.strip()[:_LOOKED_AT]
        if begun and (line.rstrip() == "--" or _SENT_FROM.fullmatch(here)):
            return n
        begun = begun or bool(here)
    return len(lines)


def _tidy(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines if line.strip() != QUOTE_MARK).strip()
