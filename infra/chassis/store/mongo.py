"""The only place where the MongoDB driver is opened.

Motor takes critical fixes only until May 2027: nothing above this module uses an interface that
PyMongo's own asynchronous client lacks, so that the swap is this file.
"""

import os
from datetime import UTC
from typing import Any

os.environ.setdefault("MOTOR_MAX_WORKERS", "64")

from bson.codec_options import CodecOptions
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from infra.chassis.store.collection import Document, Index, Kind

Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
DocumentCollection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession

OTHER_OPTIONS = frozenset({85, 86})
"""IndexOptionsConflict, IndexKeySpecsConflict: the name or the keys are taken by an index that differs."""
MAJORITY = WriteConcern("majority", j=True)
ONE = WriteConcern(1)
"""For writes that lose nothing when a failover undoes them."""


def open_client(url: str, *, application: str) -> Client:
    """A client whose reads are majority reads and whose writes survive the loss of a minority.

    Operations fail within 5 s when no primary answers, instead of piling up.
    """
    return AsyncIOMotorClient(
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
