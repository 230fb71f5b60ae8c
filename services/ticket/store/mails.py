"""What became of mails, and the bytes of those that wait for somebody to decide."""

from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import A_DATE, A_STRING, IN_ORDER, Collection, Index
from infra.chassis.store.files import Files, file_indexes
from services.ticket.domain.mail import ReceivedMail

MAIL_FILES = "mail_files"
MAIL_FILE_INDEXES = file_indexes(MAIL_FILES)

Mails = Collection(
    "mails",
    ReceivedMail,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("state", 1), ("reason", 1), *IN_ORDER), name="for_reason"),
        Index((("state", 1), ("taken_at", 1)), name="waiting"),
        Index((("message_id", 1),), partial={"message_id": A_STRING}, name="message_id"),
        Index((("sender_key", 1), ("taken_at", 1)), partial={"sender_key": A_STRING}, name="of_sender"),
        Index((("file_id", 1),), partial={"file_id": A_STRING}, name="of_file"),
        Index((("forget_at", 1),), partial={"forget_at": A_DATE}, expire_after_seconds=0, name="forgotten"),
    ),
)


def mail_files(run: Runtime) -> Files:
    return Files(run.db, MAIL_FILES)
