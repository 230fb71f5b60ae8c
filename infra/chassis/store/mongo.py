"""The only place where a MongoDB driver is opened: PyMongo's asynchronous client, or Motor where that is set.

Decision 0013 says why. What the two do differently is in this module, and nothing above it uses
anything else that one of them lacks.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from inspect import isawaitable
from typing import Any, TypeVar, cast

import pymongo.lock
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from infra.chassis.store.collection import Document, Index, Kind

T = TypeVar("T")
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]
DocumentCollection = AsyncCollection[Document]
Session = AsyncClientSession

DRIVERS = ("pymongo", "motor")

OTHER_OPTIONS = frozenset({85, 86})
"""IndexOptionsConflict, IndexKeySpecsConflict: the name or the keys are taken by an index that differs."""
TRANSACTION_SECONDS = 5
"""What a killed process left half done blocks everybody who writes the same documents until the server gives
it up: by default after a minute, and ours take a tenth of a second."""

MAJORITY = WriteConcern("majority", j=True)
ONE = WriteConcern(1)
"""For writes that lose nothing when a failover undoes them."""
LOCAL = ReadConcern("local")
"""For reads that want what such a write has just done: a majority's journal has it up to 100 ms later."""


async def waited_for(awaited: Awaitable[T], timeout: float | None) -> T:
    """``asyncio.wait_for`` as Python 3.12 has it: what is awaited stays in the task that awaits it.

    Before, it had a task of its own. Whoever was cancelled while that one was taking a condition's lock
    back, as a check of readiness is that gives up on a database, released a lock that was not his, and
    the one taken back was never released: from then on no operation of the client ended.
    """
    async with asyncio.timeout(timeout):
        return await awaited


if sys.version_info < (3, 12):
    pymongo.lock.wait_for = waited_for  # type: ignore[attr-defined,assignment]


def open_client(url: str, *, application: str) -> Client:
    """A client whose reads are majority reads and whose writes survive the loss of a minority.

    Operations fail within 5 s when no primary answers, instead of piling up.
    """
    return _client_class()(
        url,
        appname=application,
        tz_aware=True,
        tzinfo=UTC,
        serverSelectionTimeoutMS=5000,
        connectTimeoutMS=3000,
        socketTimeoutMS=20000,
        maxPoolSize=64,
        # Transactions have the client's concerns, not the database's; here they win over the address.
        w="majority",
        journal=True,
        readConcernLevel="majority",
    )


def _client_class() -> type[Client]:
    if os.environ.get("ASTREINTE_MONGODB_DRIVER") != "motor":
        return AsyncMongoClient
    os.environ.setdefault("MOTOR_MAX_WORKERS", "64")  # read when it is imported
    from motor.motor_asyncio import AsyncIOMotorClient

    return cast("type[Client]", AsyncIOMotorClient)


@asynccontextmanager
async def open_session(client: Client) -> AsyncIterator[Session]:
    """A session of its own for what happens inside."""
    made: Any = client.start_session()
    async with await made if isawaitable(made) else made as session:
        yield session


@asynccontextmanager
async def open_snapshot(client: Client, name: str) -> AsyncIterator[Session]:
    """A session all of whose reads, in whatever database, see the instant at which it is given.

    A read of a collection of the database ``name`` fixes it; one that is not there would fix nothing.
    """
    [there, *_] = await collections_of(client, name)
    made: Any = client.start_session(snapshot=True)
    async with await made if isawaitable(made) else made as session:
        await client[name][there].find_one({}, {"_id": 1}, session=session)
        yield session


async def collections_of(client: Client, name: str) -> list[str]:
    """The collections of a database but for the server's own, by name."""
    found = await client[name].list_collection_names()
    return sorted(each for each in found if not each.startswith("system."))


async def aggregate(collection: DocumentCollection, stages: list[Document]) -> list[Document]:
    """All that a pipeline gives."""
    cursor: Any = collection.aggregate(stages)
    found: list[Document] = await (await cursor if isawaitable(cursor) else cursor).to_list(None)
    return found


async def look_in(db: Database, looks: Mapping[str, Sequence[Document]]) -> list[tuple[str, Document]]:
    """What each collection's pipeline gives, with the collection's name, in their order.

    The server is asked once, however many they are: a service that rests looks into dozens every second.
    """
    named = {name: [*stages, {"$set": {"in": {"$literal": name}}}] for name, stages in looks.items()}
    (first, stages), *others = named.items()
    union: list[Document] = [{"$unionWith": {"coll": name, "pipeline": each}} for name, each in others]
    return [(each.pop("in"), each) for each in await aggregate(db[first], [*stages, *union])]


async def takes_requests(client: Client) -> bool:
    """Whether it reads and writes: a server that only just starts answers before it does."""
    return bool((await client.admin.command("hello")).get("isWritablePrimary"))


async def close(client: Client) -> None:
    """End a client's connections."""
    closing: Any = client.close()
    if isawaitable(closing):
        await closing


def database(client: Client, name: str) -> Database:
    """The database ``name`` with the concerns that every promise of the platform rests on."""
    options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
    return client.get_database(
        name,
        codec_options=options,
        read_preference=ReadPreference.PRIMARY,
        read_concern=ReadConcern("majority"),
        write_concern=MAJORITY,
    )


async def ensure_indexes(db: Database, kinds: tuple[Kind[Any], ...]) -> None:
    """Create what is missing; a database that already has them answers at once."""
    for kind in kinds:
        for index in kind.all_indexes:
            await ensure_index(db[kind.name], index)


async def ensure_index(collection: DocumentCollection, index: Index) -> None:
    """Create one index unless it is there; one that was made with other options is replaced."""
    options: dict[str, Any] = {}
    if index.unique:
        options["unique"] = True
    if index.partial is not None:
        options["partialFilterExpression"] = dict(index.partial)
    if index.expire_after_seconds is not None:
        options["expireAfterSeconds"] = index.expire_after_seconds
    if index.name is not None:
        options["name"] = index.name
    try:
        await collection.create_index(list(index.keys), **options)
    except OperationFailure as error:
        if error.code not in OTHER_OPTIONS:
            raise
        for name, there in (await collection.index_information()).items():
            if name == index.name or tuple(map(tuple, there["key"])) == index.keys:
                await collection.drop_index(name)
        await collection.create_index(list(index.keys), **options)
