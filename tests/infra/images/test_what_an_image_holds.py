"""What goes into a service's image, without an engine: the folders that the Dockerfile copies, alone."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from contracts.catalogue import SERVICES
from infra.images.pinned import NotLocked, locked, pinned, versions, wanted
from tests.engine import DOCKERFILE, ROOT

pytestmark = pytest.mark.servers


def copied(service: str, to: Path) -> Path:
    """The last stage's COPY lines, carried out on what the engine is given."""
    ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    given = [ROOT / line.removeprefix("!") for line in ignored if line.startswith("!")]
    text = DOCKERFILE.read_text(encoding="utf-8").replace("${SERVICE}", service)
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", text, re.MULTILINE):
        place, there = ROOT / source, to / target
        assert any(place.is_relative_to(each) for each in given), f"the engine is not given {source}"
        if place.is_dir():
            shutil.copytree(place, there, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            there.mkdir(parents=True, exist_ok=True)
            shutil.copy(place, there)
    return to


def smoke(folder: Path) -> subprocess.CompletedProcess[str]:
    """The image's smoke test on these folders alone: without `site`, the project's own root is on no path."""
    paths = os.pathsep.join((str(folder), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    return subprocess.run(
        [sys.executable, "-S", "-B", str(ROOT / "infra" / "images" / "smoke.py"), str(folder)],
        env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_everything_that_it_imports_in_its_image(service: str, tmp_path: Path) -> None:
    done = smoke(copied(service, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        "import services.dispatch.domain.visit",
        "def later() -> None:\n    from infra.local.stack import LocalStack",
    ],
)
def test_an_import_of_another_part_fails_the_image(line: str, tmp_path: Path) -> None:
    folder = copied("ticket", tmp_path)
    (folder / "services" / "ticket" / "domain" / "extra.py").write_text(line + "\n", encoding="utf-8")
    done = smoke(folder)
    assert done.returncode == 1
    assert "services/ticket/domain/extra.py" in done.stderr


def test_the_lock_names_what_each_service_asks_for() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for service in SERVICES:
        names = [re.split(r"[\[<>=;~ ]", each)[0] for each in wanted(project, service)]
        entries = locked(pinned(names, lock))
        assert len(entries) == len(set(names))
        assert all("--hash=sha256:" in entry for entry in entries.values())
    assert "--hash" not in versions(lock)


def test_a_package_that_the_lock_lacks_is_not_installed() -> None:
    with pytest.raises(NotLocked, match="left-pad"):
        pinned(["left_pad"], "anyio==4.0 \\\n    --hash=sha256:00\n")
