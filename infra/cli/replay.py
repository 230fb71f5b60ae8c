"""`astreinte replay`: a log of real incidents, played through the API of a running stack."""

import asyncio
import json
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from contracts.values import parse_rfc3339
from infra.chassis.failed import Failed
from infra.chassis.ops.options import AsJson, DataDir, Ready, Url
from infra.cli.stack import stack_of
from infra.replay.api import Refused, Tokens, connected
from infra.replay.incident import gather
from infra.replay.log import BadRow, read_log
from infra.replay.mapping import LogMapping, load_mapping
from infra.replay.plan import IncidentPlan, plan_incident
from infra.replay.player import Player
from infra.replay.reference import Put, reference_data
from infra.replay.report import Report, reports_of, summary_of

app = typer.Typer(no_args_is_help=True, help="Play a log of real incidents through the API.")

SHOWN = 20
STOPPED = "Stopped before the end; the same command goes on from here."


@app.callback()
def _replay() -> None: ...


@app.command()
def servicenow(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="The exported incident log.", dir_okay=False)
    ],
    data: DataDir,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What the log's names stand for (TOML).")
    ] = None,
    url: Url = None,
    ready: Ready = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="ASTREINTE_TOKEN", help="An administrator's token (astreinte token admin)."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what became of each incident there, a line of JSON each.",
            dir_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play a ServiceNow incident log: each row at its own time, real technicians for the work on site.

    Playing it again creates nothing twice and goes on where an interrupted replay stopped. The stack is
    the one at --url, of --ready, or that runs on the data folder; start it for an old log with
    `astreinte up --data DIR --clock` and a time before the log's first row.
    """
    if report is not None:
        _write_lines(report, ())
    known = load_mapping(mapping)
    incidents, bad = gather(read_log(file, time_zone=known.time_zone, states=known.states))
    if not incidents:
        raise Failed(_nothing(file, bad))
    plans = [plan_incident(incident, known) for incident in incidents]
    locations = {row.location for incident in incidents for row in incident.rows}
    found, tokens = stack_of(data, url, ready, token)
    rows = sum(len(incident.rows) for incident in incidents)
    started = time.monotonic()
    try:
        player, reports = asyncio.run(
            _play(plans, reference_data(known, locations), known, found, Tokens.of(tokens))
        )
    except asyncio.CancelledError:
        raise Failed(STOPPED) from None
    summary = summary_of(
        reports,
        rows=rows + len(bad),
        bad_rows=len(bad),
        clock_steps=player.clock_steps,
        seconds=time.monotonic() - started,
    )
    if report is not None:
        _write_lines(report, _lines(reports, bad, summary))
    if as_json:
        for line in _lines(reports, bad, summary):
            print(line)
    else:
        _print_tables(reports, bad, summary)
    if player.stopped:
        raise Failed(STOPPED)
    if any(report["outcome"] not in {"played", "played-before", "unvisited"} for report in reports):
        raise Failed("Some incidents were not played to their ends; their refusals say why.")
    if any(summary["violations"].values()):
        raise Failed("What was kept contradicts itself; the violations say how.")


def _nothing(file: Path, bad: tuple[BadRow, ...]) -> str:
    why = f": line {bad[0].line}: {bad[0].reason}" if bad else ", it has no rows"
    return f"{file} holds no incident that can be played{why}."


async def _play(
    plans: list[IncidentPlan],
    reference: tuple[tuple[Put, ...], ...],
    mapping: LogMapping,
    url: str,
    tokens: Tokens,
) -> tuple[Player, list[Report]]:
    console = Console(stderr=True)
    async with connected(url, tokens) as (api, clock):
        with _Bar(console, len(plans)) as bar:
            player = Player(
                api,
                plans,
                prefix=mapping.prefix,
                shortest=timedelta(minutes=mapping.on_site.shortest_minutes),
                on_progress=bar.show,
            )
            _stop_on_signals(player)
            try:
                await player.put(reference)
                now = parse_rfc3339(clock["now"])
                await player.find_played(now)
                if player.next_at is not None and now > player.next_at + timedelta(days=1):
                    console.print(
                        f"The stack's clock shows {now:%Y-%m-%d}, the log goes on from "
                        f"{player.next_at:%Y-%m-%d}: what is past is played at once, dated as logged; "
                        "visits are made from now on."
                    )
                await player.play()
            except Refused as refused:
                raise Failed(f"The API refused what the replay needs ({refused}).") from refused
        return player, await reports_of(api, player.incidents.values())


def _stop_on_signals(player: Player) -> None:
    """Ctrl-C or SIGTERM ends the replay after what is under way; once more ends it at once."""
    loop, main = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if player.stopped and main is not None:
            main.cancel()
        player.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


class _Bar:
    """How far it is: a bar on a terminal, else a line for every tenth."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._progress = Progress(console=console, disable=not console.is_terminal)
        self._task = self._progress.add_task("", total=total)
        self._tenth = 0

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, over: int, now: datetime) -> None:
        self._progress.update(self._task, completed=over, description=f"{now:%Y-%m-%d %H:%M}")
        tenth = over * 10 // self._total
        if tenth > self._tenth and not self._console.is_terminal:
            self._tenth = tenth
            self._console.print(f"{over} of {self._total} incidents played, {now:%Y-%m-%d %H:%M}")


