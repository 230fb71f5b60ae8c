"""What of a text is compared: words without accents, endings and those that say nothing.

Words that people use for one thing become one term, so that « mon ordi rame » finds "slow workstation".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

import Stemmer

from contracts.values import Language
from services.ticket.lookup.synonyms import SILENT, SYNONYMS

_WORD = re.compile(r"[a-z0-9]+(?:[.][0-9]+)*")
_STEMMERS = {Language.FR: Stemmer.Stemmer("french"), Language.EN: Stemmer.Stemmer("english")}
LONGEST_PHRASE = 4


def terms(text: str, language: Language) -> list[str]:
    """The terms of a text, in its order and as often as it has them."""
    words = _WORD.findall(folded(text))
    meanings, found, at = _meanings(language), list[str](), 0
    stems = _stems(tuple(words), language)
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            meaning = meanings.get(" ".join(stems[at : at + length]))
            if meaning is not None:
                found.append(meaning)
                at += length
                break
        else:
            if words[at] not in _silent() and (len(words[at]) > 1 or words[at].isdigit()):
                found.append(stems[at])
            at += 1
    return found


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
