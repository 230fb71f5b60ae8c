"""A server's last words, said so that one knows what to do."""

import signal
from pathlib import Path

import pytest

from infra.local.mongo import libraries
from infra.local.reasons import disk_full, reason


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (
            "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file",
            127,
            "the system library libcurl.so.4 is missing; on Debian or Ubuntu: apt install libcurl4.",
        ),
        (
            "mongod: error while loading shared libraries: libunheard.so.9: cannot open shared object file",
            127,
            "the system library libunheard.so.9 is missing; install the package that holds it.",
        ),
        (
            "mongod: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by mongod)",
            1,
            "this system is too old for it",
        ),
        (
            '{"msg":"Error setting up listener","attr":{"error":{"errmsg":"Address already in use"}}}',
            48,
            "another program took its port meanwhile",
        ),
        ("java.lang.OutOfMemoryError: Java heap space", 3, "too little free memory"),
        ("", -signal.SIGILL, "AVX"),
        ("", -signal.SIGKILL, "it was killed"),
        ("first\nthe very last\n\n", 14, "exit code 14, its last words were: the very last"),
        (
            "ConfigException: no number\n\tat kafka.Kafka.main(Kafka.scala)\n",
            1,
            "ConfigException: no number (all",
        ),
        (
            "mongod: error while loading shared libraries: /lib/libssl.so.3: file too short",
            127,
            "install libssl3.",
        ),
        ("", 1, "exit code 1, its last words were: nothing"),
    ],
)
def test_last_words_become_a_sentence(said: str, code: int, told: str, tmp_path: Path) -> None:
    assert told in reason(said, code, tmp_path / "server.log")


def test_a_full_disk_is_told_though_the_server_could_write_nothing(tmp_path: Path) -> None:
    full = Path("/proc")  # a file system with no room at all
    assert "The disk of /proc is full; free some space" in reason("", 1, full / "kafka.log")
    assert "The disk of /proc is full" in (disk_full(full) or "")
    assert disk_full(tmp_path) is None


def test_the_system_s_libcurl_is_used_where_there_is_one_and_the_wheel_s_elsewhere(tmp_path: Path) -> None:
    found = libraries(tmp_path, "libm.so.6")
    assert found == {}
    shimmed = libraries(tmp_path, "libcurl.so.unheard")
    first, bundled, *_ = shimmed["LD_LIBRARY_PATH"].split(":")
    link = Path(first) / "libcurl.so.unheard"
    assert link.is_symlink()
    assert link.resolve().parent == Path(bundled)
