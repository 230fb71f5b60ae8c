from infra.chassis.store.collection import Collection, Document, Index
from services.ticket.domain.article import Article, ArticleRevision
from services.ticket.domain.article_record import ArticleRecord
from services.ticket.lookup.terms import gist


def _searched_by(article: Article) -> Document:
    """``state`` for lists; ``causes`` tell a cause that is known from a new one."""
    repairs = [repair for repair in (article.published, article.draft) if repair is not None]
    wordings = {words for repair in repairs for words in (repair.cause or {}).values()}
    causes = sorted(found for found in map(gist, wordings) if found is not None)
    return {"state": article.state, "causes": causes}


Articles = Collection(
    "articles",
    Article,
    indexes=(
        Index((("state", 1), ("updated_at", 1), ("_id", 1)), name="in_state"),
        Index((("causes", 1),), name="cause"),
        Index((("published.categories", 1), ("updated_at", 1), ("_id", 1)), name="category"),
    ),
    searched_by=_searched_by,
)

ArticleRevisions = Collection(
    "article_revisions",
    ArticleRevision,
    indexes=(Index((("article_id", 1), ("revision", 1)), unique=True, name="of_article"),),
)

ArticleRecords = Collection("article_records", ArticleRecord)
