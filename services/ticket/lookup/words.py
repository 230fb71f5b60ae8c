"""The words by which a ticket is found: what is kept of its texts, and what a query asks for.

A word stands by its stem in French and in English, or by what it means where several words mean one thing.
What is kept has all that any query for one of the words asks for, whatever stands around it there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from contracts.values import Language
from services.ticket.lookup.terms import folded, is_silent, meant_by, read, words_in

LONGEST = 40
"""Letters of a term that count."""
MOST_SOUGHT = 8
"""Words of a query that count; those that say nothing count only among themselves."""
SHORTEST_BEGINNING = 3
MOST_ENDING = 3
"""Letters that stemming takes off a word at most, as far as half-written words are concerned."""


@dataclass(frozen=True)
class Word:
    """A word of a query as it is written, without accents, and the terms of which any will do."""

    written: str
    terms: frozenset[str]

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What terms of words that begin so may begin with; none where it is too short to tell."""
        return (self.written,) if len(self.written) >= SHORTEST_BEGINNING else ()

    @property
    def begun(self) -> frozenset[str]:
        """Terms of words that begin so, whose stems are shorter or whose meaning is another word."""
        shortest = max(SHORTEST_BEGINNING + 1, len(self.written) - MOST_ENDING)
        stems = (self.written[:n] for n in range(shortest, len(self.written)))
        return frozenset((*stems, *(meant_by(self.written) if self.beginnings else ())))


@lru_cache(maxsize=512)
def kept_of(text: str, *, silent: bool = False) -> tuple[str, ...]:
    """The terms of a text, each once; ``silent``: those of words that say nothing, too."""
    words = words_in(text)
    found: dict[str, None] = {}
    for word, terms in zip(words, _terms(words), strict=True):
        if silent or not is_silent(word):
            found.update(dict.fromkeys(sorted(terms)))
    return tuple(found)


def sought(query: str) -> tuple[Word, ...]:
    """The words of a query, all of which a ticket has to have."""
    words = words_in(query)
    found = {word: Word(word, terms) for word, terms in zip(words, _terms(words), strict=True)}
    telling = [word for word in found.values() if not is_silent(word.written)]
    return tuple((telling or list(found.values()))[:MOST_SOUGHT])


def compact(text: str) -> str:
    """A reference without accents, case and punctuation: ``INC-0042/A`` is ``inc0042a``."""
    return "".join(letter for letter in folded(text) if letter.isalnum())[:LONGEST]


def _terms(words: tuple[str, ...]) -> list[frozenset[str]]:
    """The terms of each word: alone, and as a part of the phrase around it."""
    found: list[set[str]] = [set() for _ in words]
    for language in Language:
        for at, length, term in read(words, language):
            for n in range(at, at + length):
                found[n].add(term)
                if length > 1:
                    found[n].update(_alone(words[n], language))
    return [frozenset(term[:LONGEST] for term in terms) for terms in found]


def _alone(word: str, language: Language) -> Iterable[str]:
    return (term for _, _, term in read((word,), language))
