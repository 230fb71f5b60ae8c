"""``python -m tests.chaos.table``: each mutation with as many seeds as it takes to notice it, five at most.

A line each: what is taken away, the seed that noticed and what it saw. Ends with 1 when one was not noticed.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.live import Nobody, hush
from tests.chaos.mutations import MUTATIONS
from tests.chaos.run import Options, run

SEEDS = range(1, 6)
REST_SECONDS = {1: 30.0, 3: 120.0}
"""By members. Where nothing is taken away it takes six; with three of each, which share a machine, fifty."""


def noticed(name: str) -> str | None:
    """The first seed that notices, and by which invariants."""
    mutation = MUTATIONS[name]
    for seed in SEEDS:
        asked = Options(
            mutation.seconds, seed, mutation.members, name, rest_seconds=REST_SECONDS[mutation.members]
        )
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            result = asyncio.run(run(Path(folder), asked, Nobody()))
        if seen := [f"{name} {count}" for name, count in result.violations.items() if count]:
            return f"seed {seed}: {', '.join(seen)}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.table", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these")
    chosen = parser.parse_args()
    hush()
    missed = 0
    for name in chosen.names or [each for each in MUTATIONS if each != "none"]:
        seen = noticed(name)
        missed += seen is None
        print(f"{name:14} {MUTATIONS[name].says:50} {seen or 'NOT NOTICED'}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
