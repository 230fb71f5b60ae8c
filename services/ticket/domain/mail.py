"""A mail that came in: what it says, where it came from, and what became of it."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Impact, TicketKind, Urgency
from services.ticket.domain.attachment import Position

MAX_BYTES = 25 * 2**20
MAX_PARTS = 100
MAX_SUMMARY = 160
MAX_WORDS = 10_000
MAX_WAITING = 5_000
"""Mails in quarantine; one more, and the one that waits longest goes: its original is in the mailbox."""


class Automatic(StrEnum):
    """What no person wrote. Whoever answers a machine may be answered by it, for ever (RFC 3834).

    A ``NOTIFICATION`` says something, and is not answered; a ``REPLY`` (out of office) and a ``BOUNCE``
    say that nobody has read ours.
    """

    NO = "no"
    NOTIFICATION = "notification"
    REPLY = "reply"
    BOUNCE = "bounce"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """``id`` is the same wherever and however often it is found; ``digest`` is that of what it says.

    ``sender`` is its From, normalised. ``text`` is what is new in it; ``whole`` the text before anything was
    cut off, where something was. ``references`` are Message-IDs, what it answers first. ``verdicts`` are what
    servers found out about where it came from, each with the server that says so.
    """

    id: str
    digest: str
    message_id: str | None
    sender: str
    sender_name: str
    subject: str
    text: str
    whole: str | None = None
    references: tuple[str, ...] = ()
    automatic: Automatic = Automatic.NO
    verdicts: tuple[tuple[str, str, str], ...] = ()

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]

    @property
    def declared_by(self) -> str:
        """Name and address, as in a letter."""
        return f"{self.sender_name} <{self.sender}>" if self.sender_name else self.sender

    @property
    def numbers(self) -> tuple[str, ...]:
        """The tickets that the subject names."""
        return tuple(dict.fromkeys(each.upper() for each in _NUMBER.findall(self.subject)))[:3]

    @property
    def summary(self) -> str:
        """The subject without what mail programs put before it, else how the text begins."""
        subject = _PREFIXES.sub("", self.subject).strip()
        begins = next((line.strip() for line in self.text.splitlines() if line.strip()), "")
        return _shortened(subject or begins or "(sans objet)", MAX_SUMMARY)

    def words(self, *before: str) -> str:
        """What goes into a ticket, after what is said ``before``."""
        return _shortened("\n\n".join((*before, self.text or self.summary)), MAX_WORDS)

    @property
    def reply_to(self) -> str | None:
        """Its Message-ID where that tells of nobody: some programs make it of the user's name."""
        if self.message_id is None or self.automatic is not Automatic.NO:
            return None
        said = self.message_id.casefold()
        told = re.findall(r"\w{3,}", f"{self.sender_name} {self.sender.rpartition('@')[0]}".casefold())
        return None if any(each in said for each in told) else self.message_id


