"""`astreinte restored`: what has to be said to a service's database after a restore from a backup."""

from typing import Annotated

import typer

from contracts.catalogue import SERVICES
from infra.chassis.clock import SystemClock
from infra.chassis.failed import Failed
from infra.chassis.ops.commands import finish, servers
from infra.chassis.ops.options import DataDir
from infra.chassis.store.epoch import begin_epoch
from infra.chassis.store.mongo import close, database, open_client


def restored(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="Whose database was restored.")],
    data: DataDir,
    prefix: Annotated[
        str, typer.Option("--prefix", help="How the services' databases begin.", hidden=True)
    ] = "astreinte",
) -> None:
    """Begin a new epoch in a restored database, so that no reader takes its new events for seen ones.

    Run it once, after the restore and before the service starts again.
    """
    if service not in SERVICES:
        raise Failed(f"There is no service {service}; the services are {', '.join(SERVICES)}.")

    async def begin() -> int:
        client = open_client(servers(data)["mongodb"], application="astreinte-restored")
        try:
            return await begin_epoch(database(client, f"{prefix}_{service}"), SystemClock().now())
        finally:
            await close(client)

    epoch = finish(begin())
    print(f"{service} is in epoch {epoch}: start it now, and it sends its present states again.")
