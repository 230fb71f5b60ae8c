"""The command line as an operator uses it: in a process of its own, on a data folder."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from tests.flows.platform import ASTREINTE


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


async def astreinte(data: Path, *words: str) -> Ended:
    """Run one command to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASTREINTE_")}
    process = await asyncio.create_subprocess_exec(
        str(ASTREINTE),
        *words,
        *("--data", str(data)),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