_NUMBER = re.compile(r"(?<![\w-])T-\d{4}-\d{6,9}(?![\w-])", re.IGNORECASE | re.ASCII)
_PREFIXES = re.compile(r"^(?:\s*(?:re|tr|fw|fwd|réf|rép)\s*:\s*)+", re.IGNORECASE)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def key_of(*parts: str) -> str:
    """An id that the same parts always give."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file of a mail whose bytes are stored already; ``public``: the customer's side sees it."""

    id: str
    file_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    position: Position
    public: bool = True


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a mailbox's owner has decided beforehand: what its mails are taken for, and whose.

    ``trusted`` is the server of ours whose verdicts count; ``own`` are our addresses; ``hourly`` is how
    many mails of one sender become tickets and notes within an hour.
    """

    name: str
    category: str
    kind: TicketKind = TicketKind.INCIDENT
    impact: Impact = Impact.LOW
    urgency: Urgency = Urgency.MEDIUM
    customer_id: str | None = None
    trusted: str | None = None
    own: frozenset[str] = frozenset()
    hourly: int = 30


class MailState(StrEnum):
    OPENED = "opened"
    NOTED = "noted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """What became of a mail. Who wrote it and what stands here only while it is in quarantine.

    ``at`` is when our server had it. ``file_id`` names its bytes, as long as they are needed. ``forget_at``:
    from then on nobody looks for it any more.
    """

    id: str
    digest: str
    mailbox: str
    state: MailState
    at: datetime
    taken_at: datetime
    forget_at: datetime | None = None
    message_id: str | None = None
    sender_key: str | None = None
    ticket_id: str | None = None
    reason: str | None = None
    reason_en: str | None = None
    reason_fr: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    subject: str | None = None
    excerpt: str | None = None
    file_id: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def decided(self, state: MailState, by: str, at: datetime, forget_at: datetime) -> "ReceivedMail":
        """What is left of it once it is in quarantine no more."""
        return replace(
            self,
            state=state,
            decided_by=by,
            decided_at=at,
            forget_at=forget_at,
            sender=None,
            sender_name=None,
            subject=None,
            excerpt=None,
            file_id=None,
        )


def suspicion(mail: Mail, desk: Desk, recent: int) -> Refusal | None:
    """Why a mail is not taken, whoever wrote it; ``recent``: how many its sender wrote within the hour."""
    if mail.sender in desk.own:
        return _because(
            "own-address",
            "It comes from an address of ours: reject it, or find out who sends mails to himself.",
            "Il vient d'une adresse à nous : rejetez-le, ou cherchez qui s'écrit à lui-même.",
        )
    if mail.automatic is Automatic.BOUNCE:
        return _because(
            "bounce",
            "A mail of ours could not be delivered: correct the contact's address, then reject this.",
            "Un de nos mails n'a pu être remis : corrigez l'adresse du contact, puis rejetez celui-ci.",
        )
    if mail.automatic is Automatic.REPLY:
        return _because(
            "automatic-reply",
            "An automatic reply: nobody has read ours yet. Reject it, or accept it as a note.",
            "Une réponse automatique : personne n'a encore lu le nôtre. Rejetez-la, ou acceptez-la en note.",
        )
    if (failed := _forged(mail, desk.trusted)) is not None:
        return _because(
            "sender-not-authentic",
            f"{desk.trusted} says {failed}: the sender may be forged. Ask him by phone before you accept it.",
            f"{desk.trusted} dit {failed} : l'expéditeur peut être usurpé. Appelez-le avant de l'accepter.",
        )
    if recent >= desk.hourly:
        return _because(
            "too-many-mails",
            f"Its sender wrote {desk.hourly} mails within an hour: a machine, or somebody who needs a call.",
            f"Son expéditeur a écrit {desk.hourly} mails en une heure : machine, ou personne à rappeler.",
        )
    return None


def _forged(mail: Mail, trusted: str | None) -> str | None:
    """What the server of ours found wrong: DMARC failed, or SPF did and no signature vouches (RFC 8601)."""
    said = {(method, result) for server, method, result in mail.verdicts if server == trusted}
    if trusted is None:
        return None
    if ("dmarc", "fail") in said:
        return "dmarc=fail"
    if said & {("dmarc", "pass"), ("dkim", "pass")}:
        return None
    return "spf=fail" if said & {("spf", "fail"), ("spf", "softfail")} else None


def sender_unknown() -> Refusal:
    return _because(
        "sender-unknown",
        "Nobody knows its sender: accept it for a customer, or reject it.",
        "Personne ne connaît son expéditeur : acceptez-le pour un client, ou rejetez-le.",
    )


def sender_of_several() -> Refusal:
    return _because(
        "sender-of-several-customers",
        "Its sender belongs to several customers: accept it for the one that is meant.",
        "Son expéditeur relève de plusieurs clients : acceptez-le pour celui dont il s'agit.",
    )


def not_of_this_ticket(number: str) -> Refusal:
    return _because(
        "not-of-this-ticket",
        f"It answers {number}, which is none of its sender's: accept it for that customer, or reject it.",
        f"Il répond à {number}, qui ne regarde pas son expéditeur : acceptez-le pour le client de ce ticket, "
        "ou rejetez-le.",
    )


def site_not_told() -> Refusal:
    return _because(
        "site-not-told",
        "Its customer has several sites: accept it with the `site_id` that is meant, or set `mail_site`.",
        "Son client a plusieurs sites : acceptez-le avec le `site_id` voulu, ou définissez `mail_site`.",
    )


def unreadable(en: str, fr: str) -> Refusal:
    return _because(
        "mail-unreadable",
        f"{en}: read it in the mailbox, open a ticket by hand if it is one, and reject this.",
        f"{fr} : lisez-le dans la boîte, ouvrez un ticket à la main s'il le faut, et rejetez celui-ci.",
    )


def same_message_id() -> Refusal:
    return _because(
        "same-message-id",
        "Another mail with its Message-ID, which says something else, was taken before: compare them.",
        "Un autre mail, au même Message-ID mais au contenu différent, a déjà été pris : comparez-les.",
    )


def _because(slug: str, en: str, fr: str) -> Refusal:
    return Refusal(slug, Text(en, fr))
