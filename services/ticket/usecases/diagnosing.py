"""What a request turns out to be from the answers that it came with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from contracts.audience import Viewer
from contracts.refusal import Refusal, UnknownReference
from contracts.serials import serial_key
from contracts.text import Text
from contracts.values import ID_PATTERN, Answer, Impact, Language, Urgency
from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import ComputerSkill
from services.ticket.domain.diagnosis import NOTHING, Diagnosed, Filling, Given, Tree
from services.ticket.domain.diagnosis_ending import Likely, ended_early, told_early
from services.ticket.domain.diagnosis_walk import Walk, briefing, told_of, walk
from services.ticket.domain.work_type import Work, with_parts, with_skills
from services.ticket.lookup.searching import in_language
from services.ticket.store.articles import Articles
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets
from services.ticket.store.diagnoses import Diagnoses

T = TypeVar("T")

SPOKEN = Language.FR
"""What briefings are written in: who goes there is of the firm."""


@dataclass(frozen=True)
class Judged:
    """What a request is taken to be, once all of it is known."""

    category: str
    impact: Impact
    urgency: Urgency


@dataclass(frozen=True)
class Finding:
    """What the answers say: how the ticket is diagnosed, and what they fill in, by which tree."""

    diagnosed: Diagnosed | None = None
    fills: Filling = NOTHING
    tree: Tree | None = None
    asset: str | None = None
    """What somebody read out of the asset, if the answers name one."""
    told: tuple[Answer, ...] = ()
    """What to say of questions that were not asked."""

    def briefing(self, skill: ComputerSkill | None) -> tuple[Answer, ...]:
        """What the technician is told: the answers, why there are no more, and how much the requester knows
        of computers."""
        if self.tree is None or self.diagnosed is None:
            return told_of(skill, SPOKEN)
        return (*briefing(self.tree, self.diagnosed.given, SPOKEN, skill), *self.told)


class Asked(Protocol):
    """A request that may come with answers."""

    @property
    def category(self) -> str | None: ...
    @property
    def impact(self) -> Impact | None: ...
    @property
    def urgency(self) -> Urgency | None: ...
    @property
    def diagnosis_id(self) -> str | None: ...
    @property
    def given(self) -> Sequence[Given]: ...
    @property
    def likely(self) -> Likely | None: ...


def found(unit: Unit, asked: Asked) -> tuple[Judged, Finding]:
    """What the request says itself and, where it says nothing, what its answers say."""
    finding = Finding() if asked.diagnosis_id is None else _walked(unit, asked.diagnosis_id, asked)
    fills = finding.fills
    judged = Judged(
        _said("category", asked.category, fills.category),
        _said("impact", asked.impact, fills.impact),
        _said("urgency", asked.urgency, fills.urgency),
    )
    return judged, finding


def begun_now(unit: Unit, id: str) -> tuple[Diagnosed, Tree]:
    """A walk of what is published now, before the first answer."""
    diagnosis = unit.get(Diagnoses, id)
    if diagnosis is None or diagnosis.published is None:
        raise UnknownReference("diagnosis", id)
    return Diagnosed(diagnosis.id, diagnosis.revision, (), False), diagnosis.published


def as_walked(
    unit: Unit, begun: Diagnosed, tree: Tree, walked: Walk, likely: Likely | None
) -> tuple[Diagnosed, tuple[Answer, ...]]:
    """How the ticket is diagnosed after that walk, which ``likely`` may end early, and what to tell of that.

    Clients read what is told: a repair that they are not shown has no title there.
    """
    early, told = ended_early(tree, walked, likely), tuple[Answer, ...]()
    if early is not None:
        article = unit.get(Articles, early.article_id)
        repair = None if article is None else article.found
        if repair is None:
            early = None
        else:
            name = in_language(repair.title, SPOKEN) if repair.self_service else early.article_id
            told = (told_early(early, name, SPOKEN),)
    done = walked.next is None or early is not None
    return replace(begun, given=walked.given, done=done, early=early), told


def _walked(unit: Unit, id: str, asked: Asked) -> Finding:
    begun, tree = begun_now(unit, id)
    walked = walk(tree, asked.given)
    diagnosed, told = as_walked(unit, begun, tree, walked, asked.likely)
    return Finding(diagnosed, walked.fills, tree, walked.asset, told)


def _said(field: str, asked: T | None, filled: T | None) -> T:
    value = asked if asked is not None else filled
    if value is None:
        raise Refusal(
            "not-judged",
            Text(
                f"Neither the request nor its answers say the {field}: add it, or answer the next question.",
                f"Ni la demande ni ses réponses ne donnent {field!r} : ajoutez-le, ou répondez à la suite.",
            ),
            field=field,
        )
    return value


def asset_of(unit: Unit, named: str | None, customer_id: str, viewer: Viewer) -> str | None:
    """The asset whose serial number or id somebody read out, if it is one of his."""
    if named is None:
        return None
    key = serial_key(named)
    found = [] if key is None else list(unit.where(Assets, "serial_key", key))
    if re.fullmatch(ID_PATTERN, named) and (asset := unit.get(Assets, named)) is not None:
        found.append(asset)
    his = {a.asset_id for a in found if a.customer_id == customer_id and viewer.answers_for(a.site_id)}
    return his.pop() if len(his) == 1 else None


def skill_of(unit: Unit, requester_id: str | None) -> ComputerSkill | None:
    contact = None if requester_id is None else unit.get(Contacts, requester_id)
    return None if contact is None else contact.computer_skill


def work_with(work: Work, fills: Filling) -> Work:
    """The category's work with the skills and the parts that the answers add."""
    return replace(
        work,
        skills=with_skills(work.skills, fills.skills or {}),
        parts=with_parts(work.parts, fills.parts),
    )
