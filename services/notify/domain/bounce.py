"""When an address takes no mail any more, and what is done about it."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

REFUSED = "address-refused"
"""How a failure begins where the address itself is at fault, not the mail or the server."""

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""RFC 3463: no such mailbox or domain, no address at all, moved, takes no mail, closed."""

_DEAD_CODES = frozenset({550, 551, 553})


@dataclass(frozen=True)
class RefusedAddress:
    """The id is that of his preferences. ``digest`` stands for the address: another one of his is written to.

    ``reason`` is what the mail server said, without addresses.
    """

    id: str
    digest: str
    since_at: datetime
    reason: str


def digest_of(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def is_dead(status: str) -> bool:
    """Whether an enhanced status (RFC 3463) says that no mail will ever arrive there."""
    return status.strip() in _DEAD


def refuses_address(code: int, words: str) -> bool:
    """Whether a server's answer to ``RCPT TO`` says so. A full mailbox is no dead address."""
    found = _ENHANCED.search(words)
    return is_dead(found[1]) if found is not None else code in _DEAD_CODES
