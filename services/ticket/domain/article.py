"""A known repair: what is seen, why, and what is done about it; drafted, reviewed, published, retired."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Language, PartNeed, WorkMode

Words = Mapping[Language, str]
"""In one language at least."""


class ArticleState(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True)
class Repair:
    """What an article says. ``minutes`` is the usual time on it; ``self_service``: a user can do it himself.

    ``models`` are the machines that it is about, as the park names them; none: any.
    """

    title: Words
    symptom: Words
    steps: tuple[Words, ...]
    minutes: int
    mode: WorkMode
    cause: Words | None = None
    categories: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    parts: tuple[PartNeed, ...] = ()
    skills: Mapping[str, int] | None = None
    self_service: bool = False

    def about(self, model: str | None) -> bool:
        """Whether it names that very model."""
        return model is not None and model.casefold() in {each.casefold() for each in self.models}


@dataclass(frozen=True)
class Article:
    """``published`` is what is found, as of ``revision``; ``draft`` is the next one, being written.

    ``author`` and ``reviewer`` are the subjects of those who wrote and read the draft. ``seen_on`` are the
    tickets whose closing proposed it.
    """

    id: str
    revision: int = 0
    published: Repair | None = None
    draft: Repair | None = None
    reviewed: bool = False
    retired: bool = False
    author: str | None = None
    reviewer: str | None = None
    seen_on: tuple[str, ...] = ()

    @property
    def state(self) -> ArticleState:
        if self.retired:
            return ArticleState.RETIRED
        if self.published is not None:
            return ArticleState.PUBLISHED
        return self.draft_state or ArticleState.DRAFT

    @property
    def draft_state(self) -> ArticleState | None:
        """How far the next revision is; None where there is none."""
        if self.draft is None:
            return None
        return ArticleState.REVIEWED if self.reviewed else ArticleState.DRAFT

    @property
    def found(self) -> Repair | None:
        """What a search may find."""
        return None if self.retired else self.published

    def drafted(self, repair: Repair, author: str) -> "Article":
        """With a new draft, to be read by somebody; what is found meanwhile stays."""
        if repair == self.draft:
            return self
        if repair == self.published:
            return replace(self, draft=None, reviewed=False, reviewer=None)
        return replace(self, draft=repair, reviewed=False, reviewer=None, author=author)

    def read(self, reviewer: str) -> "Article":
        """The draft is right: somebody who knows the trade says so. What is published was."""
        if self.draft is None and self.published is None:
            raise _nothing_drafted(self.id)
        return (
            self if self.reviewed or self.draft is None else replace(self, reviewed=True, reviewer=reviewer)
        )

    def out(self) -> "Article":
        """The reviewed draft is what is found from now on, or a retired article is found again."""
        if self.draft is None:
            if self.published is None:
                raise _nothing_drafted(self.id)
            return replace(self, retired=False)
        if not self.reviewed:
            raise _not_reviewed(self.id)
        return replace(
            self,
            revision=self.revision + 1,
            published=self.draft,
            draft=None,
            reviewed=False,
            retired=False,
        )


@dataclass(frozen=True)
class ArticleRevision:
    """An article as it was once published, never changed; the id is ``<article>:<revision>``."""

    id: str
    article_id: str
    revision: int
    repair: Repair


def _nothing_drafted(id: str) -> Refusal:
    return Refusal(
        "nothing-drafted",
        Text(
            f"The article {id!r} has no draft: write one with PUT /v1/articles/{id}.",
            f"L'article {id!r} n'a pas de brouillon : écrivez-en un par PUT /v1/articles/{id}.",
        ),
        article=id,
    )


def _not_reviewed(id: str) -> Refusal:
    return Refusal(
        "not-reviewed",
        Text(
            f"Nobody has reviewed the draft of {id!r}: POST /v1/articles/{id}/review comes first.",
            f"Personne n'a relu le brouillon de {id!r} : POST /v1/articles/{id}/review d'abord.",
        ),
        article=id,
    )
