"""Write a message as an SMS: the template's words for it or its subject, and a link for the firm's people."""

from collections.abc import Mapping
from typing import Any

from services.notify.domain.delivery import Delivery
from services.notify.domain.message import RecipientKind
from services.notify.mail.compose import Names, Sender, line, own_words, words
from services.notify.sms.alphabet import plain, size

MOST_PARTS = 3
SHORTEST_NAME = 16


def compose(delivery: Delivery, names: Names, sender: Sender) -> str:
    """In one part if shortening the site's name does it; else whole, and never in more than three."""
    language = names.recipient.language
    told = words(delivery, names, sender, language)
    link = "" if delivery.message.recipient.kind is RecipientKind.CONTACT else f" {told['link']}"
    site = told["site"]
    whole = _text(delivery, names, told, link)
    for length in range(len(site), SHORTEST_NAME - 1, -1):
        text = _text(delivery, names, {**told, "site": _short(site, length)}, link)
        if size(text).parts == 1:
            return text
    return whole if size(whole).parts <= MOST_PARTS else _cut(whole, link)


def _text(delivery: Delivery, names: Names, told: Mapping[str, Any], link: str) -> str:
    own = own_words(names, told, delivery.id)
    kind, language = delivery.message.kind, names.recipient.language
    said = " ".join(own[1].split()) if own else line(kind, language, told, "sms", "subject")
    why = f" {told['disturbs']}" if told["disturbs"] and told["disturbs"] not in said else ""
    return plain(f"{said}{why}{link}")


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}."


def _cut(whole: str, link: str) -> str:
    said = whole.removesuffix(link)
    while size(f"{said}...{link}").parts > MOST_PARTS:
        said = said[:-1]
    return f"{said}...{link}"
