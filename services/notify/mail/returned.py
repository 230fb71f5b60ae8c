"""Mails that come back: which delivery each is about, and what its server says of the address (RFC 3464)."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from services.notify.domain.bounce import is_dead

_HEADERS = ("Delivered-To", "X-Original-To", "To", "X-Envelope-To")
_TAG = re.compile(r"\+([0-9a-f]{40})\.([0-9a-f]{12})@")


@dataclass(frozen=True)
class Returned:
    """What a report says. ``address``: whose it is of; ``dead``: no mail will ever arrive there."""

    delivery_id: str
    reason: str
    address: str | None
    dead: bool


@dataclass(frozen=True)
class ReturnPath:
    """Each mail comes back to an address of its own, below ``address``; ``key`` signs it."""

    address: str
    key: str

    def of(self, delivery_id: str) -> str:
        name, _, domain = self.address.partition("@")
        return f"{name}+{delivery_id}.{self._signature(delivery_id)}@{domain}"

    def delivery(self, mail: Message) -> str | None:
        """The delivery that a mail came back for; None where nobody was given that address by us."""
        for header in _HEADERS:
            for said in mail.get_all(header, ()):
                found = _TAG.search(str(said))
                if found and hmac.compare_digest(found[2], self._signature(found[1])):
                    return found[1]
        return None

    def _signature(self, delivery_id: str) -> str:
        return hmac.new(self.key.encode(), f"return/{delivery_id}".encode(), hashlib.sha256).hexdigest()[:12]


def read(raw: bytes, paths: ReturnPath) -> Returned | None:
    """What is to be done about it; None: it is no report of a failure, or not about a mail of ours."""
    try:
        return _read(raw, paths)
    except Exception:
        # The email package has bugs that some headers find: nobody waits behind such a mail.
        return None


def _read(raw: bytes, paths: ReturnPath) -> Returned | None:
    mail = message_from_bytes(raw, policy=policy.default)
    delivery_id = paths.delivery(mail)
    if delivery_id is None or mail.get_content_type() != "multipart/report":
        return None
    for status in _statuses(mail):
        if str(status.get("Action", "")).strip().lower() != "failed":
            continue
        code = str(status.get("Status", "")).strip()
        words = " ".join(str(status.get("Diagnostic-Code", "")).partition(";")[2].split())
        address = status.get("Original-Recipient") or status.get("Final-Recipient")
        return Returned(
            delivery_id,
            (words if code in words else f"{code} {words}").strip()[:300],
            None if address is None else str(address).partition(";")[2].strip() or None,
            is_dead(code),
        )
    return None


def _statuses(mail: EmailMessage) -> Iterator[Message]:
    """The part about each recipient; the first block of a report is about the mail."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (each for each in blocks[1:] if isinstance(each, Message))
