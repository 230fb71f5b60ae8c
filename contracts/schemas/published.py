"""What the committed schemas must say."""

import json
from pathlib import Path
from typing import Any

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.envelope import Payload

Schema = dict[str, Any]

FOLDER = Path(__file__).parent


def schema_of(owner: str, model: type[Payload]) -> Schema:
    """The JSON Schema (2020-12) of a model, open at every level."""
    schema: Schema = _opened(model.model_json_schema(mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{owner}/{model.TYPE}/{model.MAJOR}",
        **schema,
    }


def published(catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
    """The text of every schema file by its path below this folder: ``<owner>/<type>.<major>.json``."""
    return {
        f"{topic.owner}/{model.TYPE}.{model.MAJOR}.json": _text(schema_of(topic.owner, model))
        for topic in catalogue.topics
        for model in topic.events
    }


def differences(folder: Path = FOLDER, catalogue: Catalogue = CATALOGUE) -> list[str]:
    """One line for each file that is missing, stale or says something else than the models."""
    wanted = published(catalogue)
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    lines = [f"{name}: missing" for name in wanted if name not in found]
    for name, path in found.items():
        if name in wanted:
            if path.read_text(encoding="utf-8") != wanted[name]:
                lines.append(f"{name}: differs from its model")
        elif not _is_older_major(name, wanted):
            lines.append(f"{name}: no event of the catalogue has this schema")
    return sorted(lines)


def write(folder: Path = FOLDER, catalogue: Catalogue = CATALOGUE) -> list[str]:
    """Make the files say what the models say; older majors stay. Returns the names that changed."""
    wanted = published(catalogue)
    changed = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in wanted and not _is_older_major(name, wanted):
            path.unlink()
            changed.append(name)
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return sorted(changed)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*/*.json")) if path.parent.name != "examples"]


def _is_older_major(name: str, wanted: dict[str, str]) -> bool:
    event, major = _event_and_major(name)
    return any(event == other and major < newest for other, newest in map(_event_and_major, wanted))


def _event_and_major(name: str) -> tuple[str, int]:
    event, _, major = name.removesuffix(".json").rpartition(".")
    return event, int(major) if major.isdigit() else 0


def _opened(node: Any) -> Any:
    if isinstance(node, dict):
        closed = node.get("additionalProperties") is False
        return {
            key: _opened(value)
            for key, value in node.items()
            if not (closed and key == "additionalProperties")
        }
    if isinstance(node, list):
        return [_opened(item) for item in node]
    return node


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
