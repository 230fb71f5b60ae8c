"""The mailboxes that a firm has set up, from one JSON setting."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from contracts.values import Id, Impact, TicketKind, Urgency
from infra.chassis.mailboxes import Tls, password_of
from services.ticket.domain.contact import normal_email
from services.ticket.domain.mail import Desk
from services.ticket.mail.mailbox import Account
from services.ticket.mail.polling import Mailbox

Address = Annotated[str, AfterValidator(normal_email), Field(pattern=r"^[^@\s]+@[^@\s]+$")]
_PORTS: Mapping[Tls, int] = {"tls": 993, "starttls": 143, "none": 143}


class MailboxBody(BaseModel):
    """One mailbox. The password is in ``password_file``, or in the setting that ``password_setting`` names
    (``IMAP_PASSWORD`` for ``ASTREINTE_IMAP_PASSWORD``); ``tls`` is ``none`` on this machine only.

    ``category`` is the work type of its tickets until somebody triages them. ``customer``: all its mails are
    that customer's. ``trusted``: the name under which our server writes ``Authentication-Results``. ``own``:
    our addresses besides its user and ``ASTREINTE_MAIL_FROM``, whose mails are never taken. ``hourly``: mails
    of one sender within an hour.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{1,64}$")] = "mail"
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Field(min_length=1)]
    password_file: str | None = None
    password_setting: Annotated[str, Field(pattern=r"^[A-Z0-9_]+$")] | None = None
    folder: str = "INBOX"
    done_folder: str | None = None
    poll_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    category: Id
    kind: TicketKind = TicketKind.INCIDENT
    impact: Impact = Impact.LOW
    urgency: Urgency = Urgency.MEDIUM
    customer: Id | None = None
    trusted: str | None = None
    own: tuple[Address, ...] = ()
    hourly: Annotated[int, Field(ge=1, le=1000)] = 30

    def mailbox(self, said: Mapping[str, str]) -> Mailbox:
        if self.tls == "none" and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError(f"{self.name}: a password never goes to {self.host} in clear: tls or starttls")
        ours = (self.user, said.get("MAIL_FROM", ""), *self.own)
        own = frozenset(normal_email(each) for each in ours if "@" in each)
        return Mailbox(
            Account(
                host=self.host,
                port=self.port or _PORTS[self.tls],
                user=self.user,
                password=self._password(said),
                tls=self.tls,
                folder=self.folder,
                done_folder=self.done_folder,
            ),
            Desk(
                name=self.name,
                category=self.category,
                kind=self.kind,
                impact=self.impact,
                urgency=self.urgency,
                customer_id=self.customer,
                trusted=None if self.trusted is None else self.trusted.lower(),
                own=own,
                hourly=self.hourly,
            ),
            self.poll_seconds,
        )

    def _password(self, said: Mapping[str, str]) -> str:
        try:
            return password_of(self.password_file, self.password_setting, said)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from error


_LIST = TypeAdapter(tuple[MailboxBody, ...])


def mailboxes_of(text: str, said: Mapping[str, str]) -> tuple[Mailbox, ...]:
    """Those of a setting, none where it is empty; ``ValueError`` says what is wrong, and no password."""
    if not text.strip():
        return ()
    try:
        bodies = _LIST.validate_python(json.loads(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON list ({error.msg} at {error.pos})") from error
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, wrong["loc"]))
        raise ValueError(f"{where or 'it'}: {wrong['msg']}") from None
    if len({body.name for body in bodies}) < len(bodies):
        raise ValueError("each mailbox has a name of its own")
    return tuple(body.mailbox(said) for body in bodies)
