"""What a process has used, as the kernel counts it."""

import os
from collections.abc import Mapping
from pathlib import Path

from infra.local.stack import Servers
from tests.servers import RealServers

_TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 2**20


def cpu_seconds(pid: int) -> float:
    """User and system time since it began."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def server_processes(servers: RealServers) -> Mapping[str, int]:
    """The broker and the database by name; nothing where they are in containers."""
    return {child.name: child.pid for child in servers.children} if isinstance(servers, Servers) else {}
