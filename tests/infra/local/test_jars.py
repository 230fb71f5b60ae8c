"""Only the jars of the lock reach the JVM."""

import hashlib
from pathlib import Path

import pytest

from infra.local import jars
from infra.local.errors import StackError
from infra.local.stack import LocalStack

COORDINATE = "org.example:tiny:jar:1.0"
CONTENT = b"the jar that was resolved"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "kafka.lock"
    file.write_text(f"# a comment\n{hashlib.sha256(CONTENT).hexdigest()}  {COORDINATE}\n")
    return file


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    path = tmp_path / "repository/org/example/tiny/1.0/tiny-1.0.jar"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def test_a_sound_jar_is_on_the_class_path(tmp_path: Path, lock: Path, jar: Path) -> None:
    assert jars.classpath(lock, repository=tmp_path / "repository", offline=True) == str(jar)
    assert not list(jars.missing(lock, repository=tmp_path / "repository"))


def test_a_tampered_jar_is_refused(tmp_path: Path, lock: Path, jar: Path) -> None:
    jar.write_bytes(CONTENT + b" and more")
    with pytest.raises(StackError, match=r"tiny-1\.0\.jar is not the jar that the lock pins"):
        jars.classpath(lock, repository=tmp_path / "repository", offline=True)


def test_a_missing_jar_is_named(tmp_path: Path, lock: Path) -> None:
    with pytest.raises(StackError, match=r"tiny-1\.0\.jar is missing; run"):
        jars.classpath(lock, repository=tmp_path / "repository", offline=True)
    assert [jar.coordinate for jar in jars.missing(lock, repository=tmp_path / "repository")] == [COORDINATE]


async def test_a_start_with_a_jar_that_is_not_the_pinned_one_starts_no_broker(tmp_path: Path) -> None:
    first, *others = jars.LOCK.read_text().splitlines()
    lock = tmp_path / "kafka.lock"
    lock.write_text("\n".join(["0" * 64 + first[64:], *others]))
    stack = LocalStack(tmp_path / "data", kafka_lock=lock, offline=True, environment={})
    with pytest.raises(StackError, match="is not the jar that the lock pins"):
        async with stack:
            pass
    assert not any(child.running for child in stack.children)


def test_every_jar_of_the_committed_lock_has_a_digest_and_an_exact_version() -> None:
    pinned = jars.read_lock()
    assert len(pinned) == 46
    assert all(len(jar.sha256) == 64 and jar.coordinate.split(":")[-1][0].isdigit() for jar in pinned)
    assert {
        jar.coordinate.split(":")[-1] for jar in pinned if jar.coordinate.startswith("org.apache.kafka:")
    } == {"4.3.1"}
