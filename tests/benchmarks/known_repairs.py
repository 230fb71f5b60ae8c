"""The base of known repairs: whether what clients say finds the repair that is meant, and how fast.

``phrasings.tsv`` holds French phrasings, each with the article of the sample that is meant; nobody who chose
synonyms had seen them, as those of ``phrasings_seen.tsv``, by which they were chosen. Recall at 3 is the
share of which it is among the first three; the peer is BM25 over the words as they are. Time is that of
``POST /v1/articles/search`` with 20,000 articles published, beside a list of three articles.
"""

import json
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import bm25s
import pymongo

from contracts.values import Language
from infra.chassis.store.collection import Document
from infra.sample.calls import Json
from infra.sample.repairs import REPAIRS
from services.ticket.api.article_body import RepairBody
from services.ticket.domain.article import Article, Repair
from services.ticket.lookup.searching import Base, Indexed, Sought
from services.ticket.store.articles import Articles
from tests.benchmarks.chain import chain
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.load import Connection, get, post
from tests.servers import RealServers

UNSEEN, SEEN = "phrasings.tsv", "phrasings_seen.tsv"
SIZE, ASKED, WARM = 20_000, 300, 20
FIRST = 3


def phrasings(file: str = UNSEEN) -> list[tuple[str, str]]:
    """What is meant, and how a client says it."""
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return [(id, text) for id, _, text in (line.partition("\t") for line in lines)]


def repairs() -> dict[str, Repair]:
    return {id: RepairBody.model_validate(body).repair() for id, body in REPAIRS.items()}


async def measure(servers: RealServers) -> list[Figure]:
    """Recall at 1 and 3 over the sample's articles; milliseconds a search at the 95th percentile of 300."""
    base = Base(Indexed.of(id, repair) for id, repair in repairs().items())
    words = _words_as_they_are()

    def ours(text: str) -> Sequence[str]:
        return [match.id for match in base.search(Sought(text), FIRST)]

    figures = [
        Figure(
            f"recall-at-{n}{name}",
            _recall(ours, n, file),
            "share",
            "words as they are",
            _recall(words, n, file),
            "",
        )
        for file, name in ((UNSEEN, ""), (SEEN, "-seen"))
        for n in (1, FIRST)
    ]
    return [*figures, await _time(servers)]


def _recall(search: Callable[[str], Sequence[str]], among: int, file: str) -> float:
    asked = phrasings(file)
    return sum(id in search(text)[:among] for id, text in asked) / len(asked)


def _words_as_they_are() -> Callable[[str], Sequence[str]]:
    known = repairs()
    ids, index = list(known), bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index([_text(known[id]).lower().split() for id in ids], show_progress=False)

    def search(text: str) -> Sequence[str]:
        scores = index.get_scores([word for word in text.lower().split() if word in index.vocab_dict] or [""])
        return [ids[n] for n in sorted(range(len(ids)), key=lambda n: -scores[n])[:FIRST] if scores[n] > 0]

    return search


def _text(repair: Repair) -> str:
    parts = [repair.title, repair.symptom, *([repair.cause] if repair.cause else []), *repair.steps]
    return " ".join(words[Language.FR] for words in parts)


async def _time(servers: RealServers) -> Figure:
    async with chain(servers) as given, pymongo.AsyncMongoClient[Document](servers.mongodb) as client:
        stored = client[f"{given.processes.prefix}_ticket"][Articles.name]
        await stored.insert_many(list(_many(random.Random(7))))
        token = given.processes.issuer.token("agent", subject="bench")
        connection = await Connection.open(given.processes.addresses["ticket"])

        async def took(requests: Iterable[bytes]) -> float:
            times = []
            for request in requests:
                begun = time.perf_counter()
                status, answer = await connection.ask(request)
                if status != 200:
                    raise SystemExit(f"the benchmark needs 200 and got {status}: {answer.decode()}")
                times.append((time.perf_counter() - begun) * 1000)
            return percentile(times[WARM:], 0.95)

        texts = [text for _, text in phrasings()]
        bodies = (json.dumps({"text": texts[n % len(texts)]}).encode() for n in range(WARM + ASKED))
        ours = await took(post("/v1/articles/search", token, body, secrets.token_hex(8)) for body in bodies)
        lists = await took(get("/v1/articles?limit=3", token) for _ in range(WARM + ASKED))
    return Figure(f"search-among-{SIZE}", ours, "ms p95", "a list of three", lists, "at most 20 ms")


def _many(chance: random.Random) -> Iterator[Document]:
    """Articles of the sample's words, each a mixture of several, so that the words are as common as there."""
    known = list(repairs().values())
    for n in range(SIZE):
        one, other = chance.choice(known), chance.choice(known)
        symptom = {language: f"{one.symptom[language]} {other.title[language]} {n}" for language in Language}
        steps = tuple(chance.choice(chance.choice(known).steps) for _ in range(4))
        repair = Repair(one.title, symptom, steps, 10, one.mode, other.cause, self_service=True)
        article = Article(f"many-{n:05}", 1, repair)
        document: Json = {"_id": article.id, "version": 1, "updated_at": datetime.now(UTC)}
        yield {**document, **Articles.encode(article), "outbox": [], "streams": {}, "keys": []}
