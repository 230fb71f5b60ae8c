"""When tickets that were answered alike were repaired alike: what is left is not asked unless it matters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.values import Answer, Language
from services.ticket.domain.article_record import fix_rate
from services.ticket.domain.diagnosis import Branch, EndedEarly, Filling, Given, Tree
from services.ticket.domain.diagnosis_walk import (
    Walk,
    met,
    named_photos,
    together,
    walk,
    with_what_answers_say,
)

CASES_NEEDED = 30
"""Fewer say nothing."""
SURE = 0.8
"""The least that the repair's true share may be (Wilson's lower bound, at 95 %): whoever goes there meets
something else one time in five at worst. 29 of 30 reach it, as do 88 of 100; 30 of 30 are at least 0.886."""

_NOT_ASKED: Mapping[Language, str] = {
    Language.FR: "Questions non posées : réparation probable",
    Language.EN: "Questions not asked: the likely repair",
}
_SHARE: Mapping[Language, str] = {
    Language.FR: "{} ({} des {} derniers tickets avec ces réponses)",
    Language.EN: "{} ({} of the latest {} tickets with these answers)",
}


@dataclass(frozen=True)
class Likely:
    """The repair that ended ``cases`` of ``of`` tickets with the answers ``given``."""

    given: tuple[Given, ...]
    article_id: str | None
    cause: str | None
    cases: int
    of: int


def ended_early(tree: Tree, walked: Walk, likely: Likely | None) -> EndedEarly | None:
    """What ends the walk here, though there are questions left; none where they are asked.

    They are unless somebody has answered something, a known repair ended nearly all of at least 30 tickets
    with these answers, and no answer that is still possible changes what decides on promises and safety.
    """
    if likely is None or likely.article_id is None or walked.next is None:
        return None
    if _by_question(likely.given) != _by_question(walked.given):
        return None
    if all(each.value is None for each in walked.given):
        return None
    if likely.of < CASES_NEEDED or fix_rate(likely.cases, likely.of).low < SURE:
        return None
    if not _all_decided(tree, walked):
        return None
    return EndedEarly(likely.article_id, likely.cases, likely.of)


def told_early(early: EndedEarly, name: str, language: Language) -> Answer:
    """The briefing's line on it; ``name`` is the repair's."""
    share = _SHARE[language].format(name, early.cases, early.of)
    return Answer(question=_NOT_ASKED[language], answer=share)


def _all_decided(tree: Tree, walked: Walk) -> bool:
    """Whether category, impact, urgency, skills and asset are what they are, whatever else is answered."""
    by_answers = walk(with_what_answers_say(tree), walked.given, named_photos(tree, walked.given))
    now = by_answers.fills
    return all(
        _decisive(together(now, branch.fills)) == _decisive(now)
        and (walked.asset is not None or not branch.fills.asset)
        for branch in _to_come(tree, walked)
    )


def _decisive(fills: Filling) -> tuple[object, ...]:
    """The category with the rest: its kind of work has skills, and contracts cover it or do not."""
    return fills.category, fills.impact, fills.urgency, dict(fills.skills or {})


def _to_come(tree: Tree, walked: Walk) -> Iterator[Branch]:
    """Every branch that may still be taken; a few of them may not, after all."""
    known = _by_question(walked.given)
    seen = set[str]()
    left = [] if walked.next is None else [walked.next.id]
    while left:
        question = tree.question(left.pop())
        if question is None or question.id in seen:
            continue
        seen.add(question.id)
        for branch in question.branches:
            asked_before = (each for each in branch.when if each.question in known)
            if all(met(each, known[each.question or ""]) for each in asked_before):
                yield branch
                left += () if branch.next is None else (branch.next,)


def _by_question(given: Sequence[Given]) -> dict[str, str | None]:
    return {each.question: each.value for each in given}
