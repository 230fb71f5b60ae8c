"""Sites and assets by the table."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from contracts.calendars import HolidayCode
from contracts.text import Text
from infra.chassis.http.etag import Expected
from infra.chassis.http.principal import Principal
from infra.chassis.imports.columns import DAY, HOURS, NUMBER, SEVERAL, TEXT, WHOLE, YES_NO, Column
from infra.chassis.imports.kind import Fault, ImportKind
from services.inventory.api.asset_body import AssetBody, asset_of
from services.inventory.api.exported import EXPORTED
from services.inventory.api.sites import SiteBody, site_of
from services.inventory.store.assets import Assets
from services.inventory.store.sites import Sites
from services.inventory.usecases.put_asset import PutAsset
from services.inventory.usecases.put_site import PutSite
from services.inventory.views.reference import asset_view, site_view

_FRENCH = re.compile(r"[0-9]{5}")


def _postcode(site: Mapping[str, Any]) -> Iterable[Fault]:
    """Programs for tables drop a leading zero: a French postcode without it is another place, or none."""
    postcode, holidays = site.get("postcode"), str(site.get("holidays", ""))
    if isinstance(postcode, str) and holidays.startswith("FR") and not _FRENCH.fullmatch(postcode):
        yield Fault(
            "postcode",
            Text(f"'{postcode}' is no French postcode", f"'{postcode}' n'est pas un code postal français"),
        )


def _put_site(id: str, body: SiteBody, expected: Expected, who: Principal) -> PutSite:
    return PutSite(site_of(id, body), expected, who.manager)


def _put_asset(id: str, body: AssetBody, expected: Expected, _: Principal) -> PutAsset:
    return PutAsset(asset_of(id, body), expected)


SITES = ImportKind(
    name="sites",
    title=Text("Sites", "Sites des clients"),
    verb="sites:write",
    collection=Sites,
    body=SiteBody,
    columns=(
        Column(
            "customer_id",
            Text("Customer", "Client"),
            TEXT,
            Text("The customer's id", "L'identifiant du client"),
            required=True,
            also=("customer id", "identifiant client"),
        ),
        Column("name", Text("Name", "Nom"), TEXT, required=True, example="Clinique Pasteur, bâtiment nord"),
        Column("address", Text("Address", "Adresse"), TEXT, required=True, example="12 rue des Lilas"),
        Column(
            "postcode",
            Text("Postcode", "Code postal"),
            TEXT,
            Text("As text: 01000 keeps its zero", "En texte : 01000 garde son zéro"),
            required=True,
            also=("cp", "zip"),
            example="01000",
        ),
        Column("commune", Text("Town", "Commune"), TEXT, required=True, also=("ville", "city")),
        Column(
            "latitude",
            Text("Latitude", "Latitude (degrés)"),
            NUMBER,
            required=True,
            also=("lat",),
            example="45.76",
        ),
        Column(
            "longitude",
            Text("Longitude", "Longitude (degrés)"),
            NUMBER,
            required=True,
            also=("lon", "lng"),
            example="4.85",
        ),
        Column("time_zone", Text("Time zone", "Fuseau horaire"), TEXT, required=True, example="Europe/Paris"),
        Column(
            "holidays",
            Text("Holidays", "Jours fériés"),
            TEXT,
            Text(
                "FR-57 and FR-6AE: Moselle, Alsace; FR-971 to FR-976: overseas",
                "FR-57 et FR-6AE : Moselle, Alsace ; FR-971 à FR-976 : outre-mer",
            ),
            required=True,
            choices=get_args(HolidayCode),
        ),
        Column("good_friday", Text("Good Friday is off", "Vendredi saint férié"), YES_NO),
        Column("territory", Text("Territory", "Territoire"), TEXT),
        Column(
            "opening",
            Text("Opening hours", "Horaires d'ouverture"),
            HOURS,
            Text("Always open when empty", "Toujours ouvert si vide"),
            example="lun-ven 08:00-18:00",
        ),
        Column("access.instructions", Text("How to get in", "Accès"), TEXT),
        Column("access.badge_lead_minutes", Text("Minutes for a badge", "Délai de badge (min)"), WHOLE),
        Column("access.escort", Text("Escort", "Accompagnement"), YES_NO),
        Column("access.parking", Text("Parking", "Stationnement"), TEXT),
        Column("access.permits", Text("Permits", "Habilitations"), SEVERAL),
        Column("languages", Text("Languages", "Langues"), SEVERAL, example="fr, en"),
    ),
    shown=lambda kept, who: site_view(kept, "en", who),
    case=_put_site,
    check=_postcode,
)

ASSETS = ImportKind(
    name="assets",
    title=Text("Machines", "Équipements"),
    verb="assets:write",
    collection=Assets,
    body=AssetBody,
    columns=(
        Column(
            "site_id",
            Text("Site", "Site (identifiant)"),
            TEXT,
            Text(
                "The site's id; the machine is its customer's",
                "L'identifiant du site ; son client en est le propriétaire",
            ),
            required=True,
            also=("site id", "identifiant site"),
        ),
        Column("name", Text("Name", "Nom"), TEXT, required=True, example="Serveur de fichiers"),
        Column("kind", Text("Kind", "Type"), TEXT, required=True, example="server"),
        Column("manufacturer", Text("Manufacturer", "Fabricant"), TEXT, also=("marque", "brand")),
        Column("model", Text("Model", "Modèle"), TEXT),
        Column("serial", Text("Serial number", "Numéro de série"), TEXT, also=("serial", "n/s", "s/n")),
        Column("bought_on", Text("Bought on", "Date d'achat"), DAY),
        Column("warranty_until", Text("Warranty until", "Fin de garantie"), DAY),
        Column("contract_id", Text("Contract", "Contrat"), TEXT, also=("contract id", "identifiant contrat")),
        Column("asset_tag", Text("Asset tag", "Étiquette d'inventaire"), TEXT, also=("tag", "étiquette")),
        Column("place.building", Text("Building", "Bâtiment"), TEXT),
        Column("place.floor", Text("Floor", "Étage"), TEXT),
        Column("place.room", Text("Room", "Local"), TEXT, also=("salle", "bureau")),
        Column("place.rack", Text("Rack", "Baie"), TEXT),
        Column("owner_id", Text("Owner", "Responsable"), TEXT, also=("identifiant responsable",)),
        Column("users", Text("Users", "Utilisateurs"), SEVERAL),
        Column("last_backup_on", Text("Last backup", "Dernière sauvegarde"), DAY),
    ),
    shown=lambda kept, _: asset_view(kept, "en"),
    case=_put_asset,
)

KINDS = (SITES, ASSETS, EXPORTED)
