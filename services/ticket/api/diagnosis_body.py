"""A tree of questions as JSON, both ways."""

from typing import Annotated, Self

from pydantic import Field

from contracts.values import Id, Impact, Language, Level, PartNeed, Urgency
from infra.chassis.http.body import Body, said
from services.ticket.api.bodies import AnswerText
from services.ticket.api.work_types import PartBody
from services.ticket.domain.diagnosis import (
    Branch,
    Condition,
    Filling,
    Question,
    QuestionKind,
    Tree,
    Words,
)


class TextBody(Body):
    fr: Annotated[str, said(500)]
    en: Annotated[str, said(500)]

    def words(self) -> Words:
        return {Language.FR: self.fr, Language.EN: self.en}

    @classmethod
    def of(cls, words: Words) -> Self:
        return cls(fr=words[Language.FR], en=words[Language.EN])


class ConditionBody(Body):
    """``is`` for what is chosen, bounds (both included) for a number; ``question``: one asked before."""

    question: Id | None = None
    is_: Annotated[tuple[AnswerText, ...], Field(alias="is", max_length=50)] = ()
    at_least: float | None = None
    at_most: float | None = None

    def condition(self) -> Condition:
        return Condition(self.question, self.is_, self.at_least, self.at_most)

    @classmethod
    def of(cls, condition: Condition) -> Self:
        return cls.model_validate(
            {
                "question": condition.question,
                "is": condition.among,
                "at_least": condition.at_least,
                "at_most": condition.at_most,
            }
        )


class FillsBody(Body):
    """What an answer says of the ticket; ``asset``: it is the tag or the serial number of the asset."""

    category: Id | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    skills: Annotated[dict[Id, Level], Field(max_length=50)] = Field(default_factory=dict)
    parts: Annotated[tuple[PartBody, ...], Field(max_length=50)] = ()
    articles: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    asset: bool = False

    def filling(self) -> Filling:
        parts = tuple(PartNeed(sku=part.sku, quantity=part.quantity) for part in self.parts)
        skills = self.skills or None
        return Filling(self.category, self.impact, self.urgency, skills, parts, self.articles, self.asset)

    @classmethod
    def of(cls, filling: Filling) -> Self:
        return cls(
            category=filling.category,
            impact=filling.impact,
            urgency=filling.urgency,
            skills=dict(filling.skills or {}),
            parts=tuple(PartBody(sku=part.sku, quantity=part.quantity) for part in filling.parts),
            articles=filling.articles,
            asset=filling.asset,
        )


class BranchBody(Body):
    """Taken where every condition of ``when`` holds; ``next`` is null where the diagnosis ends."""

    when: Annotated[tuple[ConditionBody, ...], Field(max_length=20)] = ()
    next: Id | None = None
    fills: FillsBody = FillsBody()

    def branch(self) -> Branch:
        return Branch(tuple(each.condition() for each in self.when), self.next, self.fills.filling())

    @classmethod
    def of(cls, branch: Branch) -> Self:
        when = tuple(ConditionBody.of(each) for each in branch.when)
        return cls(when=when, next=branch.next, fills=FillsBody.of(branch.fills))


class QuestionBody(Body):
    """``branches`` are tried in their order; the last one has no ``when``."""

    id: Id
    kind: QuestionKind
    text: TextBody
    help: TextBody | None = None
    choices: Annotated[dict[Id, TextBody], Field(max_length=50)] = Field(default_factory=dict)
    branches: Annotated[tuple[BranchBody, ...], Field(max_length=50)]

    def question(self) -> Question:
        return Question(
            id=self.id,
            kind=self.kind,
            text=self.text.words(),
            branches=tuple(each.branch() for each in self.branches),
            choices={id: text.words() for id, text in self.choices.items()} or None,
            help=None if self.help is None else self.help.words(),
        )

    @classmethod
    def of(cls, question: Question) -> Self:
        return cls(
            id=question.id,
            kind=question.kind,
            text=TextBody.of(question.text),
            help=None if question.help is None else TextBody.of(question.help),
            choices={id: TextBody.of(words) for id, words in (question.choices or {}).items()},
            branches=tuple(BranchBody.of(each) for each in question.branches),
        )


class TreeBody(Body):
    """``categories`` are the work types whose requests it is for; ``fills`` is so from the beginning."""

    name: TextBody
    first: Id
    questions: Annotated[tuple[QuestionBody, ...], Field(min_length=1, max_length=200)]
    categories: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    fills: FillsBody = FillsBody()

    def tree(self) -> Tree:
        return Tree(
            name=self.name.words(),
            first=self.first,
            questions=tuple(each.question() for each in self.questions),
            categories=self.categories,
            fills=self.fills.filling(),
        )

    @classmethod
    def of(cls, tree: Tree) -> Self:
        return cls(
            name=TextBody.of(tree.name),
            first=tree.first,
            questions=tuple(QuestionBody.of(each) for each in tree.questions),
            categories=tree.categories,
            fills=FillsBody.of(tree.fills),
        )
