"""Kafka's jars, from the committed lock: `python -m infra.local.jars` fetches and verifies them.

A line of the lock is `<sha256>  group:artifact:packaging[:classifier]:version`. The repository is whatever
Maven is configured with; a jar whose digest differs from its line never reaches the JVM.
The lock itself was resolved from this endpoint, whose `!` matters (without it the log4j BOM pulls
kafka-clients down to a version that the broker cannot start with):
org.apache.kafka:kafka_2.13:4.3.1+org.apache.logging.log4j:log4j-slf4j-impl:2.25.4!
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import StackError

LOCK = Path(__file__).with_name("kafka.lock")

Progress = Callable[[str], None]
"""Told what is being waited for, a short sentence at a time."""


@dataclass(frozen=True)
class Jar:
    """One line of the lock."""

    sha256: str
    coordinate: str

    @property
    def path(self) -> str:
        """Where a Maven repository keeps it, relative to the repository."""
        group, artifact, packaging, *classifier, version = self.coordinate.split(":")
        name = "-".join([artifact, version, *classifier])
        return f"{group.replace('.', '/')}/{artifact}/{version}/{name}.{packaging}"


def read_lock(lock: Path = LOCK) -> tuple[Jar, ...]:
    return tuple(
        Jar(*line.split()) for line in lock.read_text().splitlines() if line and not line.startswith("#")
    )


def classpath(
    lock: Path = LOCK,
    *,
    repository: Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
) -> str:
    """The class path, every jar verified now; what is missing or damaged is fetched first.

    `repository` is the local Maven repository (by default Maven's own: M2_REPO, else ~/.m2/repository).
    Raises StackError, which names the jar, when one cannot be had or is not the one that the lock pins."""
    repository = repository or _local_repository()
    jars = read_lock(lock)
    with ThreadPoolExecutor(8) as pool:
        sound = list(pool.map(lambda jar: _is(repository / jar.path, jar.sha256), jars))
        wanted = [jar for jar, ok in zip(jars, sound, strict=True) if not ok]
        for done, jar in enumerate(pool.map(lambda jar: _fetch(jar, repository, offline), wanted), 1):
            if progress:
                progress(f"Kafka: jar {done} of {len(wanted)}, {jar.coordinate.split(':')[1]}")
    return os.pathsep.join(str(repository / jar.path) for jar in jars)


def missing(lock: Path = LOCK, *, repository: Path | None = None) -> Iterator[Jar]:
    """The jars that a start would have to fetch."""
    repository = repository or _local_repository()
    return (jar for jar in read_lock(lock) if not _is(repository / jar.path, jar.sha256))


def _local_repository() -> Path:
    return Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")


def _is(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _fetch(jar: Jar, repository: Path, offline: bool) -> Jar:
    path = repository / jar.path
    if offline:
        what = "is not the jar that the lock pins" if path.exists() else "is missing"
        raise StackError(f"{path} {what}; run `python -m infra.local.jars` with the network to fetch it.")
    from jgo.maven import MavenContext

    path.unlink(missing_ok=True)
    group, artifact, packaging, *classifier, version = jar.coordinate.split(":")
    context = MavenContext(timeout=60, repo_cache=repository)
    try:
        project = context.project(group, artifact).at_version(version)
        fetched = Path(project.artifact(classifier[0] if classifier else "", packaging).resolve())
    except Exception as error:
        raise StackError(
            f"The jar {jar.coordinate} could not be fetched ({error}); check the network or Maven's settings "
            "and try again."
        ) from error
    if not _is(fetched, jar.sha256):
        fetched.unlink(missing_ok=True)
        raise StackError(
            f"The jar {jar.coordinate} that was fetched is not the one that the lock pins and was removed; "
            "something between this machine and Maven's repository altered it: ask who runs that."
        )
    return jar


def main() -> int:
    try:
        classpath(progress=lambda line: print(line, flush=True))
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Kafka: {len(read_lock())} jars are there and verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
