"""The OpenAPI document of a service: bearer tokens, problems and headers stand in it as they are."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `type` is stable, `detail` says what to do.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "correlation_id": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
    "additionalProperties": True,
}
_DROPPED = ("HTTPValidationError", "ValidationError")
_METHODS = frozenset(("get", "put", "post", "patch", "delete"))
REQUIRED = "x-required"
"""Marks a header whose absence has a problem of its own, so that the framework must not refuse it."""


def describe(app: FastAPI) -> None:
    """Make ``app`` give the finished document at its ``openapi_url``."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finished(
                get_openapi(title=app.title, version=app.version, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _finished(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _DROPPED:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    components["responses"] = {
        "Problem": {
            "description": "What went wrong and what to do",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    document["security"] = [{"bearer": []}]
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS:
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
                _tell_headers(path, method, operation)
    return document


def _tell_headers(path: str, method: str, operation: dict[str, Any]) -> None:
    """What comes with an answer follows from the address: one thing, a list of things, or neither."""
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["schema"].pop(REQUIRED, False):
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "title": parameter["schema"]["title"]}
    one = "{" in path and (method != "get" or path.endswith("}"))
    responses = operation["responses"]
    for status in ("200", "201"):
        if status in responses:
            headers = responses[status].setdefault("headers", {})
            if one or status == "201":
                headers["ETag"] = _header("The version of what is shown, for If-Match", required=True)
            if status == "201" and (method == "put" or "{" not in path):
                headers["Location"] = _header("Where the new thing is", required=True)
            if any(parameter["name"] == "cursor" for parameter in parameters):
                headers["Link"] = _header('The next page, rel="next"; absent on the last one', required=False)
    if one and method == "get":
        parameters.append(
            {
                "name": "If-None-Match",
                "in": "header",
                "required": False,
                "description": "The ETag that was read: 304 when nothing has changed since",
                "schema": {"type": "string"},
            }
        )
        responses["304"] = {"description": "Nothing has changed since"}
    if not parameters:
        del operation["parameters"]


def _header(description: str, *, required: bool) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": {"type": "string"}}
