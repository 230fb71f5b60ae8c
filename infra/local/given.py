"""Servers that somebody else runs: whether they are what the services need."""

from typing import Any
from urllib.parse import urlsplit

import pymongo
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from infra.kafka_address import Address, clients
from infra.local.errors import StackError


async def check_kafka(bootstrap: str) -> None:
    """Raises StackError unless a Kafka answers there."""
    try:
        shown, options = Address.of(bootstrap).shown, clients(bootstrap)
    except (OSError, ValueError) as error:
        raise StackError(f"ASTREINTE_KAFKA cannot be used: {error}") from error
    admin = AIOKafkaAdminClient(**options, request_timeout_ms=5000)
    try:
        await admin.start()
        await admin.describe_cluster()
    except (KafkaError, OSError, ValueError) as error:
        raise StackError(
            f"No Kafka answers at {shown}, given in ASTREINTE_KAFKA ({error}); "
            "correct the address, or unset it for the embedded one."
        ) from error
    finally:
        await admin.close()


async def check_mongodb(url: str) -> None:
    """Raises StackError unless a MongoDB with transactions answers there."""
    shown = urlsplit(url).netloc.rpartition("@")[2]  # without user and password
    try:
        async with pymongo.AsyncMongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=3000) as client:
            hello = await client.admin.command("hello")
    except PyMongoError as error:
        raise StackError(
            f"No MongoDB answers at {shown}, given in ASTREINTE_MONGODB ({type(error).__name__}); "
            "correct the address, or unset it for the embedded one."
        ) from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StackError(
            f"The MongoDB at {shown}, given in ASTREINTE_MONGODB, is not a replica set and so has no "
            "transactions; start it with --replSet and initiate the set."
        )
