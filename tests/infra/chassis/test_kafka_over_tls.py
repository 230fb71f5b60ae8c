"""Kafka over TLS: a broker that wants a certificate or a password, and who is turned away hears why."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from aiokafka.errors import KafkaError
from cryptography.hazmat.primitives import serialization as pem

from infra.chassis.events.connecting import Connected, broker_at
from infra.chassis.events.groups import groups_of
from infra.chassis.events.kafka import Consumer, Producer
from infra.chassis.events.parser import Incoming
from infra.chassis.events.topics import apply_topics, described
from infra.chassis.settings import Settings, SettingsError
from infra.kafka_address import Address
from infra.local import jars
from infra.local.kafka import Kafka, Node
from tests.servers import free_port, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

LOG = logging.getLogger("tls")
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


@dataclass(frozen=True)
class Secured:
    """A broker: where it wants a certificate, where a password, and the files to come with."""

    certified: str
    signed_in: str
    folder: Path

    def with_certificate(self, name: str = "service", ca: str = "ca") -> str:
        files = f"ca={self.folder}/{ca}.pem&cert={self.folder}/{name}.pem&key={self.folder}/{name}.key"
        return f"kafka+ssl://{self.certified}?{files}"

    def with_password(self, password: str) -> str:
        return f"kafka+ssl://ticket:{password}@{self.signed_in}?mechanism=PLAIN&ca={self.folder}/ca.pem"


def certified(folder: Path, authority: str, *names: str) -> None:
    """An authority of that name, and certificates by it with their keys as Java reads them."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / f"{authority}.pem")
    for name in names:
        made = ca.issue_cert("127.0.0.1", common_name=name)
        (folder / f"{name}.pem").write_bytes(b"".join(each.bytes() for each in made.cert_chain_pems))
        key = pem.load_pem_private_key(made.private_key_pem.bytes(), None)
        plain = pem.NoEncryption()
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, plain)
        )


@pytest.fixture(scope="module")
async def secured(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secured]:
    folder = tmp_path_factory.mktemp("tls")
    certified(folder, "ca", "broker", "service")
    certified(folder, "other", "stranger")
    store = (folder / "broker.key").read_bytes() + (folder / "broker.pem").read_bytes()
    (folder / "store.pem").write_bytes(store)
    node, tls, sasl = Node(1, free_port(), free_port()), free_port(), free_port()
    where = f"PLAINTEXT://127.0.0.1:{node.port},SSL://127.0.0.1:{tls},SASL_SSL://127.0.0.1:{sasl}"
    settings = {
        "listeners": f"{where},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": where,
        "listener.security.protocol.map": ",".join(
            ("CONTROLLER:PLAINTEXT", "PLAINTEXT:PLAINTEXT", "SSL:SSL", "SASL_SSL:SASL_SSL")
        ),
        "inter.broker.listener.name": "PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "store.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "listener.name.ssl.ssl.client.auth": "required",
        "listener.name.sasl_ssl.ssl.client.auth": "none",
        "listener.name.sasl_ssl.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": f'{LOGIN} required user_ticket="pass@word";',
    }
    classpath = await asyncio.to_thread(jars.classpath, jars.LOCK)
    kafka = Kafka(folder / "kafka", (node,), classpath, settings)
    await kafka.start()
    try:
        yield Secured(f"127.0.0.1:{tls}", f"127.0.0.1:{sasl}", folder)
    finally:
        await kafka.stop()


async def reads_back(kafka: str, topic: str) -> bytes | None:
    """Send one event and read it as a service does."""
    arrived: asyncio.Future[Incoming] = asyncio.get_running_loop().create_future()

    async def take(batch: Sequence[Incoming]) -> None:
        if not arrived.done():
            arrived.set_result(batch[-1])

    producer = Producer(kafka, client_id="tls", log=LOG)
    consumer = Consumer(kafka, group=f"tls.{topic}", topics=[topic], on_batch=take, log=LOG)
    producer.start()
    consumer.start()
    try:
        await asyncio.wait_for(consumer.connected(), 30)
        item = {"topic": topic, "key": "k", "value": topic.encode(), "headers": {}}

        async def is_sent() -> bool:
            with suppress(ConnectionError):
                await (await producer(item))
                return True
            return False

        await until(is_sent, within=30)
        return (await asyncio.wait_for(arrived, 30)).record.value
    finally:
        await consumer.stop()
        await producer.stop()
        await consumer.close_admin()


