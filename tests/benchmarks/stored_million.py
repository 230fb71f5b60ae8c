"""The same as ``stored`` up to a million tickets: some ten minutes and 10 GB of disk."""

from tests.benchmarks import stored
from tests.benchmarks.figures import Figure
from tests.servers import RealServers

SIZES = (*stored.SIZES, 1_000_000)


async def measure(servers: RealServers) -> list[Figure]:
    return await stored.measured(servers, SIZES)
