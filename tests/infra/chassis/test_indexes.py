"""Indexes of a database that an older version has prepared."""

from infra.chassis.store.collection import A_STRING, Index
from infra.chassis.store.mongo import close, database, ensure_index, open_client
from tests.servers import RealServers

OLD = Index((("at", 1),), expire_after_seconds=60, name="expiry")


async def test_an_index_that_an_older_version_made_otherwise_is_replaced(
    servers: RealServers, unique: str
) -> None:
    client = open_client(servers.mongodb, application="test")
    things = database(client, unique)["things"]
    for index in (
        OLD,
        Index((("at", 1),), expire_after_seconds=90, name="expiry"),
        Index((("at", 1), ("by", 1)), name="expiry"),
        Index((("at", 1), ("by", 1)), unique=True, partial={"by": A_STRING}, name="expiry"),
        Index((("at", 1), ("by", 1)), unique=True, partial={"by": A_STRING}, name="renamed"),
    ):
        await ensure_index(things, index)
        await ensure_index(things, index)
        there = await things.index_information()
        assert set(there) == {"_id_", index.name}
        assert tuple(there[index.name or ""]["key"]) == index.keys
        assert there[index.name or ""].get("expireAfterSeconds") == index.expire_after_seconds
        assert there[index.name or ""].get("unique", False) == index.unique
    await client.drop_database(unique)
    await close(client)
