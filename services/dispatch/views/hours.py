"""A technician's month as the API shows it, and as a workbook for the payroll."""

import io
from datetime import datetime

from pydantic import BaseModel, Field

from contracts.text import Text
from infra.chassis.workbook import Sheet, workbook
from services.dispatch.domain.hours import Hours, Kind
from services.dispatch.domain.technician import Technician

_KIND = {
    Kind.ORDINARY: Text("ordinary", "ordinaire"),
    Kind.ON_CALL: Text("called while on call", "intervention d'astreinte"),
    Kind.BEYOND_SHIFT: Text("beyond the shift", "hors horaire"),
}


class PieceView(BaseModel):
    """A stretch of work that no other shares; `minutes` of a call include its `travel_minutes`."""

    kind: Kind
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    minutes: int
    night_minutes: int
    sunday_minutes: int
    holiday_minutes: int
    travel_minutes: int
    visits: tuple[str, ...]
    entry_id: str | None


class WaitingView(BaseModel):
    """A period on call; `minutes` are those of the month outside shifts."""

    entry_id: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    minutes: int
    visits: tuple[str, ...]


class HoursView(BaseModel):
    """Whole minutes. `worked_minutes` is the sum of `ordinary`, `on_call` and `beyond_shift`, and each the
    sum of its pieces; night (21:00 to 06:00), Sunday and holiday minutes are parts of it.
    `debts` are the rests owed or given back that the figures stand on."""

    technician_id: str
    name: str
    month: str
    time_zone: str
    until: datetime
    worked_minutes: int
    ordinary_minutes: int
    on_call_minutes: int
    on_call_travel_minutes: int
    beyond_shift_minutes: int
    night_minutes: int
    sunday_minutes: int
    holiday_minutes: int
    waiting_minutes: int
    rest_taken_minutes: int
    rest_booked_minutes: int
    rest_given_back_minutes: int
    rest_owed_minutes: int
    debts: tuple[str, ...]
    pieces: tuple[PieceView, ...]
    waiting: tuple[WaitingView, ...]


_FIGURES = {
    "worked_minutes": Text("Worked", "Travail effectif"),
    "ordinary_minutes": Text("Ordinary hours", "Heures ordinaires"),
    "on_call_minutes": Text(
        "Interventions on call, travel included", "Interventions d'astreinte, trajet compris"
    ),
    "on_call_travel_minutes": Text("Of which travel", "Dont trajet"),
    "beyond_shift_minutes": Text("Beyond the shift", "Hors horaire"),
    "night_minutes": Text("By night, 21:00 to 06:00", "De nuit, de 21 h à 6 h"),
    "sunday_minutes": Text("On Sundays", "Le dimanche"),
    "holiday_minutes": Text("On public holidays", "Les jours fériés"),
    "waiting_minutes": Text("On call, outside shifts", "En astreinte, hors horaire"),
    "rest_taken_minutes": Text("Rest after calls, in shifts", "Repos après appels, sur l'horaire"),
    "rest_booked_minutes": Text("Rest lost to urgent work", "Repos perdu pour travaux urgents"),
    "rest_given_back_minutes": Text("Rest given back", "Repos rendu"),
    "rest_owed_minutes": Text("Rest owed at the end", "Repos dû à la fin"),
}


def hours_view(technician: Technician, month: str, hours: Hours) -> HoursView:
    pieces, waiting = hours.pieces, hours.waiting
    return HoursView(
        technician_id=technician.id,
        name=technician.name,
        month=month,
        time_zone=technician.time_zone,
        until=hours.until,
        worked_minutes=hours.minutes(),
        ordinary_minutes=hours.minutes(Kind.ORDINARY),
        on_call_minutes=hours.minutes(Kind.ON_CALL),
        on_call_travel_minutes=sum(piece.travel_minutes for piece in pieces),
        beyond_shift_minutes=hours.minutes(Kind.BEYOND_SHIFT),
        night_minutes=sum(piece.night_minutes for piece in pieces),
        sunday_minutes=sum(piece.sunday_minutes for piece in pieces),
        holiday_minutes=sum(piece.holiday_minutes for piece in pieces),
        waiting_minutes=sum(each.minutes for each in waiting),
        rest_taken_minutes=hours.rest_taken_minutes,
        rest_booked_minutes=hours.rest_booked_minutes,
        rest_given_back_minutes=hours.rest_given_back_minutes,
        rest_owed_minutes=hours.rest_owed_minutes,
        debts=hours.debts,
        pieces=tuple(
            PieceView(
                kind=piece.kind,
                from_at=piece.from_at,
                to_at=piece.to_at,
                minutes=piece.minutes,
                night_minutes=piece.night_minutes,
                sunday_minutes=piece.sunday_minutes,
                holiday_minutes=piece.holiday_minutes,
                travel_minutes=piece.travel_minutes,
                visits=piece.visit_ids,
                entry_id=piece.entry_id,
            )
            for piece in pieces
        ),
        waiting=tuple(
            WaitingView(
                entry_id=each.entry_id,
                from_at=each.from_at,
                to_at=each.to_at,
                minutes=each.minutes,
                visits=each.visit_ids,
            )
            for each in waiting
        ),
    )


def as_xlsx(view: HoursView, language: str) -> bytes:
    """A sheet of figures in minutes, one of the work and one of the periods on call that they stand on."""
    written = io.BytesIO()
    with workbook(written, created=datetime.fromisoformat(f"{view.month}-01")) as book:

        def sheet(name: Text, *headings: Text) -> Sheet:
            return Sheet(book, name.in_(language), [each.in_(language) for each in headings])

        start, end = Text("From (UTC)", "Du (UTC)"), Text("To (UTC)", "Au (UTC)")
        minutes, visits = Text("Minutes", "Durée en minutes"), Text("Visits", "Visites")
        entry = Text("Rota entry", "Période d'astreinte")
        figures = sheet(Text("Hours", "Heures"), Text("Figure", "Rubrique"), minutes)
        for name, text in _FIGURES.items():
            figures.add(text.in_(language), getattr(view, name))
        work = sheet(
            Text("Work", "Travail"),
            *(Text("Kind", "Nature"), start, end, minutes),
            *(Text("Night", "Nuit"), Text("Sunday", "Dimanche"), Text("Holiday", "Férié")),
            *(Text("Travel", "Trajet"), visits, entry),
        )
        for piece in view.pieces:
            work.add(
                _KIND[piece.kind].in_(language),
                *(piece.from_at, piece.to_at, piece.minutes),
                *(piece.night_minutes, piece.sunday_minutes, piece.holiday_minutes, piece.travel_minutes),
                *(", ".join(piece.visits), piece.entry_id),
            )
        on_call = sheet(Text("On call", "Astreintes"), entry, start, end, minutes, visits)
        for each in view.waiting:
            on_call.add(each.entry_id, each.from_at, each.to_at, each.minutes, ", ".join(each.visits))
        for each_sheet in (figures, work, on_call):
            each_sheet.end()
    return written.getvalue()
