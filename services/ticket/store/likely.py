"""What ended the tickets that were answered alike: a hint for whoever asks."""

from collections.abc import Sequence
from typing import Any

from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import A_STRING
from infra.chassis.store.mongo import aggregate
from services.ticket.domain.diagnosis import Given
from services.ticket.domain.diagnosis_ending import CASES_NEEDED, Likely
from services.ticket.domain.reminding import NO_ANSWER
from services.ticket.store.tickets import Tickets

CASES_READ = 2_000
"""The latest that have ended: what was repaired years ago does not decide, and nobody reads all of them."""


async def likeliest(run: Runtime, diagnosis_id: str, given: Sequence[Given]) -> Likely | None:
    """None while fewer than 30 tickets with these answers have ended with a cause or an article."""
    same = [
        {"$elemMatch": {"question": each.question, "value": each.value}}
        for each in given
        if each.value is not None
    ]
    alike: dict[str, Any] = {
        "diagnosed.diagnosis_id": {"$eq": diagnosis_id, **A_STRING},
        "$or": [
            {"resolution.cause": {**A_STRING, "$ne": NO_ANSWER}},
            {"resolution.article_id": A_STRING},
        ],
    }
    answered = [{"$match": {"diagnosed.given": {"$all": same}}}] if same else []
    cause = {"$toLower": {"$trim": {"input": {"$ifNull": ["$resolution.cause", ""]}}}}
    article = "$resolution.article_id"
    found = await aggregate(
        run.collection(Tickets.name),
        [
            {"$match": alike},
            {"$sort": {"updated_at": -1}},
            {"$limit": CASES_READ},
            *answered,
            {
                "$group": {
                    # Of an article it is the article that counts, whatever each wrote about the cause.
                    "_id": {"$ifNull": [article, cause]},
                    "article_id": {"$first": article},
                    "cause": {"$first": "$resolution.cause"},
                    "cases": {"$sum": 1},
                }
            },
            {"$sort": {"cases": -1, "_id": 1}},
        ],
    )
    of = sum(each["cases"] for each in found)
    if of < CASES_NEEDED:
        return None
    first = found[0]
    return Likely(tuple(given), first.get("article_id"), first.get("cause"), first["cases"], of)
