"""How the platform's mails name the ticket that they are about, so that an answer finds its way back.

A Message-ID is ``<ticket.<ticket id>.<what tells it from others>@<domain>>`` (RFC 5322, 3.6.4): whoever
sends a mail about a ticket writes it so, whoever takes answers reads it, and neither knows the other. All
mails about one ticket refer to ``thread_of``, which no mail has itself: mail programs show them as one
conversation. It says of which ticket a mail is, not who sent it: its reader decides whose answers count.
"""

import re

_FORM = re.compile(r"<ticket\.([A-Za-z0-9._~-]{1,64})\.[A-Za-z0-9_~-]{1,128}@[^<>@\s]+>", re.ASCII)


def message_id(ticket_id: str, unique: str, domain: str) -> str:
    """``unique``: letters and digits that no other mail about that ticket has."""
    return f"<ticket.{ticket_id}.{unique}@{domain}>"


def thread_of(ticket_id: str, domain: str) -> str:
    """What every mail about a ticket refers to."""
    return message_id(ticket_id, "thread", domain)


def ticket_of(id: str) -> str | None:
    """The ticket that a Message-ID of this form names."""
    found = _FORM.fullmatch(id)
    return None if found is None else found[1]
