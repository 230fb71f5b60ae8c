"""``python -m infra.kubernetes write | check``: what is made from the contracts, and the schemas.

`check` also holds every manifest against the schema of its kind: Kubernetes' own, and for the operators'
kinds what we use of them (schemas.py).
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from infra.kubernetes import kafka, monitoring, workloads
from infra.kubernetes.schemas import complaints

FOLDER = Path(__file__).parent
HEAD = "# Made by `python -m infra.kubernetes write` from the contracts; `make check` compares.\n"


def generated() -> dict[str, str]:
    """The text of every generated file, by its path below this folder."""
    made = {
        "base/topics.yaml": kafka.topics(),
        "base/scaling.yaml": [*kafka.looking(), *kafka.scaling()],
        "base/services.yaml": workloads.services(),
        "base/ingress.yaml": workloads.ingress(),
        "base/users.yaml": kafka.users(),
        "observability/observability.yaml": monitoring.config_maps(),
    }
    return {path: HEAD + yaml.dump_all(manifests, Dumper=_Plain) for path, manifests in made.items()}


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every whole manifest that is committed, with its file. A patch is none."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        if not path.name.startswith(("kustomization", "patch-")):
            for manifest in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                yield path.relative_to(FOLDER).as_posix(), manifest


class _Plain(yaml.SafeDumper):  # type: ignore[misc]
    """Everything written out: what two manifests have in common is no anchor."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 when a file is stale or a manifest is not what its schema asks for."""
    parser = argparse.ArgumentParser(prog="python -m infra.kubernetes")
    parser.add_argument("command", choices=("write", "check"))
    if parser.parse_args(arguments).command == "write":
        for path, text in generated().items():
            (FOLDER / path).write_text(text, encoding="utf-8")
        return 0
    stale = [
        f"infra/kubernetes/{path} is stale; run: python -m infra.kubernetes write"
        for path, text in generated().items()
        if not (FOLDER / path).exists() or (FOLDER / path).read_text(encoding="utf-8") != text
    ]
    wrong = [f"{path}: {said}" for path, manifest in manifests() for said in complaints(manifest)]
    for line in (*stale, *wrong):
        print(line, file=sys.stderr)
    return 1 if stale or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
