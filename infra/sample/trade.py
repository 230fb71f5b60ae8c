"""The sample firm's trade: its skills, the kinds of work it does, the parts that it keeps."""

from dataclasses import dataclass, field

from infra.sample.calls import Json


@dataclass(frozen=True)
class Work:
    """A work type; ``needs`` are pieces by SKU. ``complaints`` are how clients put it.

    ``remote``: the hotline tries it before anybody goes there.
    """

    id: str
    fr: str
    en: str
    kind: str
    minutes: int
    skills: Json
    complaints: tuple[str, ...]
    remedy: str
    needs: Json = field(default_factory=dict)
    safety: str | None = None
    remote: bool = False


@dataclass(frozen=True)
class Spare:
    """``in_van``: pieces in the van of whoever can fit it; ``in_depot``: in each depot."""

    sku: str
    name: str
    skill: str
    level: int
    in_van: int
    in_depot: int
    supplier: str


WORKS = (
    Work("no-power", "Poste qui ne s'allume plus", "Workstation without power", "incident", 45,
         {"hardware": 1}, ("Le poste de l'accueil ne s'allume plus", "PC éteint après une coupure"),
         "Alimentation remplacée, poste testé pendant dix minutes.", {"psu-550": 1}),
    Work("dead-screen", "Écran noir", "Dead screen", "incident", 30,
         {"hardware": 1}, ("Écran noir au guichet", "L'écran clignote puis s'éteint"),
         "Écran remplacé, résolution réglée.", {"screen-24": 1}),
    Work("motherboard", "Carte mère à remplacer", "Motherboard replacement", "incident", 75,
         {"hardware": 3}, ("Le poste de radiologie s'arrête seul", "Bips au démarrage, rien à l'écran"),
         "Carte mère remplacée, micrologiciel mis à jour.", {"motherboard-q670": 1}),
    Work("printer-driver", "Pilote d'imprimante", "Printer driver", "incident", 30,
         {"printing": 1}, ("L'imprimante sort des signes étranges", "Plus d'impression depuis hier"),
         "Pilote réinstallé, page de test imprimée.", remote=True),
    Work("printer-jam", "Imprimante en panne", "Printer out of order", "incident", 45,
         {"printing": 2}, ("Bourrages à répétition sur le copieur", "Le four du copieur est en erreur"),
         "Kit de fusion remplacé, compteur remis à zéro.", {"fuser-kit": 1}),
    Work("server-unreachable", "Serveur injoignable", "Server unreachable", "incident", 60,
         {"server": 2}, ("Serveur de fichiers injoignable", "Plus personne n'ouvre le logiciel métier"),
         "Service redémarré, journal nettoyé, surveillance ajoutée."),
    Work("raid-degraded", "Disque de serveur en panne", "Server disk failure", "incident", 60,
         {"server": 3}, ("Voyant orange sur la baie de disques", "Alerte RAID dégradé ce matin"),
         "Disque remplacé, reconstruction lancée et vérifiée.", {"hdd-4t": 1}),
    Work("lost-connection", "Connexion perdue", "Lost connection", "incident", 45,
         {"network": 1}, ("Plus de réseau à l'étage", "Wi-Fi coupé dans la réserve"),
         "Câble de brassage remplacé, débit mesuré.", {"patch-cord": 2}),
    Work("switch-dead", "Commutateur en panne", "Switch failure", "incident", 60,
         {"network": 2}, ("Tout le bâtiment est sans réseau", "Le commutateur de la baie est éteint"),
         "Commutateur remplacé, configuration rechargée.", {"switch-24": 1},
         "Baie sous tension : habilitation électrique B1V."),
    Work("virus", "Virus ou comportement suspect", "Virus or suspicious behaviour", "incident", 60,
         {"security": 2}, ("Des fenêtres s'ouvrent toutes seules", "Fichiers chiffrés sur un partage"),
         "Poste isolé, nettoyé, mots de passe changés."),
    Work("lost-files", "Fichiers perdus", "Lost files", "incident", 45,
         {"workstation": 2}, ("Le dossier partagé a disparu", "Plus aucun document sur le bureau"),
         "Fichiers restaurés depuis la sauvegarde de la nuit.", remote=True),
    Work("installation", "Installation de poste", "Workstation installation", "request", 50,
         {"workstation": 1}, ("Deux postes à installer lundi", "Nouveau poste pour la comptabilité"),
         "Poste installé, applications et imprimante configurées.", {"patch-cord": 1}),
    Work("move", "Déménagement de poste", "Workstation move", "request", 40,
         {"workstation": 1}, ("Déplacer trois postes au rez-de-chaussée", "Changement de bureau vendredi"),
         "Postes déplacés et raccordés."),
    Work("peripheral", "Ajout de périphérique", "Peripheral installation", "request", 30,
         {"workstation": 1}, ("Installer une douchette à la caisse", "Ajouter un second écran"),
         "Périphérique installé et essayé avec l'utilisateur."),
    Work("upkeep", "Entretien préventif", "Preventive maintenance", "maintenance", 45,
         {"hardware": 1}, ("Entretien semestriel des postes",),
         "Postes dépoussiérés, disques contrôlés, mises à jour passées."),
    Work("training", "Formation d'utilisateurs", "User training", "training", 60,
         {"workstation": 2}, ("Prise en main de la messagerie pour l'équipe",),
         "Équipe formée, fiche mémo remise."),
    Work("software-update", "Mise à jour de logiciel", "Software update", "request", 30,
         {"workstation": 1}, ("Mettre à jour le logiciel de caisse", "Nouvelle version de la comptabilité"),
         "Mise à jour passée, démarrage vérifié avec l'utilisateur.", remote=True),
    Work("account", "Création de compte", "Account creation", "request", 20,
         {"workstation": 1}, ("Compte à créer pour une arrivée lundi", "Accès à la messagerie à ouvrir"),
         "Compte créé, droits posés, mot de passe remis à l'intéressé.", remote=True),
    Work("cabling", "Câblage", "Cabling", "request", 75,
         {"network": 1}, ("Deux prises réseau à ajouter", "Relier le nouveau bureau à la baie"),
         "Prises posées, liens testés et repérés.", {"patch-cord": 4}),
    Work("advice", "Conseil avant achat", "Advice before purchase", "advice", 30,
         {"workstation": 2}, ("Quels portables pour les itinérants ?", "Faut-il remplacer le serveur ?"),
         "Besoins recueillis, deux modèles proposés par écrit.", remote=True),
)  # fmt: skip

SPARES = (
    Spare("psu-550", "Alimentation ATX 550 W", "hardware", 1, 2, 6, "Rhône Composants"),
    Spare("screen-24", "Écran 24 pouces", "hardware", 1, 1, 8, "Rhône Composants"),
    # No depot keeps it: when a van's is gone, the visit goes to a technician who still has one.
    Spare("motherboard-q670", "Carte mère Q670", "hardware", 3, 1, 0, "Rhône Composants"),
    Spare("fuser-kit", "Kit de fusion pour copieur", "printing", 2, 1, 3, "Lorraine Bureautique"),
    Spare("hdd-4t", "Disque SAS 4 To", "server", 3, 1, 4, "Lorraine Bureautique"),
    Spare("patch-cord", "Cordon RJ45 3 m", "workstation", 1, 10, 60, "Rhône Composants"),
    Spare("switch-24", "Commutateur 24 ports", "network", 2, 1, 3, "Lorraine Bureautique"),
)
