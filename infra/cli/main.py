"""`astreinte`: one table of commands, each imported only when it is the one that was asked for.

A service adds its own in `services/<name>/cli.py`, in a table like this module's, for instance
`COMMANDS = {"plan": ("services.dispatch.cli:plan", "Plan a day.")}`. A target is a function (one command) or
a Typer application (several); what it cannot do it says by raising infra.chassis.failed.Failed.
Exit codes: 0 done, 1 the thing asked failed, 2 wrong usage."""

import importlib
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Annotated, NoReturn

import typer

from infra.chassis.failed import Failed
from infra.chassis.ops.interpreter import loading

SERVICES = ("ticket", "dispatch", "inventory", "notify")

COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": ("infra.cli.up:up", "Run Kafka, MongoDB and the four services here, on one address."),
    "demo": ("infra.cli.demo:demo", "Play a working day of the sample firm on all of it."),
    "replay": ("infra.cli.replay:app", "Play a log of real incidents through the API."),
    "statement": ("infra.cli.statement:statement", "Write a month's statement of a contract to a file."),
    "push-key": (
        "infra.cli.push_key:push_key",
        "Make the key that browsers' push services know the firm by.",
    ),
    "break-glass": ("infra.cli.break_glass:break_glass", "Make a code for the day when nobody can sign in."),
    "token": ("infra.cli.token:token", "Print a development token for a role."),
    "topics": ("infra.cli.topics:app", "Create or list the topics."),
    "events": ("infra.cli.events:app", "Follow what a topic says."),
    "dead": ("infra.cli.dead:app", "See, replay or drop the events that could not be handled."),
    "backup": ("infra.cli.backup:backup", "Back up the four databases and the groups' offsets."),
    "restore": ("infra.cli.backup:restore", "Bring a backup back."),
    "restored": ("infra.cli.restored:restored", "Say that a service's database comes from a backup."),
    "doctor": ("infra.cli.doctor:doctor", "Say what is missing on this machine and what to do."),
}


def commands() -> dict[str, tuple[str, str]]:
    """Every command whose code is installed: a service's image carries only some."""
    merged = dict(COMMANDS)
    for service in SERVICES:
        name = f"services.{service}.cli"
        if _installed(name):
            merged.update(importlib.import_module(name).COMMANDS)
    return {name: entry for name, entry in merged.items() if _installed(entry[0].partition(":")[0])}


def application(chosen: str | None) -> typer.Typer:
    """The command line with `chosen` loaded; of the others it knows what `--help` says."""
    app = typer.Typer(
        name="astreinte", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    app.callback(help="Astreinte: field IT support on Kafka and MongoDB.")(_astreinte)
    for name, (target, says) in commands().items():
        if name != chosen:
            app.command(name, help=says)(_not_loaded)
            continue
        module, _, attribute = target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, help=says)
        else:
            app.command(name, help=found.__doc__ or says)(found)
    return app


def main() -> None:
    chosen = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    try:
        with loading():
            app = application(chosen)
        app()
    except Failed as failed:
        _end(failed)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in sys.stdlib_module_names:
            raise
        _end(
            f"`astreinte {chosen}` needs {missing.name}, which is not installed here; make setup installs it."
        )


def _end(sentence: object) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("astreinte"))
        raise typer.Exit


def _astreinte(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None: ...


def _not_loaded() -> None:
    raise RuntimeError("the command that runs is the one that was loaded")


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
