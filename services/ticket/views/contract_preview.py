"""What terms would promise, in figures and in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from contracts.values import Instant, Language, Priority
from infra.chassis.moments import moment
from services.ticket.domain.contract_preview import Compared, Preview, Promised
from services.ticket.views.contract_version import ChangeView, changes_view


class PreviewedTargetView(BaseModel):
    """``due_at`` under the new terms, ``present_due_at`` under those of today; null where the target would
    wait, never come due or, of the present ones, is not promised (``presently_promised``)."""

    target: str
    due_at: Instant | None
    promised: bool
    presently_promised: bool
    present_due_at: Instant | None
    changed: bool
    sentence: str


class PreviewedView(BaseModel):
    site_id: str
    declared_at: Instant
    priority: Priority
    present_priority: Priority | None
    targets: list[PreviewedTargetView]


class PreviewView(BaseModel):
    """``changes`` are against today's terms, ``present_revision``, and so are those of the samples."""

    applies_from: str | None
    revision: int
    present_revision: int | None
    changes: list[ChangeView]
    samples: list[PreviewedView]


def preview_view(preview: Preview, language: Language) -> PreviewView:
    return PreviewView(
        applies_from=preview.new.applies_from,
        revision=preview.new.revision,
        present_revision=None if preview.present is None else preview.present.revision,
        changes=changes_view(preview.present, preview.new),
        samples=[_sample(each, language, new=preview.present is None) for each in preview.samples],
    )


def _sample(compared: Compared, language: Language, *, new: bool) -> PreviewedView:
    now = {each.target: each for each in compared.promised}
    before = {each.target: each for each in compared.at_present}
    return PreviewedView(
        site_id=compared.sample.site_id,
        declared_at=compared.sample.declared_at,
        priority=compared.priority,
        present_priority=compared.present_priority,
        targets=[
            _target(compared, name, now.get(name), before.get(name), language, new=new)
            for name in dict.fromkeys((*now, *before))
        ],
    )


def _target(
    compared: Compared,
    name: str,
    now: Promised | None,
    before: Promised | None,
    language: Language,
    *,
    new: bool,
) -> PreviewedTargetView:
    changed = not new and now != before
    zone = ZoneInfo(compared.site.time_zone)
    declared = moment(compared.sample.declared_at, zone, language)
    would_be = _due(now, zone, language)
    if language is Language.FR:
        sentence = f"{name} : un {compared.priority} déclaré le {declared} {would_be}"
        sentence += f" ; selon les termes actuels, il {_due(before, zone, language)}" if changed else ""
    else:
        sentence = f"{name}: a {compared.priority} declared on {declared} {would_be}"
        sentence += f"; under the present terms it {_due(before, zone, language)}" if changed else ""
    return PreviewedTargetView(
        target=name,
        due_at=None if now is None else now.due_at,
        promised=now is not None,
        presently_promised=before is not None,
        present_due_at=None if before is None else before.due_at,
        changed=changed,
        sentence=f"{sentence}.",
    )


def _due(promised: Promised | None, zone: ZoneInfo, language: Language) -> str:
    french = language is Language.FR
    if promised is None:
        return "n'aurait pas cet engagement" if french else "would not have this promise"
    if promised.due_at is None and promised.waits:
        return "attendrait, son délai suspendu" if french else "would wait, its clock stopped"
    if promised.due_at is None:
        return "n'arriverait jamais à échéance" if french else "would never be due"
    return _by(promised.due_at, zone, language)


def _by(due_at: datetime, zone: ZoneInfo, language: Language) -> str:
    when = moment(due_at, zone, language)
    return f"serait dû le {when}" if language is Language.FR else f"would be due on {when}"
