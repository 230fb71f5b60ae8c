"""A known repair as JSON, both ways."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from contracts.text import InvalidValue
from contracts.values import Id, Language, Level, PartNeed, WorkMode
from infra.chassis.http.body import Body, said
from services.ticket.api.work_types import PartBody
from services.ticket.domain.article import Repair, Words


class WordsBody(Body):
    """In French, in English, or in both: whoever reads the other language is shown what there is."""

    def words(self) -> Words:
        return {Language(name): text for name, text in self.model_dump().items() if text is not None}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.words():
            raise InvalidValue(
                "say it in French (fr) or in English (en)", "dites-le en français (fr) ou en anglais (en)"
            )
        return self

    @classmethod
    def of(cls, words: Words) -> Self:
        return cls.model_validate({language.value: words.get(language) for language in Language})


class TitleBody(WordsBody):
    fr: Annotated[str, said(160)] | None = None
    en: Annotated[str, said(160)] | None = None


class SentenceBody(WordsBody):
    fr: Annotated[str, said(1_000)] | None = None
    en: Annotated[str, said(1_000)] | None = None


class ParagraphBody(WordsBody):
    fr: Annotated[str, said(2_000)] | None = None
    en: Annotated[str, said(2_000)] | None = None


class RepairBody(Body):
    """``minutes`` is the usual time on it, ``self_service``: a user can do it himself, without danger.

    ``models`` are the machines that it is about, as the park names them; none: any.
    """

    title: TitleBody
    symptom: ParagraphBody
    steps: Annotated[tuple[SentenceBody, ...], Field(min_length=1, max_length=30)]
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    mode: WorkMode
    cause: SentenceBody | None = None
    categories: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    models: Annotated[tuple[Annotated[str, said(200)], ...], Field(max_length=50)] = ()
    parts: Annotated[tuple[PartBody, ...], Field(max_length=50)] = ()
    skills: Annotated[dict[Id, Level], Field(max_length=50)] = Field(default_factory=dict)
    self_service: bool = False

    def repair(self) -> Repair:
        return Repair(
            title=self.title.words(),
            symptom=self.symptom.words(),
            steps=tuple(each.words() for each in self.steps),
            minutes=self.minutes,
            mode=self.mode,
            cause=None if self.cause is None else self.cause.words(),
            categories=self.categories,
            models=self.models,
            parts=tuple(PartNeed(sku=part.sku, quantity=part.quantity) for part in self.parts),
            skills=self.skills or None,
            self_service=self.self_service,
        )

    @classmethod
    def of(cls, repair: Repair) -> Self:
        said: dict[str, Any] = {
            "title": TitleBody.of(repair.title),
            "symptom": ParagraphBody.of(repair.symptom),
            "steps": tuple(SentenceBody.of(each) for each in repair.steps),
            "minutes": repair.minutes,
            "mode": repair.mode,
            "cause": None if repair.cause is None else SentenceBody.of(repair.cause),
            "categories": repair.categories,
            "models": repair.models,
            "parts": tuple(PartBody(sku=part.sku, quantity=part.quantity) for part in repair.parts),
            "skills": dict(repair.skills or {}),
            "self_service": repair.self_service,
        }
        return cls.model_validate(said)