async def test_an_event_goes_out_and_comes_in_by_certificate_and_by_password(secured: Secured) -> None:
    kafka = secured.with_certificate()
    assert {each.outcome for each in await apply_topics(kafka)} == {"created"}
    assert (await described(kafka)).brokers == 1
    assert await reads_back(kafka, "ticket.lifecycle.v1") == b"ticket.lifecycle.v1"
    signed_in = secured.with_password("pass%40word")
    assert await reads_back(signed_in, "ticket.sla.v1") == b"ticket.sla.v1"
    async with groups_of(signed_in) as groups:
        [end] = [end for _, end in (await groups.bounds([("ticket.sla.v1", 0)])).values()]
        assert end >= 0


@pytest.mark.parametrize("stranger", ["certificate", "authority", "password"])
async def test_who_may_not_come_in_or_meets_a_stranger_is_turned_away(
    secured: Secured, stranger: str
) -> None:
    kafka = {
        "certificate": secured.with_certificate("stranger"),
        "authority": secured.with_certificate(ca="other"),
        "password": secured.with_password("guessed"),
    }[stranger]
    with pytest.raises((KafkaError, OSError)):
        await described(kafka)


def test_what_a_broker_is_made_with_is_read_anew_each_time(tmp_path: Path) -> None:
    """Certificates are renewed while services run: who connects again comes with the new one."""
    certified(tmp_path, "ca", "service")
    kafka = f"kafka+ssl://k:9093?cert={tmp_path}/service.pem&key={tmp_path}/service.key&ca={tmp_path}/ca.pem"
    first = broker_at(kafka)["security"].ssl_context
    certified(tmp_path, "ca", "service")
    second = broker_at(kafka)["security"].ssl_context
    assert first.get_ca_certs() != second.get_ca_certs()


async def test_a_file_that_is_missing_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    """It is being replaced, or the volume comes late."""
    tries, twice = 0, asyncio.Event()

    def make() -> None:
        nonlocal tries
        tries += 1
        if tries == 2:
            twice.set()
        broker_at(f"kafka+ssl://k:9093?ca={tmp_path}/missing.pem")

    connected = Connected(make, LOG)  # type: ignore[arg-type]
    connected.start()
    await asyncio.wait_for(twice.wait(), 10)
    assert not connected.ready.is_set()
    await connected.stop()


@pytest.mark.parametrize(
    ("kafka", "said"),
    [
        ("http://kafka:9092", "http:// is no way to reach Kafka"),
        ("kafka+ssl://", "it names no server"),
        ("kafka+ssl://k:9093?certificate=x", "after . it may say ca, cert, key, mechanism only"),
        ("me:pw@k:9093", "a user and a password go over TLS only"),
        ("kafka+ssl://k:9093?cert=x.pem", "a certificate goes with its key"),
        ("kafka+ssl://me:pw@k:9093?mechanism=NTLM", "the mechanism may be one of PLAIN, SCRAM-SHA-256"),
        ("kafka+ssl://me@k:9093", "a user goes with a password"),
        ("kafka+ssl://k:9093?ca=/nowhere/ca.pem", "No such file"),
    ],
)
def test_a_service_says_what_is_wrong_with_its_address_of_kafka(kafka: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"ASTREINTE_KAFKA.*{said}"):
        Settings.from_environment({"ASTREINTE_KAFKA": kafka, "ASTREINTE_MONGODB": "mongodb://m"})


def test_a_password_is_shown_to_nobody() -> None:
    address = Address.of("kafka+ssl://me:top%2Fsecret@a:9093,b:9093")
    assert (address.password, address.shown) == ("top/secret", "a:9093,b:9093")
    assert "secret" not in f"{address.shown} {address!r}"
