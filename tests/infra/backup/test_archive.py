"""A file of a backup is whole and as it was written, or refused before anything is touched."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from infra.backup.archive import END, FORMAT, HEADER, TRAILER_BYTES, VERSION, ArchiveWriter, header, verify
from infra.chassis.failed import Failed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "astreinte.backup"


def write(file: Path, version: int = VERSION) -> None:
    with ArchiveWriter(file) as archive:
        archive.document(HEADER, {"format": FORMAT, "version": version, "astreinte": "9.9"})
        archive.document(END, {"documents": 0, "records": 0})
        archive.finish()


def test_a_whole_one_is_read_and_nobody_else_may_read_it(file: Path) -> None:
    write(file)
    verify(file)
    assert header(file)["astreinte"] == "9.9"
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda whole: whole[:20] + bytes([whole[20] ^ 1]) + whole[21:], "checksum does not fit"),
        (lambda whole: whole[:-1], "was cut short"),
        (lambda whole: whole[:TRAILER_BYTES], "was cut short"),
        (lambda whole: b"", "was cut short"),
        (lambda whole: whole[10:], "checksum does not fit"),
    ],
    ids=["a-bit-flipped", "end-missing", "end-and-most-missing", "empty", "begin-missing"],
)
def test_a_damaged_one_is_refused(file: Path, spoil: Callable[[bytes], bytes], said: str) -> None:
    write(file)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(Failed, match=said):
        verify(file)


def test_one_of_a_newer_astreinte_says_which(file: Path) -> None:
    write(file, VERSION + 1)
    verify(file)
    with pytest.raises(Failed, match=r"made by Astreinte 9\.9"):
        header(file)


def test_one_that_breaks_off_leaves_nothing_behind(file: Path) -> None:
    with suppress(ConnectionError), ArchiveWriter(file) as archive:
        archive.document(HEADER, {})
        raise ConnectionError("the database is away")
    assert list(file.parent.iterdir()) == []


def test_none_is_written_over_another(file: Path) -> None:
    write(file)
    before = file.read_bytes()
    with pytest.raises(Failed, match="there already"):
        write(file)
    assert file.read_bytes() == before
