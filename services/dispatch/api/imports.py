"""Technicians by the table."""

from typing import get_args

from contracts.calendars import HolidayCode
from contracts.text import Text
from contracts.values import Language
from infra.chassis.http.etag import Expected
from infra.chassis.http.principal import Principal
from infra.chassis.imports.columns import HOURS, LEVELS, NUMBER, SEVERAL, TEXT, Column
from infra.chassis.imports.kind import ImportKind
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.api.technicians import TechnicianBody
from services.dispatch.domain.technician import Regime
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_technician import PutTechnician
from services.dispatch.views.technicians import technician_view


def _put(id: str, body: TechnicianBody, expected: Expected, _: Principal) -> IfUnchanged[bool]:
    return IfUnchanged(PutTechnician(body.technician(id)), Technicians, id, expected)


TECHNICIANS = ImportKind(
    name="technicians",
    title=Text("Technicians", "Techniciens"),
    verb="technicians:write",
    collection=Technicians,
    body=TechnicianBody,
    columns=(
        Column("name", Text("Name", "Nom"), TEXT, required=True, example="Inès Moreau"),
        Column(
            "skills",
            Text("Skills", "Compétences"),
            LEVELS,
            Text("As work types ask for them", "Comme les types d'intervention les demandent"),
            required=True,
            example="network:2, printer:1",
        ),
        Column("time_zone", Text("Time zone", "Fuseau horaire"), TEXT, required=True, example="Europe/Paris"),
        Column(
            "shifts",
            Text("Hours", "Horaires"),
            HOURS,
            Text("Of two weeks in turn: A: … | B: …", "De deux semaines alternées : A: … | B: …"),
            required=True,
            also=("shifts", "working hours", "horaires de travail"),
            example="lun-ven 08:00-12:00 14:00-18:00",
        ),
        Column("home.latitude", Text("Latitude of home", "Latitude du domicile"), NUMBER, example="48.111"),
        Column(
            "home.longitude", Text("Longitude of home", "Longitude du domicile"), NUMBER, example="-1.680"
        ),
        Column("agency", Text("Agency", "Agence"), TEXT),
        Column("territory", Text("Territory", "Territoire"), TEXT),
        Column("holidays", Text("Holidays", "Jours fériés"), TEXT, choices=get_args(HolidayCode)),
        Column(
            "regime", Text("Regime", "Régime de travail"), TEXT, choices=tuple(str(each) for each in Regime)
        ),
        Column("email", Text("E-mail", "Adresse e-mail"), TEXT, also=("mail", "courriel", "adresse e-mail")),
        Column("phone", Text("Telephone", "Téléphone"), TEXT, also=("phone", "tel", "mobile", "portable")),
        Column(
            "language",
            Text("Written to in", "Langue des messages"),
            TEXT,
            choices=tuple(str(each) for each in Language),
        ),
        Column("languages", Text("Languages spoken", "Langues parlées"), SEVERAL, example="fr, en"),
    ),
    shown=lambda kept, who: technician_view(kept, who, Language.EN),
    case=_put,
)
KINDS = (TECHNICIANS,)
