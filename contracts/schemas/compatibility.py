"""The gate between two versions of one schema: within a major, only optional fields may be added.

Old readers must understand new events and new readers old events. Since writers are closed and
readers open, each writer's schema is closed before it is held against the other reader's.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from jsoncompat import check_compat

from contracts.schemas.published import FOLDER

Schema = dict[str, Any]

# jsoncompat takes any two values of these for compatible.
_MUST_NOT_CHANGE = ("pattern", "format", "propertyNames")


class NoHistory(Exception):
    """There is no revision to compare with."""


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Why ``new`` cannot replace ``old`` within the same major; empty when it can."""
    old, new = _resolved(old, old), _resolved(new, new)
    reasons = []
    if not check_compat(json.dumps(old), json.dumps(_closed(new)), "serializer"):
        reasons.append("present readers would not understand every new event")
    if not check_compat(json.dumps(_closed(old)), json.dumps(new), "deserializer"):
        reasons.append("new readers would not understand every present event")
    return reasons + _changes("", old, new)


def compare(base: str, folder: Path = FOLDER) -> dict[str, list[str]]:
    """Reasons by schema file, for the files that existed at the git revision ``base``.

    A schema that is gone is a reason too: records of it may still be in the topic.
    """
    broken = {}
    for name, old in _committed(base, folder).items():
        path = folder / name
        if not path.exists():
            reasons = ["the schema is gone while records of it may still be read"]
        else:
            reasons = incompatibilities(old, json.loads(path.read_text(encoding="utf-8")))
        if reasons:
            broken[name] = reasons
    return broken


def default_base(folder: Path = FOLDER) -> str:
    """The last release's tag, else what is published, else the last commit; ``NoHistory`` without any."""
    tag = _git(folder, "describe", "--tags", "--abbrev=0")
    if tag is not None:
        return tag.strip()
    for revision in ("origin/main", "HEAD"):
        if _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is not None:
            return revision
    raise NoHistory("there is no commit to compare the schemas with")


def _committed(base: str, folder: Path) -> dict[str, Schema]:
    listing = _git(folder, "ls-tree", "-r", "--name-only", base, ".")
    if listing is None:
        raise NoHistory(f"git knows no revision {base!r} here")
    names = [name for name in listing.splitlines() if name.endswith(".json") and name.count("/") == 1]
    return {name: json.loads(_git(folder, "show", f"{base}:./{name}") or "{}") for name in names}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    if "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def _resolved(root: Schema, node: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(root, item) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        return _resolved(root, root["$defs"][reference.rpartition("/")[2]])
    return {key: _resolved(root, value) for key, value in node.items() if key not in ("$defs", "$id")}


def _changes(where: str, old: Any, new: Any) -> list[str]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    reasons = [
        f"{where or '/'}: {keyword} changed"
        for keyword in _MUST_NOT_CHANGE
        if not where.endswith("/properties") and old.get(keyword) != new.get(keyword)
    ]
    for key, value in old.items():
        below = f"{where}/{key}"
        if key not in new:
            if where.endswith(("/properties", "/patternProperties")):
                reasons.append(f"{below} is gone")
        elif isinstance(value, list):
            for index, (before, after) in enumerate(zip(value, new[key], strict=False)):
                reasons += _changes(f"{below}/{index}", before, after)
        else:
            reasons += _changes(below, value, new[key])
    return reasons
