"""The base of known repairs as it is searched: by words, answers, the machine, and what worked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bm25s
import numpy as np

from contracts.values import Language
from services.ticket.domain.article import Repair, Words
from services.ticket.domain.article_record import ArticleRecord, expected
from services.ticket.lookup.terms import terms

TITLE, SYMPTOM, CAUSE, STEPS = 3, 2, 1, 1
"""How often the words of a part count."""
ANSWERS = 0.5
"""What the answers of a diagnosis weigh beside the requester's own words."""
SAME_CATEGORY, SAME_MODEL, ANOTHER_MODEL = 1.25, 1.5, 0.6
NAMED = 1.0
"""What an article named by the answers gets, as a share of the best one's score."""


@dataclass(frozen=True)
class Sought:
    """What somebody is looking for. ``named`` are articles that the answers point at.

    ``himself``: only what a user can do without anybody.
    """

    text: str
    answers: str = ""
    category: str | None = None
    model: str | None = None
    named: tuple[str, ...] = ()
    himself: bool = False


@dataclass(frozen=True)
class Match:
    """One that was found; scores of one search compare with each other and with nothing else."""

    id: str
    score: float


@dataclass(frozen=True)
class Indexed:
    """One article with its terms by language."""

    id: str
    repair: Repair
    terms: Mapping[Language, list[str]] = field(repr=False)

    @classmethod
    def of(cls, id: str, repair: Repair) -> "Indexed":
        return cls(id, repair, {language: _terms(repair, language) for language in Language})


class Base:
    """Published articles, to be searched in both languages at once; it never changes but for ``count``."""

    def __init__(self, articles: Iterable[Indexed]) -> None:
        self._articles = sorted(articles, key=lambda each: each.id)
        self._places = {each.id: n for n, each in enumerate(self._articles)}
        self._indexes = {language: self._index(language) for language in Language} if self._articles else {}
        self._himself = np.array([each.repair.self_service for each in self._articles], dtype=bool)
        self._expected = np.full(len(self._articles), expected(0, 0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._articles)

    def count(self, record: ArticleRecord) -> None:
        """From now on rank by what this record says of its article."""
        if (place := self._places.get(record.id)) is not None:
            self._expected[place] = expected(record.worked, record.tried)

    def search(self, sought: Sought, limit: int) -> list[Match]:
        """The best, the best first; none that nothing speaks for."""
        if not self._articles:
            return []
        scores = self._said(sought.text) + ANSWERS * self._said(sought.answers)
        best = float(scores.max(initial=0.0)) or 1.0
        for id in sought.named:
            if (place := self._places.get(id)) is not None:
                scores[place] += NAMED * best
        if not scores.any() and sought.category is not None:
            scores += 1.0 * self._of(sought.category)
        scores *= 0.5 + self._expected
        if sought.himself:
            scores *= self._himself
        near = min(len(scores), max(4 * limit, 40))
        places = np.argpartition(-scores, near - 1)[:near]
        found = [(float(scores[n]) * self._fits(self._articles[n].repair, sought), n) for n in places]
        found.sort(key=lambda each: (-each[0], each[1]))
        return [Match(self._articles[n].id, score) for score, n in found[:limit] if score > 0]

    def _index(self, language: Language) -> Any:
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        # At least one term, for an index of none is none.
        index.index([each.terms[language] or [""] for each in self._articles], show_progress=False)
        return index

    def _said(self, text: str) -> Any:
        """How well each article answers to the words, in the language in which it does so better."""
        scores = np.zeros(len(self._articles), dtype=np.float32)
        for language, index in self._indexes.items():
            known = [term for term in dict.fromkeys(terms(text, language)) if term in index.vocab_dict]
            if known:
                scores = np.maximum(scores, index.get_scores(known))
        return scores

    def _of(self, category: str) -> Any:
        return np.array([category in each.repair.categories for each in self._articles], dtype=np.float32)

    def _fits(self, repair: Repair, sought: Sought) -> float:
        factor = SAME_CATEGORY if sought.category in repair.categories else 1.0
        if repair.models and sought.model is not None:
            factor *= SAME_MODEL if repair.about(sought.model) else ANOTHER_MODEL
        return factor


def _terms(repair: Repair, language: Language) -> list[str]:
    found = list[str]()
    for times, parts in (
        (TITLE, [repair.title]),
        (SYMPTOM, [repair.symptom]),
        (CAUSE, [repair.cause] if repair.cause else []),
        (STEPS, repair.steps),
    ):
        for words in parts:
            found += terms(in_language(words, language), language) * times
    return found


def in_language(words: Words, language: Language) -> str:
    """The text in that language, or in the one that there is."""
    return words.get(language) or next(iter(words.values()))


def texts(answers: Sequence[tuple[str, str | None]]) -> str:
    """Answers as words to search by: what is not known says nothing."""
    return " ".join(f"{question} {answer}" for question, answer in answers if answer is not None)
