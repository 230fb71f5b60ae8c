"""Walk a tree of questions with the answers given so far: what is asked next, and what is known by now."""

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Answer, Language
from services.ticket.domain.contact import ComputerSkill
from services.ticket.domain.diagnosis import (
    NO,
    YES,
    Branch,
    Condition,
    Filling,
    Given,
    Question,
    QuestionKind,
    Tree,
)
from services.ticket.domain.work_type import with_parts, with_skills

_UNKNOWN: Mapping[Language, str] = {Language.FR: "ne sait pas", Language.EN: "does not know"}
_AT_EASE: Mapping[Language, str] = {
    Language.FR: "À l'aise avec l'informatique",
    Language.EN: "At ease with computers",
}
_SKILLS: Mapping[ComputerSkill, Mapping[Language, str]] = {
    ComputerSkill.BEGINNER: {Language.FR: "débutant", Language.EN: "beginner"},
    ComputerSkill.USUAL: {Language.FR: "comme tout le monde", Language.EN: "as most people"},
    ComputerSkill.AT_EASE: {Language.FR: "à l'aise", Language.EN: "at ease"},
}
_PHOTO: Mapping[Language, str] = {Language.FR: "pièce jointe {}", Language.EN: "attachment {}"}
_YES_NO: Mapping[str, Mapping[Language, str]] = {
    YES: {Language.FR: "oui", Language.EN: "yes"},
    NO: {Language.FR: "non", Language.EN: "no"},
}


@dataclass(frozen=True)
class Walk:
    """``given`` along the way, the next question (None at the end), and everything filled in by now.

    ``asset`` is the tag or serial number that an answer named.
    """

    given: tuple[Given, ...]
    next: Question | None
    fills: Filling
    asset: str | None = None


def named_photos(tree: Tree, given: Sequence[Given]) -> frozenset[str]:
    """The photos that answers name. Those of answers that were taken hold, whatever became of them since."""
    photos = {question.id for question in tree.questions if question.kind is QuestionKind.PHOTO}
    return frozenset(each.value for each in given if each.value is not None and each.question in photos)


def walk(tree: Tree, given: Sequence[Given], photos: Container[str] = ()) -> Walk:
    """Follow the answers; ``Refusal`` for one that was not asked for, or that cannot be.

    ``photos`` are the attachments that a photo may be: none where there is no ticket yet.
    """
    known: dict[str, str | None] = {}
    for answer in given:
        if answer.question in known:
            raise _twice(answer.question)
        known[answer.question] = answer.value
    followed: list[Given] = []
    asset: str | None = None
    fills, at = tree.fills, tree.question(tree.first)
    while at is not None and at.id in known:
        value = _checked(at, known[at.id], photos)
        known[at.id] = value
        followed.append(Given(at.id, value))
        branch = next(each for each in at.branches if _holds(each, at, known))
        fills = together(fills, branch.fills)
        if branch.fills.asset and asset is None:
            asset = value
        at = tree.question(branch.next) if branch.next is not None else None
    asked = {answer.question for answer in followed}
    for answer in given:
        if answer.question not in asked:
            raise _not_asked(answer.question, at)
    return Walk(tuple(followed), at, fills, asset)


def with_what_answers_say(tree: Tree) -> Tree:
    """The tree without what it says of a request from its beginning, which the request itself has said."""
    return replace(tree, fills=replace(tree.fills, category=None, impact=None, urgency=None))


def _checked(question: Question, value: str | None, photos: Container[str]) -> str | None:
    """The value as it is kept; ``Refusal`` where it is no answer to that question."""
    if value is None:
        return None
    match question.kind:
        case QuestionKind.YES_NO if value not in (YES, NO):
            raise _no_answer(question, f"{YES}, {NO}")
        case QuestionKind.CHOICE if value not in (question.choices or {}):
            raise _no_answer(question, ", ".join(question.choices or ()))
        case QuestionKind.NUMBER if _number(value) is None:
            raise _no_answer(question, "1, 2.5, …")
        case QuestionKind.PHOTO if value not in photos:
            raise _not_a_photo(question)
    return value


