"""Where the sample firm works: real communes around three agencies and one overseas, made-up companies."""

from dataclasses import dataclass

from infra.sample.calls import Json


@dataclass(frozen=True)
class Agency:
    """An agency is a territory too, and has the depot of its name."""

    id: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Client:
    id: str
    name: str
    domain: str
    opening: Json | None
    promises: str | None
    """What it bought, by its name in infra.sample.promises; None without a contract."""
    managers: tuple[str, ...] = ("claire",)


@dataclass(frozen=True)
class Place:
    """A site. ``holidays`` differ from the national ones in Alsace, Moselle and overseas; some keep Good
    Friday. ``agency`` is the territory: overseas there is no agency but a partner.
    """

    id: str
    client: str
    agency: str
    name: str
    street: str
    postcode: str
    commune: str
    latitude: float
    longitude: float
    holidays: str = "FR"
    good_friday: bool = False
    time_zone: str = "Europe/Paris"
    instructions: str | None = None


WEEK = ("mon", "tue", "wed", "thu", "fri")


def weekdays(opens: str, closes: str, *more: str) -> Json:
    """Opening hours from Monday to Friday, and on ``more`` days."""
    return {day: [[opens, closes]] for day in (*WEEK, *more)}


AGENCIES = (
    Agency("lyon", "Agence de Lyon", 45.7485, 4.8467),
    Agency("nancy", "Agence de Nancy", 48.6737, 6.1615),
    Agency("nantes", "Agence de Nantes", 47.2122, -1.6497),
)

REUNION = "reunion"
"""The territory of the partner overseas."""

CLIENTS = (
    Client("saint-roch", "Cliniques Saint-Roch", "saint-roch.example", None, "round-the-clock"),
    Client("alpages", "Mutuelle des Alpages", "alpages.example", weekdays("08:30", "18:00"), "business"),
    Client("delorme", "Transports Delorme", "delorme.example", weekdays("06:00", "21:00", "sat"),
           "extended", ("claire", "etienne")),
    Client("prouve", "Groupe scolaire Prouvé", "prouve.example", weekdays("07:30", "18:00"), "light"),
    Client("verreries", "Verreries de la Meurthe", "verreries.example", weekdays("06:00", "20:00"),
           "business"),
    Client("bertin", "Librairies Bertin", "bertin.example", weekdays("08:30", "19:30", "sat"), "extended"),
    Client("ligerienne", "Banque Ligérienne", "ligerienne.example", weekdays("08:30", "18:00"),
           "round-the-clock", ("etienne",)),
    Client("estuaire", "Conserveries de l'Estuaire", "estuaire.example", weekdays("06:00", "20:00"),
           "business", ("etienne",)),
    Client("kerguen", "Chantiers Kerguen", "kerguen.example", weekdays("07:00", "19:00"), "business",
           ("etienne",)),
    Client("vauban", "Cabinet Vauban", "vauban.example", weekdays("09:00", "18:00"), "light"),
    Client("rhenanes", "Pharmacies Rhénanes", "rhenanes.example", weekdays("08:30", "19:30", "sat"),
           "extended", ("claire", "etienne")),
    Client("austral", "Comptoirs Austral", "austral.example", weekdays("07:30", "18:00"), "light",
           ("etienne",)),
)  # fmt: skip

_BADGE = "Badge visiteur à retirer à l'accueil, pièce d'identité demandée."
_DOCK = "Entrée par le quai, gilet jaune obligatoire."
_BELL = "Sonner à la porte de service, côté cour."

