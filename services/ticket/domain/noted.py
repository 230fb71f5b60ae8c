"""What notes on a ticket say, as the terms by which it is found."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

MOST = 1_000
"""Terms kept of each kind of notes: what the notes beyond say does not find the ticket."""


@dataclass(frozen=True)
class Noted:
    """``public`` is of notes that the customer's side reads, ``private`` of those within the firm.

    ``unread``: it has notes that nobody has read for their words, from before those were kept.
    """

    public: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    unread: bool = False

    def with_note(self, terms: Iterable[str], *, public: bool) -> "Noted":
        if public:
            return replace(self, public=_more(self.public, terms))
        return replace(self, private=_more(self.private, terms))


NOTHING = Noted()


def _more(known: tuple[str, ...], terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *terms)))[:MOST]
