"""What of a text is compared: words without accents, endings and those that say nothing.

Words that people use for one thing become one term, so that « mon ordi rame » finds "slow workstation".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import Stemmer

from contracts.values import Language
from services.ticket.lookup.synonyms import SILENT, SYNONYMS

_WORD = re.compile(r"[^\W_]+(?:[.][0-9]+)*")
_STEMMERS = {Language.FR: Stemmer.Stemmer("french"), Language.EN: Stemmer.Stemmer("english")}
LONGEST_PHRASE = 4


def terms(text: str, language: Language) -> list[str]:
    """The terms of a text, in its order and as often as it has them."""
    words = words_in(text)
    found = list[str]()
    for at, length, term in read(words, language):
        if length > 1 or term.startswith("=") or not is_silent(words[at]):
            found.append(term)
    return found


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared, before their endings are taken off."""
    return tuple(_WORD.findall(folded(text)))


def read(words: tuple[str, ...], language: Language) -> Iterator[tuple[int, int, str]]:
    """Where each term begins, how many words it is of, and the term: of phrases the longest counts."""
    meanings, stems, at = _meanings(language), _stems(words, language), 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            meaning = meanings.get(" ".join(stems[at : at + length]))
            if meaning is not None or length == 1:
                yield at, length, meaning or stems[at]
                at += length
                break


def is_silent(word: str) -> bool:
    """Whether a word says nothing of what is wrong."""
    return word in _silent() or (len(word) == 1 and not word.isdigit())


def meant_by(begun: str) -> frozenset[str]:
    """The terms of the words and phrases that begin so."""
    return frozenset(
        f"={meaning}"
        for meaning, wordings in SYNONYMS.items()
        if any(folded(wording).startswith(begun) for wording in wordings)
    )


def folded(text: str) -> str:
    """In small letters without accents: ``« Écran HS »`` is ``ecran hs``."""
    small = unicodedata.normalize("NFKC", text).casefold().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", small)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def gist(text: str) -> str | None:
    """What two wordings of one cause have in common, whatever the order; None where it says nothing."""
    return " ".join(sorted(set(terms(text, Language.FR)))) or None


def _stems(words: tuple[str, ...], language: Language) -> list[str]:
    return [
        stem if not word.isdigit() else word
        for word, stem in zip(words, _STEMMERS[language].stemWords(list(words)), strict=True)
    ]


@cache
def _silent() -> frozenset[str]:
    return frozenset(_WORD.findall(folded(" ".join(SILENT))))


@cache
def _meanings(language: Language) -> Mapping[str, str]:
    """Stemmed words and phrases to the one term that they stand for."""
    return dict(_stemmed(language))


def _stemmed(language: Language) -> Iterable[tuple[str, str]]:
    for meaning, wordings in SYNONYMS.items():
        for wording in wordings:
            words = tuple(_WORD.findall(folded(wording)))
            yield " ".join(_stems(words, language)), f"={meaning}"
