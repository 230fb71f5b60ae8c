"""RFC 9457 problems: how every failure is told, in the caller's language."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from contracts.refusal import Refusal, nothing_there
from contracts.text import Text
from infra.chassis.http.problem_types import CHASSIS_PROBLEMS, ProblemType
from infra.chassis.http.wording import wording_of

MEDIA_TYPE = "application/problem+json"
PREFIX = "/problems/"
_IN_A_PATH = "/~:@!$&'()*+,;="


class Problem(Exception):
    """A failure to be told to the caller; ``slug`` names its type, ``/problems/<slug>``.

    ``status`` and the title come from the table of problem types; ``detail`` says what went wrong
    this time and what to do; ``members`` are JSON-ready extras,
    in which a ``Text`` becomes the reader's.
    """

    def __init__(
        self,
        slug: str,
        detail: Text,
        *,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
        **members: Any,
    ) -> None:
        super().__init__(slug, detail)
        self.slug = slug
        self.detail = detail
        self.status = status
        self.headers = dict(headers or {})
        self.members = members


def not_found(kind: str, id: str) -> Problem:
    """404: what the path addresses does not exist, or not for this caller."""
    return Problem("not-found", nothing_there(kind, id), kind=kind, id=id)


def invalid_body(*errors: tuple[str, Text]) -> Problem:
    """422: what is wrong at which JSON pointer."""
    return Problem(
        "invalid-body",
        Text("The body was not accepted; nothing was stored.", "Contenu refusé ; rien n'a été enregistré."),
        errors=[{"pointer": pointer, "detail": detail} for pointer, detail in errors],
    )


def not_ready(why: Text, seconds: int = 2) -> Problem:
    """503: something that this needs does not answer yet; the same request may be repeated."""
    return Problem("not-ready", why, headers={"Retry-After": str(seconds)})


def method_not_allowed(methods: Sequence[str]) -> Problem:
    """405, naming what is possible."""
    allowed = ", ".join(methods)
    return Problem(
        "method-not-allowed",
        Text(f"Possible here: {allowed}.", f"Possible ici : {allowed}."),
        headers={"Allow": allowed},
    )


def unexpected(correlation_id: str) -> Problem:
    """500, without a word about our insides."""
    return Problem(
        "unexpected",
        Text(
            f"Try again; if it persists, tell support the correlation id {correlation_id}.",
            f"Réessayez ; si cela persiste, donnez au support l'identifiant {correlation_id}.",
        ),
    )


def of_refusal(refusal: Refusal) -> Problem:
    """A domain rule's refusal, as the caller sees it."""
    members = dict(refusal.members)
    seconds = members.pop("retry_after_seconds", None)
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    problem = Problem(refusal.slug, refusal.detail, headers=headers)
    problem.members = members
    return problem


def of_http_exception(error: HTTPException) -> Problem:
    """What the framework itself refuses: no such route, no such method."""
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return Problem(
            "not-found",
            Text("Nothing is served at this address.", "Rien n'est servi à cette adresse."),
            headers=headers,
        )
    if error.status_code == 405:
        return method_not_allowed(headers.get("Allow", "").split(", "))
    slug = next((s for s, t in CHASSIS_PROBLEMS.items() if t.status == error.status_code), "refused")
    return Problem(
        slug,
        Text("This request cannot be read.", "Cette demande est illisible."),
        headers=headers,
        status=error.status_code,
    )


def of_validation_error(error: RequestValidationError) -> Problem:
    """A body, path, query or header that does not fit its model; each error with its place."""
    body, parameters = [], []
    for each in error.errors():
        place, *path = each["loc"]
        detail = wording_of(each)
        if place == "body":
            body.append((_pointer(path), detail))
        else:
            parameters.append({"parameter": str(path[0]), "in": place, "detail": detail})
    if not parameters:
        return invalid_body(*body)
    return Problem(
        "invalid-parameter",
        Text("A parameter was not accepted.", "Un paramètre a été refusé."),
        errors=[*parameters, *({"pointer": pointer, "detail": detail} for pointer, detail in body)],
    )


def _pointer(path: Sequence[Any]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


class Renderer:
    """Turns problems into responses, with the types that a service adds to the chassis's."""

    def __init__(self, own: Mapping[str, ProblemType] | None = None) -> None:
        self.types: dict[str, ProblemType] = {**CHASSIS_PROBLEMS, **(own or {})}

    def render(self, problem: Problem, *, language: str, instance: str, correlation_id: str) -> Response:
        """The response. A slug that no table knows keeps its own type and counts as refused (422)."""
        known = self.types.get(problem.slug, CHASSIS_PROBLEMS["refused"])
        status = problem.status or known.status
        document = {
            "type": PREFIX + problem.slug,
            "title": known.title.in_(language),
            "status": status,
            "detail": problem.detail.in_(language),
            "instance": quote(instance, safe=_IN_A_PATH),
            "correlation_id": correlation_id,
            **problem.members,
        }

        def plain(value: Any) -> str:
            return value.in_(language) if isinstance(value, Text) else str(value)

        headers = {"Content-Language": language, "Vary": "Accept-Language", **problem.headers}
        content = json.dumps(document, ensure_ascii=False, default=plain).encode()
        return Response(content, status, headers, media_type=MEDIA_TYPE)
