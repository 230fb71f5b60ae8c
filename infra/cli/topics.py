"""`astreinte topics`: the streams of the catalogue on a cluster."""

import json
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from infra.chassis.ops.commands import finish, servers
from infra.chassis.ops.options import AsJson, DataDir

app = typer.Typer(no_args_is_help=True, help="Create or list the topics.")


@app.command("apply")
def apply_(data: DataDir, as_json: AsJson = False) -> None:
    """Create the topics of the catalogue that the cluster lacks, with their settings."""
    from infra.chassis.events.topics import apply_topics

    applied = finish(apply_topics(servers(data, "kafka")["kafka"]))
    if as_json:
        print(json.dumps([asdict(each) for each in applied]))
        return
    for each in applied:
        print(f"{each.outcome:8} {each.topic} ({each.partitions} partitions)")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the topics of the catalogue: what is in them, who owns and who reads them."""
    from contracts.catalogue import CATALOGUE

    rows = [
        {
            "topic": topic.name,
            "kind": topic.kind,
            "owner": topic.owner,
            "key": topic.key,
            "partitions": topic.partitions,
            "events": [model.TYPE for model in topic.events],
            "consumers": sorted({name for readers in topic.consumers.values() for name in readers}),
        }
        for topic in CATALOGUE.topics
    ]
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("topic", "kind", "owner", "key", "events", "read by", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(
            str(row["topic"]),
            str(row["kind"]),
            str(row["owner"]),
            str(row["key"]),
            ", ".join(map(str, row["events"])),  # type: ignore[call-overload]
            ", ".join(map(str, row["consumers"])),  # type: ignore[call-overload]
        )
    Console().print(table)
