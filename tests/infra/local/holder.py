"""A process that holds a stack until it is told to stop: `python -m tests.infra.local.holder FOLDER`.

It prints one line of JSON once both servers answer."""

import asyncio
import json
import signal
import sys
from pathlib import Path

from infra.local.stack import LocalStack


async def hold(folder: Path) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with LocalStack(folder, environment={}) as servers:
        pids = {child.name: child.pid for child in servers.children}
        print(json.dumps({"kafka": servers.kafka, "mongodb": servers.mongodb, "pids": pids}), flush=True)
        await told.wait()


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1])))
