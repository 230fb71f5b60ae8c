"""A diagnosis is written, tried and then published; what was published once never changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.diagnosis import Diagnosis, DiagnosisRevision, Filling, Tree
from services.ticket.domain.diagnosis_checks import checked
from services.ticket.store.articles import Articles
from services.ticket.store.copies import Parts
from services.ticket.store.diagnoses import Diagnoses, DiagnosisRevisions
from services.ticket.store.work_types import WorkTypes


@dataclass(frozen=True)
class PutDiagnosis:
    """The tree becomes the draft; whoever is asked meanwhile is asked what was published."""

    id: str
    tree: Tree
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        parts = (Ref(Parts, part.sku) for fills in _fillings(self.tree) for part in fills.parts)
        types = (Ref(WorkTypes, category) for category in _categories(self.tree))
        articles = (Ref(Articles, id) for fills in _fillings(self.tree) for id in fills.articles)
        return (Ref(Diagnoses, self.id), *parts, *types, *articles)

    def decide(self, unit: Unit) -> bool:
        for category in _categories(self.tree):
            unit.require(WorkTypes, category, as_="work-type")
        for fills in _fillings(self.tree):
            for part in fills.parts:
                unit.require(Parts, part.sku, as_="part")
            for article in fills.articles:
                unit.require(Articles, article, as_="article")
        tree = checked(self.tree)
        before = unit.get(Diagnoses, self.id)
        check_version(unit.version(Diagnoses, self.id), self.expected)
        after = replace(before or Diagnosis(self.id), draft=tree)
        if after.draft == after.published:
            after = replace(after, draft=None)
        if after != before:
            unit.put(Diagnoses, after)
        return before is None


@dataclass(frozen=True)
class PublishDiagnosis:
    """From now on the draft, if there is one, is what is asked; walks that have begun end as they began."""

    id: str
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Diagnoses, self.id),)

    def decide(self, unit: Unit) -> Diagnosis:
        before = unit.get(Diagnoses, self.id)
        if before is None:
            raise NotFound("diagnosis", self.id)
        check_version(unit.version(Diagnoses, self.id), self.expected)
        if before.draft is None:
            return before
        revision = before.revision + 1
        after = Diagnosis(self.id, revision, before.draft, None)
        unit.put(Diagnoses, after)
        unit.add(
            DiagnosisRevisions,
            DiagnosisRevision(revision_id(self.id, revision), self.id, revision, before.draft),
        )
        return after


def revision_id(diagnosis_id: str, revision: int) -> str:
    return f"{diagnosis_id}:{revision}"


def _fillings(tree: Tree) -> Iterator[Filling]:
    yield tree.fills
    for question in tree.questions:
        for branch in question.branches:
            yield branch.fills


def _categories(tree: Tree) -> Iterator[str]:
    yield from tree.categories
    for fills in _fillings(tree):
        if fills.category is not None:
            yield fills.category
