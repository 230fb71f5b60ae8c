"""What the ticket service reads from its environment beyond what every service does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from contracts.values import Priority
from infra.chassis.settings import Settings as Common
from infra.chassis.settings import SettingsError
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.statement_month import USUAL_DAYS
from services.ticket.mail.configured import mailboxes_of
from services.ticket.mail.polling import Mailbox

MOST_STATEMENT_DAYS = 365


@dataclass(frozen=True)
class Settings(Common):
    """``patience`` is what tickets are opened with; those that are open keep what they have.

    ``statement_days``: for how long after its end a month's statement may be contested.
    ``approval_without_contract``: work that no contract speaks of waits until the client approves of a quote.
    ``kpis_per_person``: whether figures of single persons are given, of which those must have been told.
    ``mailboxes`` are where requests come from by mail; what nobody decides about is kept for ``quarantine``.
    """

    patience: Patience = USUAL
    statement_days: int = USUAL_DAYS
    approval_without_contract: bool = False
    kpis_per_person: bool = False
    mailboxes: tuple[Mailbox, ...] = ()
    quarantine: timedelta = timedelta(days=30)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """``ASTREINTE_REMINDER_DAYS`` (``1,3,5``), ``ASTREINTE_NO_ANSWER_DAYS`` (``10``),
        ``ASTREINTE_CLOSING_DAYS`` (``5``; ``never``), ``ASTREINTE_REMOTE_FIRST_MINUTES``
        (``P2=15,P3=30,P4=60,P5=60``), ``ASTREINTE_STATEMENT_DAYS`` (``15``), ``ASTREINTE_PROBLEM_TICKETS``
        (``3``) and ``ASTREINTE_PROBLEM_DAYS`` (``30``), ``ASTREINTE_APPROVAL_WITHOUT_CONTRACT`` and
        ``ASTREINTE_KPIS_PER_PERSON`` (``no``; ``yes``), ``ASTREINTE_MAILBOXES`` (a JSON list, see
        ``MailboxBody``), ``ASTREINTE_QUARANTINE_DAYS`` (``30``), and what every service reads."""
        base = super().from_environment(environment)
        said = base.extra
        return replace(
            base,
            patience=_recurrence(
                _patience(
                    said.get("REMINDER_DAYS", ",".join(map(str, USUAL.reminders))),
                    said.get("NO_ANSWER_DAYS", str(USUAL.no_answer)),
                    said.get("REMOTE_FIRST_MINUTES", ",".join(f"{p}={n}" for p, n in USUAL.desk.items())),
                    said.get("CLOSING_DAYS", str(USUAL.acceptance)),
                ),
                said.get("PROBLEM_TICKETS", str(USUAL.recurrences)),
                said.get("PROBLEM_DAYS", str(USUAL.recurrence_days)),
            ),
            statement_days=_statement_days(said.get("STATEMENT_DAYS", str(USUAL_DAYS))),
            approval_without_contract=_yes("APPROVAL_WITHOUT_CONTRACT", said),
            kpis_per_person=_yes("KPIS_PER_PERSON", said),
            mailboxes=_mailboxes(said.get("MAILBOXES", ""), said),
            quarantine=_days(said.get("QUARANTINE_DAYS", "30")),
        )


def _statement_days(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_STATEMENT_DAYS:
        raise SettingsError(
            f"ASTREINTE_STATEMENT_DAYS is {text!r}: give the days for which a month may be contested, 0 to "
            f"{MOST_STATEMENT_DAYS}"
        )
    return int(text)


def _patience(reminders: str, no_answer: str, desk: str, closing: str) -> Patience:
    try:
        waits = {
            Priority(name.strip()): int(n) for name, _, n in (each.partition("=") for each in _list(desk))
        }
        if Priority.P1 in waits:
            raise ValueError("a P1 never waits")
        remote = replace(_acceptance(closing), desk=waits)
    except ValueError as error:
        raise SettingsError(
            f"ASTREINTE_REMOTE_FIRST_MINUTES is {desk!r} ({error}): name priorities and minutes, such as "
            "P2=15,P3=30, or nothing where visits are asked for at once"
        ) from error
    try:
        return replace(remote, reminders=tuple(map(int, _list(reminders))), no_answer=int(no_answer))
    except ValueError as error:
        raise SettingsError(
            f"ASTREINTE_REMINDER_DAYS is {reminders!r} and ASTREINTE_NO_ANSWER_DAYS {no_answer!r} ({error}): "
            "give working days, such as 1,3,5 and 10"
        ) from error


def _recurrence(patience: Patience, tickets: str, days: str) -> Patience:
    try:
        return replace(patience, recurrences=int(tickets), recurrence_days=int(days))
    except ValueError as error:
        raise SettingsError(
            f"ASTREINTE_PROBLEM_TICKETS is {tickets!r} and ASTREINTE_PROBLEM_DAYS {days!r} ({error}): "
            "say how many tickets of one cause within how many days propose a problem, such as 3 and 30"
        ) from error


def _yes(name: str, said: Mapping[str, str]) -> bool:
    text = said.get(name, "no").strip().lower()
    if text not in ("yes", "no"):
        raise SettingsError(f"ASTREINTE_{name} is {text!r}: say yes or no")
    return text == "yes"


def _acceptance(closing: str) -> Patience:
    if closing.strip().lower() == "never":
        return Patience(acceptance=None)
    try:
        return Patience(acceptance=int(closing))
    except ValueError as error:
        raise SettingsError(
            f"ASTREINTE_CLOSING_DAYS is {closing!r} ({error}): give working days, such as 5, or never"
        ) from error


def _mailboxes(text: str, said: Mapping[str, str]) -> tuple[Mailbox, ...]:
    try:
        return mailboxes_of(text, said)
    except ValueError as error:
        raise SettingsError(f"ASTREINTE_MAILBOXES: {error}") from error


def _days(text: str) -> timedelta:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise SettingsError(f"ASTREINTE_QUARANTINE_DAYS is {text!r}: give days, from 1 to 365")
    return timedelta(days=int(text))


def _list(text: str) -> list[str]:
    return [each for each in text.split(",") if each.strip()]
