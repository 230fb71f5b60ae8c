"""``python -m tests.chaos``: the four services under load and faults, and whether one promise was broken.

The last line is JSON: ``violations`` by name (0 where a promise held), ``faults`` by kind, and figures.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from rich.console import Console

from tests.chaos.drawing import drawn
from tests.chaos.live import Audience, Nobody, Printed, Screen, hush
from tests.chaos.mutations import MUTATIONS
from tests.chaos.run import Options, Result, run


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long the load lasts")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with: tells a run again")
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3), help="so many databases, too")
    parser.add_argument(
        "--mutation", default="none", choices=list(MUTATIONS), help="take one protection away"
    )
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    parser.add_argument(
        "--only", action="append", default=[], metavar="FAULT", help="only faults of this kind"
    )
    parser.add_argument("--folder", type=Path, help="keep what the run leaves behind here (empty or new)")
    parser.add_argument("--small-disk", action="store_true", help="on a tmpfs that may be full (root only)")
    parser.add_argument(
        "--restore", action="store_true", help="lose everything once and go on from a backup taken before"
    )
    parser.add_argument("--json", action="store_true", help="nothing but the result")
    parser.add_argument("--list-mutations", action="store_true", help="a name a line")
    return parser.parse_args(arguments)


def shown(result: Result) -> dict[str, object]:
    return {
        "violations": result.violations,
        "faults": dict(Counter(each.fault.name for each in result.happened)),
        "found": result.found,
        "figures": result.figures,
        "seed": result.options.seed,
        "seconds": result.options.seconds,
        "mutation": result.options.mutation,
    }


def table(result: Result) -> str:
    """A line per invariant, with the first sentences of what broke it."""
    rows = []
    for name, count in result.violations.items():
        rows.append(f"{'ok  ' if not count else 'FAIL'}  {name}" + (f": {count}" if count else ""))
        rows += [f"      {sentence}" for sentence in result.found.get(name, [])[:5]]
    return "\n".join(rows)


def audience(nobody: bool) -> AbstractContextManager[Audience]:
    console = Console()
    if nobody:
        return nullcontext(Nobody())
    return Screen(console) if console.is_terminal else nullcontext(Printed())


def main() -> int:
    chosen = options()
    if chosen.list_mutations:
        print("\n".join(name for name in MUTATIONS if name != "none"))
        return 0
    hush()
    asked = Options(
        *(chosen.seconds, chosen.seed, chosen.brokers, chosen.mutation, chosen.rate),
        small_disk=chosen.small_disk,
        restored=chosen.restore,
        faults=tuple(chosen.only),
    )
    with audience(chosen.json) as told, tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(run(folder, asked, told))
        if chosen.folder:
            title = f"{asked.seconds:g} s with seed {asked.seed}, {asked.mutation} taken away"
            (folder / "run.svg").write_text(drawn(result.samples, result.spans, title), encoding="utf-8")
    if not chosen.json:
        print(table(result))
    print(json.dumps(shown(result)))
    return int(any(result.violations.values()))


if __name__ == "__main__":
    sys.exit(main())
