"""A rota entry as the API shows it, and who is on call now."""

from datetime import datetime

from pydantic import BaseModel, Field

from contracts.values import Language
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.dispatch.domain.labour_limits import Limits, Rule
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Technician
from services.dispatch.views.technicians import Shortcoming
from services.dispatch.views.visibility import sees_hours

SHORT_NOTICE: dict[Language, str] = {
    Language.FR: "prévenu moins de {days} jours avant : réservé aux circonstances exceptionnelles (L3121-12)",
    Language.EN: "told less than {days} days before: for exceptional cases only (L3121-12)",
}
NO_NOTICE: dict[Language, str] = {
    Language.FR: "prévenu moins d'un jour franc avant : illégal, sauf un échange qu'il demande (L3121-12)",
    Language.EN: "told less than one clear day before: unlawful but for a swap that he asks for (L3121-12)",
}


SHORT_RESPONSE: dict[Language, str] = {
    Language.FR: "{minutes} min pour intervenir : l'attente peut compter comme travail (CJUE C-344/19)",
    Language.EN: "{minutes} min to be there: such waiting may count as work (CJEU C-344/19)",
}
FREQUENT_CALLS: dict[Language, str] = {
    Language.FR: "{calls} appels en 7 jours : une telle attente peut compter comme travail (CJUE C-344/19)",
    Language.EN: "{calls} calls in 7 days: such waiting may count as work (CJEU C-344/19)",
}


FREQUENT = "frequent-calls"


class CallView(BaseModel):
    """From leaving for the visit until he was back."""

    visit_id: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")


class RotaEntryView(BaseModel):
    """``warnings``: labour rules that it breaks, and what can turn waiting into work (``frequent-calls``,
    ``short-response``); ``notice`` does not hold for a swap that he asked for. ``calls`` and the warning of
    them are for himself and for who sees hours; null for others."""

    id: str
    technician_id: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    territory: str | None
    told_at: datetime | None
    respond_within_minutes: int | None
    calls: tuple[CallView, ...] | None
    updated_at: datetime
    warnings: tuple[Shortcoming, ...]


class RotaPage(BaseModel):
    items: tuple[RotaEntryView, ...]
    next: str | None


class OnCallNowView(BaseModel):
    """Somebody who is on call and not away, with how to reach him; ``id`` is the rota entry's."""

    id: str
    technician_id: str
    name: str
    phone: str | None
    email: str | None
    territory: str | None
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")


class OnCallNow(BaseModel):
    items: tuple[OnCallNowView, ...]
    next: None = None


def entry_view(
    kept: Kept[RotaEntry], technician: Technician, limits: Limits, principal: Principal, language: Language
) -> RotaEntryView:
    """The entry for this caller: when somebody was called is a part of his hours."""
    entry = kept.value
    sees_calls = sees_hours(principal, entry.technician_id)
    return RotaEntryView(
        id=entry.id,
        technician_id=entry.technician_id,
        from_at=entry.from_at,
        to_at=entry.to_at,
        territory=entry.territory,
        told_at=entry.told_at,
        respond_within_minutes=entry.respond_within_minutes,
        calls=tuple(
            CallView(visit_id=each.visit_id, from_at=each.from_at, to_at=each.to_at) for each in entry.calls
        )
        if sees_calls
        else None,
        updated_at=kept.updated_at,
        warnings=tuple(
            each
            for each in _warnings(entry, technician, limits, language)
            if sees_calls or each.type != FREQUENT
        ),
    )


def on_call_view(entry: RotaEntry, technician: Technician) -> OnCallNowView:
    return OnCallNowView(
        id=entry.id,
        technician_id=technician.id,
        name=technician.name,
        phone=technician.phone,
        email=technician.email,
        territory=entry.territory,
        from_at=entry.from_at,
        to_at=entry.to_at,
    )


def _warnings(
    entry: RotaEntry, technician: Technician, limits: Limits, language: Language
) -> list[Shortcoming]:
    found = []
    if entry.told_late(limits.notice):
        texts = NO_NOTICE if entry.told_without_a_clear_day(technician.time_zone) else SHORT_NOTICE
        detail = texts[language].format(days=limits.notice.days)
        found.append(Shortcoming(type=Rule.NOTICE.value, detail=detail))
    if entry.responds_fast:
        detail = SHORT_RESPONSE[language].format(minutes=entry.respond_within_minutes)
        found.append(Shortcoming(type="short-response", detail=detail))
    if entry.called_often:
        detail = FREQUENT_CALLS[language].format(calls=entry.most_calls)
        found.append(Shortcoming(type=FREQUENT, detail=detail))
    return found
