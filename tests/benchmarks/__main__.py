"""Run the benchmarks: ``python -m tests.benchmarks [NAME…] [--json]``.

Each measures ours and a floor or a peer in the same run on the same servers, and prints the ratio. None
is a test: these machines are shared and noisy, a ratio is what can be compared.
"""

import argparse
import asyncio
import importlib
import json
import sys
import tempfile
from pathlib import Path

from infra.chassis.events.topics import apply_topics
from infra.chassis.ops.interpreter import settle
from tests.benchmarks.figures import Figure
from tests.servers import chosen_backend, started

NAMES = (
    "group_commit",
    "consuming",
    "intake",
    "dispatch_latency",
    "mails",
    "streams",
    "sla",
    "sla_live",
    "starting",
    "footprint",
    "replicas",
    "stored",
    "known_repairs",
    "statements",
    "ticket_search",
    "kpis",
    "park",
    "pages",
)
ONLY_BY_NAME = ("restoring", "stored_million", "dispatch", "dispatch_now", "anticipation", "pillac")
WITHOUT_SERVERS = {"sla", "replicas", "pages", "dispatch", "dispatch_now", "anticipation", "pillac"}


async def run(names: list[str], *, as_json: bool) -> None:
    settle()
    for name in names:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        if name in WITHOUT_SERVERS:
            for figure in await module.measure():
                show(figure, as_json=as_json)
            continue
        # Servers of its own: a service would read what another benchmark left in its topics first.
        with tempfile.TemporaryDirectory() as folder:
            async with started(chosen_backend(), Path(folder)) as servers:
                await apply_topics(servers.kafka)
                for figure in await module.measure(servers):
                    show(figure, as_json=as_json)


def show(figure: Figure, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figure.as_json()), flush=True)
    else:
        goal = f" ({figure.goal})" if figure.goal else ""
        print(
            f"{figure.name:36} {figure.ours:12,.2f} {figure.unit:10} against {figure.against} "
            f"{figure.theirs:,.2f}: ratio {figure.ratio:.2f}{goal}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*NAMES, *ONLY_BY_NAME)))
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    try:
        asyncio.run(run(arguments.names or list(NAMES), as_json=arguments.json))
    except KeyboardInterrupt:
        sys.exit(1)


main()
