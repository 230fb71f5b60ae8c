"""``python smoke.py FOLDER``: whether a service's code holds everything that it imports, first or later.

It fails the build of an image when the service, the chassis or the contracts import what the image has not:
another service, the local stack, a package that is only in another extra. Commands are left out: of those
only the ones whose code is there are offered.
"""

import ast
import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

WHOLE = ("contracts", "services", "infra/chassis")
MAY_BE_ABSENT = frozenset({"jsoncompat", "motor"})
"""Imported by one command, or when a setting asks for it."""


def missing(folder: Path) -> list[str]:
    """``file:line imports what`` for everything that cannot be found; finds in ``sys.path``."""
    return [
        f"{path.relative_to(folder)}:{line} imports {name}, which is not here"
        for path in modules(folder)
        for line, name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if name.partition(".")[0] not in MAY_BE_ABSENT and not found(name)
    ]


def modules(folder: Path) -> Iterator[Path]:
    for part in WHOLE:
        yield from sorted((folder / part).rglob("*.py"))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def main() -> None:
    folder = Path(sys.argv[1])
    if lacking := missing(folder):
        raise SystemExit("\n".join(lacking))
    for app in sorted((folder / "services").glob("*/app.py")):
        importlib.import_module(f"services.{app.parent.name}.app")
    importlib.import_module("infra.cli.main").commands()


if __name__ == "__main__":
    main()
