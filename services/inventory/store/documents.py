"""Papers and pictures of machines; their bytes lie beside."""

from datetime import timedelta

from infra.chassis.looping import every
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import IN_ORDER, Collection, Index
from infra.chassis.store.files import Files, file_indexes
from services.inventory.domain.document import AssetDocument

FILES = "document_files"
FILE_INDEXES = file_indexes(FILES)
SWEEP_SECONDS = 60.0
IN_DOUBT = timedelta(hours=1)
"""Far longer than any upload takes."""

AssetDocuments = Collection(
    "asset_documents",
    AssetDocument,
    indexes=(
        Index((("asset_id", 1), *IN_ORDER), name="of_asset"),
        Index((("file_id", 1),), unique=True, name="of_file"),
    ),
    customer=lambda document: document.customer_id,
)


def document_files(run: Runtime) -> Files:
    return Files(run.db, FILES)


async def sweep_once(run: Runtime) -> int:
    """Remove the bytes that no document names, of uploads and removals that broke off; how many files."""

    async def is_named(file_id: str) -> bool:
        query = {"file_id": file_id, "removed_at": None}
        return await run.collection(AssetDocuments.name).find_one(query, {"_id": 1}) is not None

    return await document_files(run).sweep(run.system_clock.now() - IN_DOUBT, is_named)


async def sweep_documents(run: Runtime) -> None:
    async def sweep() -> None:
        await sweep_once(run)

    await every(SWEEP_SECONDS, sweep, run.log)
