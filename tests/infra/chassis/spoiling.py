"""A record that a broker takes and aiokafka cannot parse."""

from struct import pack_into

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.record.util import calc_crc32c


async def send_spoilt(
    producer: AIOKafkaProducer, place: TopicPartition, key: bytes | None, value: bytes | None
) -> int:
    """Put it there with a header whose name is not UTF-8; its offset."""
    batch = producer.create_batch()
    batch.append(key=key, value=value, timestamp=None, headers=[("QQQQ", b"")])
    batch.close()
    spoilt = bytearray(batch._build()).replace(b"QQQQ", b"\xff\xff\xff\xff")
    pack_into(">I", spoilt, 17, calc_crc32c(bytes(spoilt[21:])))
    batch._buffer = spoilt
    lies = await (await producer.send_batch(batch, place.topic, partition=place.partition))
    return int(lies.offset)
