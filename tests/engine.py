"""A container engine, where one was asked for: `make test BACKEND=containers`."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.servers import chosen_backend, no_engine

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "infra" / "images" / "Dockerfile"


def needs_engine() -> None:
    """Skips the test, with the reason, where no engine may or can be used."""
    if chosen_backend() != "containers":
        pytest.skip("builds and runs images, which is done when asked for: make test BACKEND=containers")
    if shutil.which("docker") is None:
        pytest.skip("the docker command is not installed")
    if why := no_engine():
        pytest.skip(why)


def docker(
    *arguments: str, within: float = 60, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What `docker` said to this, and how it ended."""
    return subprocess.run(
        ["docker", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=within, check=False, env=env
    )


def build_image(service: str, tag: str, context: Path = ROOT) -> subprocess.CompletedProcess[str]:
    dockerfile = context / DOCKERFILE.relative_to(ROOT)
    return docker(
        *("build", "--progress", "plain", "--file", str(dockerfile), "--build-arg", f"SERVICE={service}"),
        *("--tag", tag, str(context)),
        within=600,
    )
