"""``python pinned.py SERVICE``: writes pinned.txt, the part of requirements.txt that one service needs.

It runs where an image is made, on the standard library and pip alone. pip says what the service's packages
need on that machine; what is installed afterwards is only what the lock names, and only with its hashes.
METADATA says beside it which version of the project this is.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path


class NotLocked(Exception):
    """The service needs a package that the lock does not name."""


def wanted(pyproject: str, service: str) -> list[str]:
    """What the project and the service's extra ask for."""
    project = tomllib.loads(pyproject)["project"]
    extras = project["optional-dependencies"]
    if service not in extras:
        raise SystemExit(f"no service is called {service!r}")
    return [*project["dependencies"], *extras[service]]


def metadata(pyproject: str) -> str:
    """What an installed distribution says of itself: code that is copied has a version all the same."""
    project = tomllib.loads(pyproject)["project"]
    return f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"


def locked(requirements: str) -> dict[str, str]:
    """Each package's entry, all its lines, by its normalised name; several where markers divide them."""
    entries: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", requirements.strip()):
        name = normalised(re.split(r"[\s=<>!~;\[]", entry, maxsplit=1)[0])
        entries[name] = f"{entries[name]}\n{entry}" if name in entries else entry
    return entries


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(needed: list[str], requirements: str) -> str:
    """The entries of these packages; ``NotLocked`` when one is missing."""
    entries = locked(requirements)
    names = sorted({normalised(name) for name in needed})
    if missing := [name for name in names if name not in entries]:
        raise NotLocked(f"requirements.txt lacks {', '.join(missing)}; run: make lock")
    return "".join(f"{entries[name]}\n" for name in names)


def versions(requirements: str) -> str:
    """The lock without its hashes: pip takes none in a list of constraints."""
    return re.sub(r"\s*\\\n\s+--hash=\S+", "", requirements)


def needed_here(requirements: list[str], lock: str) -> list[str]:
    """The names of everything that these requirements lead to on this machine, at the lock's versions."""
    constraints = Path("constraints.txt")
    constraints.write_text(versions(lock), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
    said = subprocess.run(
        [*pip, "--report", "-", "--only-binary", ":all:", "--constraint", str(constraints), *requirements],
        check=True,
        stdout=subprocess.PIPE,
    )
    return [each["metadata"]["name"] for each in json.loads(said.stdout)["install"]]


def main() -> None:
    lock = Path("requirements.txt").read_text(encoding="utf-8")
    project = Path("pyproject.toml").read_text(encoding="utf-8")
    needed = needed_here(wanted(project, sys.argv[1]), lock)
    Path("pinned.txt").write_text(pinned(needed, lock), encoding="utf-8")
    Path("METADATA").write_text(metadata(project), encoding="utf-8")


if __name__ == "__main__":
    main()