PLACES = (
    Place("roch-part-dieu", "saint-roch", "lyon", "Clinique Saint-Roch Part-Dieu", "rue Servient",
          "69003", "Lyon", 45.7609, 4.8545, instructions=_BADGE),
    Place("roch-gratte-ciel", "saint-roch", "lyon", "Clinique Saint-Roch Gratte-Ciel",
          "avenue Henri-Barbusse", "69100", "Villeurbanne", 45.7684, 4.8797, instructions=_BADGE),
    Place("roch-bron", "saint-roch", "lyon", "Centre d'imagerie de Bron", "avenue Franklin-Roosevelt",
          "69500", "Bron", 45.7386, 4.9131, instructions=_BADGE),
    Place("roch-nancy", "saint-roch", "nancy", "Clinique Saint-Roch Nancy", "rue de la Commanderie",
          "54000", "Nancy", 48.6886, 6.1725, instructions=_BADGE),
    Place("roch-vandoeuvre", "saint-roch", "nancy", "Laboratoire de Vandœuvre", "avenue du Général-Leclerc",
          "54500", "Vandœuvre-lès-Nancy", 48.6567, 6.1681, instructions=_BADGE),
    Place("alpages-siege", "alpages", "lyon", "Siège de la Mutuelle", "quai Claude-Bernard",
          "69007", "Lyon", 45.7494, 4.8394, instructions=_BADGE),
    Place("alpages-ecully", "alpages", "lyon", "Agence d'Écully", "avenue Guy-de-Collongue",
          "69130", "Écully", 45.7744, 4.7775),
    Place("alpages-vienne", "alpages", "lyon", "Agence de Vienne", "cours Romestang",
          "38200", "Vienne", 45.5255, 4.8742),
    Place("alpages-bourgoin", "alpages", "lyon", "Agence de Bourgoin", "rue de la République",
          "38300", "Bourgoin-Jallieu", 45.5861, 5.2736),
    Place("alpages-nancy", "alpages", "nancy", "Agence de Nancy", "rue Saint-Jean",
          "54000", "Nancy", 48.6903, 6.1803),
    Place("alpages-metz", "alpages", "nancy", "Agence de Metz", "rue Serpenoise",
          "57000", "Metz", 49.1168, 6.1742, "FR-57", good_friday=True),
    Place("delorme-st-priest", "delorme", "lyon", "Plateforme de Saint-Priest", "rue du Dauphiné",
          "69800", "Saint-Priest", 45.6966, 4.9437, instructions=_DOCK),
    Place("delorme-isle", "delorme", "lyon", "Entrepôt de L'Isle-d'Abeau", "boulevard de Fondbonnière",
          "38080", "L'Isle-d'Abeau", 45.6196, 5.2307, instructions=_DOCK),
    Place("delorme-givors", "delorme", "lyon", "Entrepôt de Givors", "rue Jean-Ligonnet",
          "69700", "Givors", 45.5916, 4.7686, instructions=_DOCK),
    Place("delorme-toul", "delorme", "nancy", "Entrepôt de Toul", "avenue Georges-Clemenceau",
          "54200", "Toul", 48.6750, 5.8917, instructions=_DOCK),
    Place("delorme-mousson", "delorme", "nancy", "Plateforme de Pont-à-Mousson", "avenue des États-Unis",
          "54700", "Pont-à-Mousson", 48.9050, 6.0550, instructions=_DOCK),
    Place("prouve-meyzieu", "prouve", "lyon", "Collège de Meyzieu", "rue de la République",
          "69330", "Meyzieu", 45.7667, 5.0033, instructions="Se présenter à la loge du collège."),
    Place("prouve-venissieux", "prouve", "lyon", "Lycée de Vénissieux", "avenue Marcel-Houël",
          "69200", "Vénissieux", 45.6978, 4.8868, instructions="Se présenter à la loge du lycée."),
    Place("prouve-laxou", "prouve", "nancy", "École de Laxou", "rue de Maréville",
          "54520", "Laxou", 48.6858, 6.1528, instructions="Se présenter à la loge de l'école."),
    Place("prouve-luneville", "prouve", "nancy", "Lycée de Lunéville", "quai des Petits-Bosquets",
          "54300", "Lunéville", 48.5940, 6.4930, instructions="Se présenter à la loge du lycée."),
    Place("verreries-dombasle", "verreries", "nancy", "Usine de Dombasle", "rue Gabriel-Péri",
          "54110", "Dombasle-sur-Meurthe", 48.6236, 6.3514, instructions=_DOCK),
    Place("verreries-st-die", "verreries", "nancy", "Atelier de Saint-Dié", "rue d'Alsace",
          "88100", "Saint-Dié-des-Vosges", 48.2850, 6.9490),
    Place("verreries-epinal", "verreries", "nancy", "Atelier d'Épinal", "quai de Dogneville",
          "88000", "Épinal", 48.1724, 6.4496),
    Place("verreries-chamond", "verreries", "lyon", "Atelier de Saint-Chamond", "rue de Saint-Étienne",
          "42400", "Saint-Chamond", 45.4775, 4.5153, instructions=_DOCK),
    Place("bertin-croix-rousse", "bertin", "lyon", "Librairie de la Croix-Rousse",
          "grande rue de la Croix-Rousse", "69004", "Lyon", 45.7790, 4.8275, instructions=_BELL),
    Place("bertin-caluire", "bertin", "lyon", "Librairie de Caluire", "rue Jean-Moulin",
          "69300", "Caluire-et-Cuire", 45.7953, 4.8472, instructions=_BELL),
    Place("bertin-villefranche", "bertin", "lyon", "Librairie de Villefranche", "rue Nationale",
          "69400", "Villefranche-sur-Saône", 45.9895, 4.7180, instructions=_BELL),
    Place("bertin-st-etienne", "bertin", "lyon", "Librairie de Saint-Étienne", "rue Michel-Rondet",
          "42000", "Saint-Étienne", 45.4397, 4.3872, instructions=_BELL),
    Place("bertin-nancy", "bertin", "nancy", "Librairie de la place Stanislas", "rue Héré",
          "54000", "Nancy", 48.6941, 6.1827, instructions=_BELL),
    Place("bertin-sarrebourg", "bertin", "nancy", "Librairie de Sarrebourg", "grand-rue",
          "57400", "Sarrebourg", 48.7347, 7.0536, "FR-57", good_friday=True, instructions=_BELL),
    Place("ligerienne-siege", "ligerienne", "nantes", "Siège de la Banque", "rue de Strasbourg",
          "44000", "Nantes", 47.2184, -1.5536, instructions=_BADGE),
    Place("ligerienne-herblain", "ligerienne", "nantes", "Centre informatique de Saint-Herblain",
          "boulevard Marcel-Paul", "44800", "Saint-Herblain", 47.2230, -1.6340, instructions=_BADGE),
    Place("ligerienne-nazaire", "ligerienne", "nantes", "Agence de Saint-Nazaire", "avenue de la République",
          "44600", "Saint-Nazaire", 47.2733, -2.2137),
    Place("ligerienne-angers", "ligerienne", "nantes", "Agence d'Angers", "boulevard du Maréchal-Foch",
          "49000", "Angers", 47.4712, -0.5518),
    Place("ligerienne-cholet", "ligerienne", "nantes", "Agence de Cholet", "rue Nationale",
          "49300", "Cholet", 47.0594, -0.8789),
    Place("ligerienne-baule", "ligerienne", "nantes", "Agence de La Baule", "avenue du Général-de-Gaulle",
          "44500", "La Baule-Escoublac", 47.2868, -2.3934),
    Place("estuaire-reze", "estuaire", "nantes", "Conserverie de Rezé", "rue de la Basse-Île",
          "44400", "Rezé", 47.1917, -1.5692, instructions=_DOCK),
    Place("estuaire-savenay", "estuaire", "nantes", "Conserverie de Savenay", "route de Pontchâteau",
          "44260", "Savenay", 47.3608, -1.9425, instructions=_DOCK),
    Place("estuaire-pornic", "estuaire", "nantes", "Atelier de Pornic", "rue du Traité-d'Amsterdam",
          "44210", "Pornic", 47.1156, -2.1017, instructions=_DOCK),
    Place("estuaire-vertou", "estuaire", "nantes", "Entrepôt de Vertou", "route de Clisson",
          "44120", "Vertou", 47.1686, -1.4697, instructions=_DOCK),
    Place("kerguen-carquefou", "kerguen", "nantes", "Bureaux de Carquefou", "rue du Moulin-de-la-Rousselière",
          "44470", "Carquefou", 47.2978, -1.4917),
    Place("kerguen-nazaire", "kerguen", "nantes", "Cale de Saint-Nazaire", "boulevard de la Légion-d'Honneur",
          "44600", "Saint-Nazaire", 47.2780, -2.1990, instructions=_DOCK),
    Place("kerguen-orvault", "kerguen", "nantes", "Bureau d'études d'Orvault", "route de Vannes",
          "44700", "Orvault", 47.2717, -1.6228),
    Place("kerguen-ancenis", "kerguen", "nantes", "Atelier d'Ancenis", "boulevard Docteur-Moutel",
          "44150", "Ancenis-Saint-Géréon", 47.3667, -1.1767, instructions=_DOCK),
    Place("kerguen-roche", "kerguen", "nantes", "Atelier de La Roche-sur-Yon", "boulevard des États-Unis",
          "85000", "La Roche-sur-Yon", 46.6705, -1.4264, instructions=_DOCK),
    Place("vauban-nantes", "vauban", "nantes", "Cabinet de Nantes", "rue Crébillon",
          "44000", "Nantes", 47.2135, -1.5610),
    Place("vauban-lyon", "vauban", "lyon", "Cabinet de Lyon", "rue de la République",
          "69002", "Lyon", 45.7640, 4.8357),
    Place("vauban-dardilly", "vauban", "lyon", "Bureau de Dardilly", "chemin des Cuers",
          "69570", "Dardilly", 45.8058, 4.7533),
    Place("vauban-nancy", "vauban", "nancy", "Cabinet de Nancy", "cours Léopold",
          "54000", "Nancy", 48.6950, 6.1770),
    Place("vauban-thionville", "vauban", "nancy", "Bureau de Thionville", "rue de Paris",
          "57100", "Thionville", 49.3579, 6.1684, "FR-57"),
    Place("rhenanes-strasbourg", "rhenanes", "nancy", "Pharmacie de Strasbourg", "rue des Grandes-Arcades",
          "67000", "Strasbourg", 48.5834, 7.7458, "FR-6AE", good_friday=True, instructions=_BELL),
    Place("rhenanes-laxou", "rhenanes", "nancy", "Pharmacie de Laxou", "boulevard Émile-Zola",
          "54520", "Laxou", 48.6830, 6.1490, instructions=_BELL),
    Place("rhenanes-verdun", "rhenanes", "nancy", "Pharmacie de Verdun", "rue Mazel",
          "55100", "Verdun", 49.1599, 5.3844, instructions=_BELL),
    Place("rhenanes-luneville", "rhenanes", "nancy", "Pharmacie de Lunéville", "rue Carnot",
          "54300", "Lunéville", 48.5910, 6.4960, instructions=_BELL),
    Place("rhenanes-oullins", "rhenanes", "lyon", "Pharmacie d'Oullins", "grande rue d'Oullins",
          "69600", "Oullins-Pierre-Bénite", 45.7147, 4.8075, instructions=_BELL),
    Place("austral-denis", "austral", REUNION, "Comptoir de Saint-Denis", "rue du Maréchal-Leclerc",
          "97400", "Saint-Denis", -20.8789, 55.4481, "FR-974", time_zone="Indian/Reunion"),
    Place("austral-nantes", "austral", "nantes", "Entrepôt de Bouguenais", "rue de l'Aviation",
          "44340", "Bouguenais", 47.1775, -1.6208, instructions=_DOCK),
    Place("austral-lyon", "austral", "lyon", "Boutique de Lyon", "rue Victor-Hugo",
          "69002", "Lyon", 45.7530, 4.8286, instructions=_BELL),
    Place("austral-nancy", "austral", "nancy", "Boutique de Nancy", "rue Saint-Dizier",
          "54000", "Nancy", 48.6890, 6.1840, instructions=_BELL),
    Place("austral-tarare", "austral", "lyon", "Atelier de Tarare", "rue Étienne-Dolet",
          "69170", "Tarare", 45.8961, 4.4331, instructions=_DOCK),
)  # fmt: skip
