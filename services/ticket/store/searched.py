"""The words by which queries find a ticket, kept beside it.

Each has a letter in front that says where it stands, so that a query names where it looks: what the
customer's side may not read stands apart from what it may.
"""

import re
from collections.abc import Iterable, Iterator

from bson import Regex

from services.ticket.domain.ticket import Ticket
from services.ticket.lookup.words import compact, kept_of

REFERENCE, SUMMARY, TEXT, PRIVATE = "A", "S", "T", "P"
SITE, ASSET, REQUESTER = "@s:", "@a:", "@r:"
MOST_OF_A_TEXT = 500

Beginning = Regex[str]


def words_of(ticket: Ticket) -> list[str]:
    """Each word once, where it stands best: in a reference, the summary, what is public, what is not."""
    noted = ticket.noted
    summary = dict.fromkeys(kept_of(ticket.summary, silent=True))
    text = dict.fromkeys((*kept_of(ticket.description)[:MOST_OF_A_TEXT], *noted.public))
    return [
        *(REFERENCE + each for each in dict.fromkeys(_references(ticket))),
        *(SUMMARY + each for each in summary),
        *(TEXT + each for each in text if each not in summary),
        *(PRIVATE + each for each in noted.private if each not in summary and each not in text),
        *_named(ticket),
    ]


def begins(word: str) -> Beginning:
    """Words that begin so. A pattern of Python's own has a flag by which MongoDB goes through all words."""
    return Regex(f"^{re.escape(word)}")


def serial_of(number: str) -> int:
    """Its number as one that can be compared: those of a later year are higher."""
    return int("".join(re.findall(r"[0-9]+", number))[-18:] or 0)


def _references(ticket: Ticket) -> Iterator[str]:
    yield compact(ticket.number)
    yield str(serial_of(ticket.number))
    if running := re.search(r"[1-9][0-9]*$", ticket.number):
        yield running[0]
    if ticket.external_reference is not None:
        yield compact(ticket.external_reference)


def _named(ticket: Ticket) -> Iterable[str]:
    yield from (SITE + site for site in ticket.site_ids)
    if ticket.asset_id is not None:
        yield ASSET + ticket.asset_id
    if ticket.requester_id is not None:
        yield REQUESTER + ticket.requester_id
