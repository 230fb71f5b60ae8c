"""Where the sample firm works: real communes around its two agencies, made-up companies."""

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
    pace: str
    """Which promises it bought: ``round-the-clock``, ``business`` or ``shops``."""


@dataclass(frozen=True)
class Place:
    """A site. ``holidays`` differ from the national ones in Moselle, where some keep Good Friday."""

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
    instructions: str | None = None


WEEK = ("mon", "tue", "wed", "thu", "fri")


def _weekdays(opens: str, closes: str, *more: str) -> Json:
    return {day: [[opens, closes]] for day in (*WEEK, *more)}


AGENCIES = (
    Agency("lyon", "Agence de Lyon", 45.7485, 4.8467),
    Agency("nancy", "Agence de Nancy", 48.6737, 6.1615),
)

CLIENTS = (
    Client("saint-roch", "Cliniques Saint-Roch", "saint-roch.example", None, "round-the-clock"),
    Client("alpages", "Mutuelle des Alpages", "alpages.example", _weekdays("08:30", "18:00"), "business"),
    Client(
        "delorme", "Transports Delorme", "delorme.example", _weekdays("06:00", "21:00", "sat"), "business"
    ),
    Client("prouve", "Groupe scolaire Prouvé", "prouve.example", _weekdays("07:30", "18:00"), "business"),
    Client(
        "verreries", "Verreries de la Meurthe", "verreries.example", _weekdays("06:00", "20:00"), "business"
    ),
    Client("bertin", "Librairies Bertin", "bertin.example", _weekdays("08:30", "19:30", "sat"), "shops"),
)

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
)  # fmt: skip
