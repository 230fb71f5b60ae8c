"""ETags are versions of aggregates; If-Match and If-None-Match compare them."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import Response

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.problems import Problem

_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*')

Expected = frozenset[int] | None
"""The versions that a caller is ready to change; None when he set no condition."""


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def check_version(version: int, expected: Expected) -> None:
    """Refuse (412) a change of a version that the caller has not seen.

    A ``Refusal``, so that a use case can decide it on the version that it will save.
    """
    if expected is not None and version not in expected:
        raise Refusal(
            "precondition-failed",
            Text(
                f"It is at version {version} now: read it again and decide on what is there.",
                f"La version présente est {version} : relisez et décidez sur ce qui est là.",
            ),
            version=version,
        )


def not_modified(request: Request, version: int) -> Response | None:
    """304 when If-None-Match names this version (or ``*``), else None: answer in full."""
    given = request.headers.get("if-none-match")
    if given is None or not (given.strip() == "*" or str(version) in _tags(given, weak=True)):
        return None
    return Response(status_code=304, headers={"ETag": etag(version)})


def parse_if_match(given: str | None) -> Expected:
    """The versions of an If-Match header. ``*`` sets no condition on what exists; weak tags never match."""
    if given is None or given.strip() == "*":
        return None
    return frozenset(int(tag) for tag in _tags(given, weak=False) if tag.isdigit() and len(tag) < 19)


def _tags(given: str, *, weak: bool) -> list[str]:
    matches = [_TAG.fullmatch(item) for item in given.split(",")]
    return [match[2] for match in matches if match and (weak or not match[1])]


async def _if_match(if_match: Annotated[str | None, Header()] = None) -> Expected:
    return parse_if_match(if_match)


async def _if_match_required(if_match: Annotated[str | None, Header()] = None) -> Expected:
    if if_match is None:
        raise Problem(
            "precondition-required",
            Text(
                "Read it first and send its ETag in If-Match, so that nobody's change is overwritten.",
                "Lisez d'abord et envoyez l'ETag dans If-Match, pour n'écraser aucun changement.",
            ),
        )
    return parse_if_match(if_match)


IfMatch = Annotated[Expected, Depends(_if_match)]
"""If-Match where it is honoured."""

IfMatchRequired = Annotated[Expected, Depends(_if_match_required)]
"""If-Match on PATCH: 428 without it."""
