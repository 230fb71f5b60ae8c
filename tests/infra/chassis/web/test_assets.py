"""Files that pages load: what is vendored is what was published, and none of it is heavy."""

import hashlib
from pathlib import Path

import pytest

import infra.chassis.web
from infra.chassis.web.assets import Assets
from infra.chassis.web.catalogues import PACKAGES, SHARED

VENDOR = Path(str(infra.chassis.web.__file__)).parent / "static" / "vendor"
LINES = [
    line.split()
    for line in (VENDOR / "vendor.lock").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
FIRST_VIEW_BYTES = 150_000
"""Compressed, without what only a map or a chart needs."""


def test_every_vendored_file_is_the_one_whose_checksum_is_kept() -> None:
    kept = {name: digest for name, _, _, _, digest in LINES}
    there = {each.name for each in VENDOR.iterdir()} - {"vendor.lock", "LICENSES.txt"}
    assert kept.keys() == there
    for name, digest in kept.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_package_has_its_licence_beside_it() -> None:
    licences = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    for _, package, version, _, _ in LINES:
        assert f"== {package}-{version}\n" in licences


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_screen_loads_first_is_light(package: str) -> None:
    assets = Assets((SHARED, package))
    sizes = {
        name: len(assets.get(name).zipped or assets.get(name).plain)  # type: ignore[union-attr]
        for name in assets.names
        if not name.startswith("vendor/") or "htmx" in name
    }
    assert sum(sizes.values()) <= FIRST_VIEW_BYTES, sizes


def test_an_address_changes_with_any_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    found = []
    for n, text in enumerate(("a", "b", "a")):
        package = tmp_path / f"painted{n}"
        (package / "static").mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "static" / "own.css").write_text(text)
        found.append(Assets((SHARED, f"painted{n}")).digest)
    assert found[0] != found[1]
    assert found[0] == found[2]