def _holds(branch: Branch, question: Question, known: Mapping[str, str | None]) -> bool:
    return all(met(condition, known.get(condition.question or question.id)) for condition in branch.when)


def met(condition: Condition, value: str | None) -> bool:
    """Whether an answer is what the condition asks for; what is not known is not."""
    if value is None:
        return False
    if condition.among:
        return value in condition.among
    number = _number(value)
    if number is None:
        return False
    least = -math.inf if condition.at_least is None else condition.at_least
    most = math.inf if condition.at_most is None else condition.at_most
    return least <= number <= most


def _number(value: str) -> float | None:
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def together(before: Filling, after: Filling) -> Filling:
    """What was filled in with what an answer adds: the later word counts, of skills the higher level."""
    return replace(
        before,
        category=after.category or before.category,
        impact=after.impact or before.impact,
        urgency=after.urgency or before.urgency,
        skills=with_skills(before.skills or {}, after.skills or {}) or None,
        parts=with_parts(before.parts, after.parts),
        articles=tuple(dict.fromkeys((*after.articles, *before.articles))),
    )


def briefing(
    tree: Tree, given: Sequence[Given], language: Language, skill: ComputerSkill | None = None
) -> tuple[Answer, ...]:
    """The questions and their answers in words, for whoever goes there, and how much to explain there."""
    found = []
    for answer in given:
        question = tree.question(answer.question)
        if question is not None:
            words = _words(question, answer.value, language)
            found.append(Answer(question=question.text[language], answer=words))
    return (*found, *told_of(skill, language))


def told_of(skill: ComputerSkill | None, language: Language) -> tuple[Answer, ...]:
    """How much the requester knows of computers, as a line of the briefing; none where nobody knows."""
    if skill is None:
        return ()
    return (Answer(question=_AT_EASE[language], answer=_SKILLS[skill][language]),)


def _words(question: Question, value: str | None, language: Language) -> str:
    if value is None:
        return _UNKNOWN[language]
    if question.kind is QuestionKind.YES_NO:
        return _YES_NO[value][language]
    if question.kind is QuestionKind.CHOICE:
        return (question.choices or {})[value][language]
    if question.kind is QuestionKind.PHOTO:
        return _PHOTO[language].format(value)
    return value


def _twice(question: str) -> Refusal:
    return Refusal(
        "answered-twice",
        Text(
            f"The question {question!r} is answered twice: send one answer.",
            f"La question {question!r} a deux réponses : envoyez-en une.",
        ),
        question=question,
    )


def _not_asked(question: str, asked: Question | None) -> Refusal:
    en = f"the next one is {asked.id!r}" if asked is not None else "the diagnosis is done"
    fr = f"la suivante est {asked.id!r}" if asked is not None else "le diagnostic est terminé"
    return Refusal(
        "question-not-asked",
        Text(
            f"Nobody asked the question {question!r} after these answers: {en}.",
            f"La question {question!r} n'est pas posée après ces réponses : {fr}.",
        ),
        question=question,
        next=None if asked is None else asked.id,
    )


def _no_answer(question: Question, possible: str) -> Refusal:
    return Refusal(
        "no-such-answer",
        Text(
            f"That is no answer to {question.id!r}: {possible}, or null for 'I don't know'.",
            f"Ce n'est pas une réponse à {question.id!r} : {possible}, ou null pour « je ne sais pas ».",
        ),
        question=question.id,
    )


def _not_a_photo(question: Question) -> Refusal:
    return Refusal(
        "not-a-photo",
        Text(
            f"The answer to {question.id!r} is the id of a picture attached to this ticket: attach it with "
            "POST …/attachments, then answer; null until then.",
            f"La réponse à {question.id!r} est l'identifiant d'une image jointe à ce ticket : joignez-la par "
            "POST …/attachments, puis répondez ; null en attendant.",
        ),
        question=question.id,
    )
