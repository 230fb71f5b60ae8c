"""The floor of a service: the same web framework, broker client and database driver, and nothing else.

It does what no service can do without: a request is written to a majority and told to the broker, and what is
told is read and written once more.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI, Header, Request

from infra.chassis.store.mongo import close, database, open_client

TOPIC = "bench.bare"


def build() -> FastAPI:
    """``POST /v1/bare`` writes and tells; ``/ready`` answers once both servers do."""
    kafka, prefix = os.environ["ASTREINTE_KAFKA"], os.environ["ASTREINTE_DATABASE_PREFIX"]
    client = open_client(os.environ["ASTREINTE_MONGODB"], application="bare")
    db = database(client, f"{prefix}_bare")
    producers: list[AIOKafkaProducer] = []

    async def read(consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            await db["read"].insert_one({"_id": secrets.token_hex(12), "body": record.value})

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        producer = AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True, acks="all")
        consumer = AIOKafkaConsumer(
            TOPIC,
            bootstrap_servers=kafka,
            group_id=f"{prefix}.bare",
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await client.admin.command("ping")
        await producer.start()
        await consumer.start()
        producers.append(producer)
        reading = asyncio.create_task(read(consumer))
        yield
        reading.cancel()
        await consumer.stop()
        await producer.stop()
        await close(client)

    app = FastAPI(lifespan=lifespan)

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/v1/bare", status_code=201)
    async def bare(request: Request, body: dict[str, Any], idempotency_key: str = Header()) -> dict[str, Any]:
        await db["asked"].insert_one({"_id": idempotency_key, **body})
        await producers[0].send_and_wait(TOPIC, await request.body(), idempotency_key.encode())
        return {"id": idempotency_key, **body}

    return app


if __name__ == "__main__":
    uvicorn.run(
        build(),
        host="127.0.0.1",
        port=int(os.environ["ASTREINTE_PORT"]),
        log_config=None,
        access_log=False,
    )
