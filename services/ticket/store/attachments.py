from datetime import timedelta

from infra.chassis.looping import every
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import IN_ORDER, Collection, Index
from infra.chassis.store.files import Files, file_indexes
from services.ticket.domain.attachment import Attachment

FILES = "attachment_files"
FILE_INDEXES = file_indexes(FILES)
SWEEP_SECONDS = 60.0
IN_DOUBT = timedelta(hours=1)
"""Far longer than any upload takes."""

Attachments = Collection(
    "attachments",
    Attachment,
    indexes=(
        Index((("ticket_id", 1), *IN_ORDER), name="of_ticket"),
        Index((("file_id", 1),), unique=True, name="of_file"),
    ),
)


def attachment_files(run: Runtime) -> Files:
    return Files(run.db, FILES)


async def sweep_once(run: Runtime) -> int:
    """Remove the bytes that no attachment names, of uploads and removals that broke off; how many files."""

    async def is_named(file_id: str) -> bool:
        query = {"file_id": file_id, "removed_at": None}
        return await run.collection(Attachments.name).find_one(query, {"_id": 1}) is not None

    return await attachment_files(run).sweep(run.system_clock.now() - IN_DOUBT, is_named)


async def sweep_files(run: Runtime) -> None:
    async def sweep() -> None:
        await sweep_once(run)

    await every(SWEEP_SECONDS, sweep, run.log)
