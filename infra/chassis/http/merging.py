"""One OpenAPI document out of several services', and their health and metrics as labelled sums."""

import re
from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]

_REFERENCE = re.compile(r"#/components/([a-z]+)/(.+)", re.IGNORECASE)
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (.+)")
_METHODS = frozenset(("get", "put", "post", "patch", "delete"))


def merged_openapi(documents: Mapping[str, Document], *, title: str, version: str) -> Document:
    """One document over all paths. Components that differ under one name get their service's before it."""
    taken: dict[tuple[str, str], Document] = {}
    paths: Document = {}
    for service, document in documents.items():
        renamed = _renamed(service, document, taken)
        for path, item in document.get("paths", {}).items():
            own = _rewritten(item, renamed)
            for method, operation in own.items():
                if method in _METHODS:
                    operation["tags"] = [service]
                    operation["operationId"] = f"{service}_{operation['operationId']}"
            paths[path] = own
    components: Document = {}
    for (section, name), body in taken.items():
        components.setdefault(section, {})[name] = body
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "tags": [{"name": service} for service in documents],
        "paths": paths,
        "components": components,
        "security": [{"bearer": []}],
    }


def _renamed(
    service: str, document: Document, taken: dict[tuple[str, str], Document]
) -> dict[tuple[str, str], str]:
    """What this service's components are called in the merged document; adds them to ``taken``."""
    own = {
        (section, name): body
        for section, bodies in document.get("components", {}).items()
        for name, body in bodies.items()
    }
    clashing = {place for place, body in own.items() if taken.get(place, body) != body}
    while True:
        names = {
            (section, name): f"{service}.{name}" if (section, name) in clashing else name
            for section, name in own
        }
        refers = {
            place for place, body in own.items() if place in taken and _rewritten(body, names) != taken[place]
        }
        if refers <= clashing:
            break
        clashing |= refers
    for (section, name), body in own.items():
        taken[section, names[section, name]] = _rewritten(body, names)
    return names


def _rewritten(node: Any, names: Mapping[tuple[str, str], str]) -> Any:
    if isinstance(node, list):
        return [_rewritten(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _rewritten(value, names) for key, value in node.items()}
    reference = changed.get("$ref")
    match = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if match is not None:
        section, name = match[1], match[2]
        changed["$ref"] = f"#/components/{section}/{names.get((section, name), name)}"
    return changed


def summed_metrics(expositions: Mapping[str, str]) -> str:
    """Prometheus texts of several services as one, each sample labelled with its service."""
    families: dict[str, list[str]] = {}
    for service, text in expositions.items():
        name = ""
        for line in text.splitlines():
            if line.startswith("# "):
                name = line.split(" ", 3)[2]
                if line not in (lines := families.setdefault(name, [])):
                    lines.append(line)
            elif match := _SAMPLE.fullmatch(line):
                labels = f'service="{service}"' + (f",{match[2]}" if match[2] else "")
                families.setdefault(name, []).append(f"{match[1]}{{{labels}}} {match[3]}")
    return "".join(line + "\n" for lines in families.values() for line in lines)