def _lines(reports: list[Report], bad: tuple[BadRow, ...], summary: Report) -> list[str]:
    """A line for each bad row, then for each incident, the summary last."""
    found = [*({"bad_row": asdict(row)} for row in bad), *reports, summary]
    return [json.dumps(line, ensure_ascii=False) for line in found]


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    try:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise Failed(f"The report {file} cannot be written ({error.strerror}); name another file.") from error


def _print_tables(reports: list[Report], bad: tuple[BadRow, ...], summary: Report) -> None:
    console = Console()
    visits, differences = summary["visits"], summary["differences_minutes"]
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("incidents", f"{summary['incidents']}: {summary['on_site']} on site, {summary['remote']} remote"),
        (
            "closed on site",
            f"{summary['on_site_closed_by_technician']} of {summary['on_site']} by technicians",
        ),
        ("outcomes", _counted(summary["outcomes"])),
        ("rows", f"{summary['rows']}, {summary['idle_rows']} without a change, {summary['bad_rows']} bad"),
        ("visits", f"{visits['asked']} asked for, {visits['planned']} planned, {visits['closed']} closed"),
        ("requests", _counted(summary["requests"])),
        *((f"{name} later than logged", _spread(spread)) for name, spread in differences.items()),
        ("odd in the log", _counted(summary["oddities"])),
        ("refused", _counted(summary["refusals"])),
        ("violations", _counted(summary["violations"])),
        ("took", f"{summary['seconds']} s, {summary['clock_steps']} steps of the clock"),
    ):
        table.add_row(name, value)
    console.print(table)
    _print_some(console, "Bad rows", [f"line {row.line} ({row.number or '?'}): {row.reason}" for row in bad])
    refusals = [
        f"{report['incident']}: {each['verb']}: {each['detail']}"
        for report in reports
        for each in report["refusals"]
    ]
    _print_some(console, "Refused", refusals)
    _print_some(
        console,
        "Furthest from the log",
        [
            f"{report['incident']}: resolved {report['differences_minutes']['resolved']:+.0f} min"
            for report in sorted(reports, key=_resolved_late, reverse=True)
            if _resolved_late(report) >= 1
        ],
    )


def _resolved_late(report: Report) -> float:
    late: float = report["differences_minutes"].get("resolved", 0.0)
    return abs(late)


def _print_some(console: Console, title: str, lines: list[str]) -> None:
    if lines:
        more = f" (the first {SHOWN} of {len(lines)}; --report FILE has all)" if len(lines) > SHOWN else ""
        console.print(f"\n[bold]{title}[/bold]{more}")
        for line in lines[:SHOWN]:
            console.print(f"  {line}", markup=False, highlight=False)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _spread(spread: dict[str, Any]) -> str:
    if not spread["count"]:
        return "nothing to compare"
    return (
        f"{spread['as_logged']} of {spread['count']} as logged; minutes p50 {spread['p50']}, "
        f"p95 {spread['p95']}, at most {spread['max']}"
    )
