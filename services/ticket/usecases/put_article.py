"""A known repair is drafted, reviewed, published and retired; what was published once never changes."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.article import Article, ArticleRevision, Repair
from services.ticket.store.articles import ArticleRevisions, Articles
from services.ticket.store.copies import Parts
from services.ticket.store.work_types import WorkTypes


@dataclass(frozen=True)
class PutArticle:
    """The repair becomes the draft; whoever searches meanwhile finds what was published."""

    id: str
    repair: Repair
    author: str
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        parts = (Ref(Parts, part.sku) for part in self.repair.parts)
        return (Ref(Articles, self.id), *parts, *(Ref(WorkTypes, id) for id in self.repair.categories))

    def decide(self, unit: Unit) -> bool:
        for category in self.repair.categories:
            unit.require(WorkTypes, category, as_="work-type")
        for part in self.repair.parts:
            unit.require(Parts, part.sku, as_="part")
        before = unit.get(Articles, self.id)
        check_version(unit.version(Articles, self.id), self.expected)
        after = (before or Article(self.id)).drafted(self.repair, self.author)
        if after != before:
            unit.put(Articles, after)
        return before is None


@dataclass(frozen=True, kw_only=True)
class _ArticleCommand:
    id: str
    by: str
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Articles, self.id),)

    def decide(self, unit: Unit) -> Article:
        before = unit.get(Articles, self.id)
        if before is None:
            raise NotFound("article", self.id)
        check_version(unit.version(Articles, self.id), self.expected)
        after = self.changed(before)
        if after != before:
            unit.save(Articles, after)
        if after.revision > before.revision and after.published is not None:
            id = f"{after.id}:{after.revision}"
            unit.add(ArticleRevisions, ArticleRevision(id, after.id, after.revision, after.published))
        return after

    def changed(self, before: Article) -> Article:
        raise NotImplementedError


class ReviewArticle(_ArticleCommand):
    """Somebody read the draft and found it right."""

    def changed(self, before: Article) -> Article:
        return before.read(self.by)


class PublishArticle(_ArticleCommand):
    """From now on the reviewed draft is what is found; a retired article is found again."""

    def changed(self, before: Article) -> Article:
        return before.out()


class RetireArticle(_ArticleCommand):
    """Nobody finds it any more; what it counted stays."""

    def changed(self, before: Article) -> Article:
        return replace(before, retired=True)
