"""`astreinte doctor`: what this machine lacks to run Astreinte, and what to do about each."""

import asyncio
import json
import logging
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from infra.chassis.failed import Failed
from infra.chassis.ops.options import AsJson, DataDir
from infra.cli.finding import Finding, judged

NEEDED_PYTHON = (3, 11)
NEEDED_MEMORY_MIB = 1024


def doctor(
    data: DataDir,
    port: Annotated[int, typer.Option(help="The port that `up` would take (0: any).")] = 8000,
    kafka: Annotated[
        str, typer.Option(envvar="ASTREINTE_KAFKA", help="A Kafka of yours (host:port), in place of ours.")
    ] = "",
    mongo: Annotated[
        str, typer.Option(envvar="ASTREINTE_MONGODB", help="A MongoDB of yours (its URL), in place of ours.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is missing here, or on servers of yours, and what to do. Ends with 1 when something is."""
    findings = list(examine(data.expanduser(), port, kafka, mongo))
    ok = all(finding.ok for finding in findings)
    if as_json:
        print(json.dumps({"ok": ok, "checks": [asdict(finding) for finding in findings]}))
    else:
        _show(findings)
    if not ok:
        raise typer.Exit(1)


def examine(data: Path, port: int, kafka: str, mongo: str) -> Iterator[Finding]:
    """Look at everything that a start rests on; starts and changes nothing."""
    from infra.cli import given

    embedded = find_spec("infra.local") is not None
    version = platform.python_version()
    old = sys.version_info < NEEDED_PYTHON
    yield Finding("Python", not old, version, "install Python 3.11 or newer, then make setup" if old else "")
    if kafka:
        yield from _all(given.kafka(kafka))
    elif not embedded:
        yield Finding("Kafka", False, "not named", "name yours with --kafka or ASTREINTE_KAFKA")
    else:
        yield judged("Kafka", _java)
        yield judged("Kafka's jars", _jars)
    if mongo:
        yield from _all(given.mongodb(mongo))
    elif not embedded:
        yield Finding("MongoDB", False, "not named", "name yours with --mongo or ASTREINTE_MONGODB")
    else:
        yield judged("MongoDB", _mongod)
    yield memory()
    if embedded:  # an image holds one service, and no `up`
        yield judged("data folder", lambda: _folder(data))
        yield given.room("disk", shutil.disk_usage(_existing(data)).free)
        yield _port(port)


def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    async def collect() -> list[Finding]:
        return [finding async for finding in findings]

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(collect())


def _java() -> str:
    from infra.local.errors import StackError
    from infra.local.kafka import java_binary
    from infra.local.reasons import reason

    ran = subprocess.run([java_binary(), "--version"], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise StackError(f"Java does not run: {reason(ran.stderr, ran.returncode, Path.cwd())}")
    return f"embedded, on Java {ran.stdout.split()[1]}"


def _jars() -> str:
    from infra.local import jars

    lacking = sum(1 for _ in jars.missing())
    if lacking:
        raise Failed(f"{lacking} jars are missing or damaged; fetch them with: python -m infra.local.jars")
    return f"{len(jars.read_lock())}, each as pinned"


def _mongod() -> str:
    from infra.local.errors import StackError
    from infra.local.mongo import binary, libraries
    from infra.local.reasons import reason

    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **libraries(Path(folder))}
        ran = subprocess.run(
            [binary(), "--version"], capture_output=True, text=True, check=False, env=environment
        )
        if ran.returncode:
            raise StackError(f"mongod does not run: {reason(ran.stderr, ran.returncode, Path(folder))}")
    return f"embedded, {ran.stdout.splitlines()[0]}"


def memory(source: Path = Path("/proc/meminfo")) -> Finding:
    """Whether enough is free, where the system has a file that says."""
    try:
        lines = source.read_text().splitlines()
        free = next(int(line.split()[1]) // 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return Finding("memory", True, f"this system does not say; {NEEDED_MEMORY_MIB} MiB are needed")
    found = f"{free} MiB available"
    if free >= NEEDED_MEMORY_MIB:
        return Finding("memory", True, found)
    return Finding("memory", False, found, f"close some programs: Astreinte needs {NEEDED_MEMORY_MIB} MiB")


def _folder(data: Path) -> str:
    from infra.local.folder import DataFolder

    folder = DataFolder(data)
    if holder := folder.holder():
        return f"{data}, in use by process {holder}"
    folder.check()
    return f"{data}" if data.exists() else f"{data} (made at the first start)"


def _existing(data: Path) -> Path:
    return next(path for path in (data, *data.parents) if path.exists())


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            todo = f"stop the program that holds it (`ss -ltnp sport = :{port}` names it) or choose --port"
            return Finding("port", False, f"{port}: {error.strerror}", todo)
    return Finding("port", True, f"{port} is free" if port else "any")


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[red]no[/]"
        table.add_row(mark, finding.name, finding.found if finding.ok else f"{finding.found}: {finding.todo}")
    Console().print(table)
