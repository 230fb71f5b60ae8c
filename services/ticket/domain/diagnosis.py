"""A diagnosis by questions set beforehand: a tree of questions, as data.

Each question has branches, tried in their order; the last holds always, so that "I don't know" leads on, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.values import Impact, Language, PartNeed, Urgency

MAX_ASKED = 6
"""Nobody is asked more than so many questions."""

Words = Mapping[Language, str]


class QuestionKind(StrEnum):
    """The answer to a photo is the id of a picture attached to the ticket: no branch depends on it."""

    CHOICE = "choice"
    YES_NO = "yes-no"
    NUMBER = "number"
    TEXT = "text"
    PHOTO = "photo"


YES, NO = "yes", "no"


@dataclass(frozen=True)
class Condition:
    """What an answer must be: one of ``among``, or a number within the bounds (both included).

    ``question`` is one asked before, or None for the one whose branch this is. What is not known is nothing.
    """

    question: str | None = None
    among: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Filling:
    """What an answer says about the ticket; ``asset``: it is the tag or the serial number of the asset."""

    category: str | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    skills: Mapping[str, int] | None = None
    parts: tuple[PartNeed, ...] = ()
    articles: tuple[str, ...] = ()
    asset: bool = False


NOTHING = Filling()


@dataclass(frozen=True)
class Branch:
    """Where all conditions hold: what it fills in, and the next question (None: the diagnosis is done)."""

    when: tuple[Condition, ...] = ()
    next: str | None = None
    fills: Filling = NOTHING


@dataclass(frozen=True)
class Question:
    """``choices`` are the ids of a choice with their words; ``help`` is how to find the answer out."""

    id: str
    kind: QuestionKind
    text: Words
    branches: tuple[Branch, ...]
    choices: Mapping[str, Words] | None = None
    help: Words | None = None


@dataclass(frozen=True)
class Tree:
    """``categories`` are the work types whose requests it is for; ``fills`` is so from the beginning."""

    name: Words
    first: str
    questions: tuple[Question, ...]
    categories: tuple[str, ...] = ()
    fills: Filling = NOTHING

    def question(self, id: str) -> Question | None:
        return next((each for each in self.questions if each.id == id), None)


@dataclass(frozen=True)
class Given:
    """An answer; None where somebody does not know."""

    question: str
    value: str | None


@dataclass(frozen=True)
class EndedEarly:
    """The known repair that ended ``cases`` of ``of`` tickets with these answers, for which the rest was not
    asked."""

    article_id: str
    cases: int
    of: int


@dataclass(frozen=True)
class Diagnosed:
    """What was answered about a ticket, to which revision of a diagnosis, and whether that came to an end.

    ``early``: it did before the questions had.
    """

    diagnosis_id: str
    revision: int
    given: tuple[Given, ...]
    done: bool
    early: EndedEarly | None = None


@dataclass(frozen=True)
class Diagnosis:
    """A tree as it is asked and the next one, being tried; ``revision`` is 0 before the first is asked."""

    id: str
    revision: int = 0
    published: Tree | None = None
    draft: Tree | None = None


@dataclass(frozen=True)
class DiagnosisRevision:
    """A tree as it was once published, never changed; the id is ``<diagnosis>:<revision>``."""

    id: str
    diagnosis_id: str
    revision: int
    tree: Tree
