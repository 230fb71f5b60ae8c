"""Known ways to install, move, upgrade, clean and teach."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

INSTALLING: Mapping[str, Json] = {
    "new-workstation": repair(
        ("Nouveau poste à installer", "New workstation to install"),
        (
            "L'ordinateur neuf d'une collègue est arrivé. Il faut l'installer avec ses logiciels.",
            "A colleague's new computer has arrived. It needs setting up with her software.",
        ),
        (
            "Un poste neuf est à préparer, à relier au domaine et à remettre à son utilisateur.",
            "A new computer has to be prepared, joined to the domain and handed over to its user.",
        ),
        (
            "La veille, faites confirmer compte, logiciels, licences, imprimante et prise réseau libre.",
            "The day before, have account, software, licences, printer and network socket confirmed.",
        ),
        (
            "Joignez le domaine : Paramètres > Comptes > Accès Professionnel ou Scolaire > Se connecter.",
            "Join the domain: Settings > Accounts > Access work or school > Connect.",
        ),
        (
            "Passez Windows Update jusqu'au bout, puis l'outil du constructeur : pilotes et BIOS.",
            "Run Windows Update to the end, then the maker's tool: drivers and BIOS.",
        ),
        (
            "Installez logiciels, antivirus, imprimante ; activez BitLocker et sauvegardez sa clé.",
            "Install software, antivirus and printer; turn BitLocker on and store its key.",
        ),
        (
            "L'utilisateur essaie devant vous : session, messagerie, logiciel métier, partage, impression.",
            "The user tries with you there: login, mail, business software, share, printing.",
        ),
        (
            "Copiez ses documents, notez le numéro de série et gardez l'ancien disque quinze jours.",
            "Copy the documents, note the serial number and keep the old disk for two weeks.",
        ),
        categories=("installation",),
        minutes=60,
        onsite=True,
        skills={"workstation": 1},
    ),
    "move-desk": repair(
        ("Déménagement d'un poste", "Moving a workstation"),
        (
            "Je change de bureau vendredi. Il faudrait déplacer mon ordinateur, mon écran et mon téléphone.",
            "I am changing offices on Friday. My computer, screen and telephone need to be moved.",
        ),
        (
            "Le poste change de place et doit y retrouver réseau, téléphone et imprimante.",
            "The workstation changes places and must find network, telephone and printer there.",
        ),
        (
            "Vérifiez à l'avance que le nouveau bureau a du courant et une prise réseau brassée.",
            "Check beforehand that the new office has power and a patched network socket.",
        ),
        (
            "Photographiez les branchements, faites tout enregistrer, éteignez par Démarrer > Arrêter.",
            "Photograph the connections, have all work saved, then Start > Shut down.",
        ),
        (
            "Débranchez et étiquetez les câbles ; portez l'écran droit, sans appuyer sur la dalle.",
            "Unplug and label the cables; carry the screen upright, without pressing on its panel.",
        ),
        (
            "Rebranchez d'après la photo, avec un cordon réseau neuf, et contrôlez le voyant de la prise.",
            "Plug in again from the photograph, with a new network cord, and check the light on the socket.",
        ),
        (
            "Essayez avec l'utilisateur : partages, messagerie, téléphone, imprimante la plus proche.",
            "Try with the user: shared folders, mail, telephone, nearest printer.",
        ),
        (
            "Notez le nouveau bureau et le numéro de prise dans l'inventaire, et débrassez l'ancienne prise.",
            "Record the new office and socket number in the inventory, and unpatch the old socket.",
        ),
        categories=("move",),
        minutes=40,
        onsite=True,
        parts={"patch-cord": 1},
        skills={"workstation": 1},
    ),
    "software-licence": repair(
        ("Logiciel qui demande une licence", "Software that asks for a licence"),
        (
            "Mon logiciel dit que sa licence a expiré. Je ne peux plus rien modifier.",
            "My software says that its licence has expired. I can no longer edit anything.",
        ),
        (
            "La licence est échue, attribuée à quelqu'un d'autre, ou le compte ouvert n'est pas le bon.",
            "The licence has run out or is assigned to someone else, or the wrong account is signed in.",
        ),
        (
            "Relevez le logiciel, sa version et le message exact ; vérifiez la date et l'heure du poste.",
            "Note the software, its version and the exact message; check the computer's date and time.",
        ),
        (
            "Pour Office : Fichier > Compte > Se déconnecter, puis connectez le compte professionnel.",
            "For Office: File > Account > Sign out, then sign in with the work account.",
        ),
        (
            "Sur admin.microsoft.com > Facturation > Licences, attribuez une licence libre à l'utilisateur.",
            "At admin.microsoft.com > Billing > Licenses, assign a free licence to the user.",
        ),
        (
            "Autre logiciel : prenez la clé au registre des licences et saisissez-la par Aide > Activer.",
            "Other software: take the key from the licence register and enter it under Help > Activate.",
        ),
        (
            "Si elle est échue, demandez un devis à l'éditeur, puis l'accord du responsable.",
            "If it has run out, ask the publisher for a quote, then the manager for consent.",
        ),
        (
            "Rouvrez le logiciel, enregistrez un fichier et notez la prochaine échéance dans le registre.",
            "Open the software again, save a file and record the next expiry date in the register.",
        ),
        categories=("software-update", "installation"),
        minutes=20,
        skills={"workstation": 1},
    ),
    "software-install": repair(
        ("Logiciel à installer", "Software to install"),
        (
            "J'ai besoin d'un logiciel, mais Windows demande un mot de passe d'administrateur.",
            "I need some software, but Windows asks for an administrator password.",
        ),
        (
            "L'installation demande des droits d'administrateur, que les utilisateurs n'ont pas.",
            "Installing takes administrator rights, which users do not have.",
        ),
        (
            "Obtenez l'accord du responsable ; vérifiez licence, configuration requise et place libre.",
            "Get the manager's consent; check licence, system requirements and free space.",
        ),
        (
            "S'il est au catalogue : Portail d'entreprise, ou winget install --id et son identifiant.",
            "If it is in the catalogue: Company Portal, or winget install --id and its identifier.",
        ),
        (
            (
                "Sinon, téléchargez-le du seul site de l'éditeur ; clic droit > Propriétés > Signatures "
                "numériques doit porter son nom."
            ),
            (
                "Otherwise, download it only from the publisher's site; right-click > Properties > Digital "
                "Signatures must show its name."
            ),
        ),
        (
            "À distance, clic droit > Exécuter en tant qu'administrateur ; décochez les offres annexes.",
            "Remotely, right-click > Run as administrator; untick any extra offers.",
        ),
        (
            "Sans droits élevés, faites lancer le logiciel, ouvrir et enregistrer un fichier.",
            "Not elevated, have the user start the software, open a file and save it.",
        ),
        (
            "Ajoutez le logiciel et sa version à l'inventaire du poste.",
            "Add the software and its version to the computer's inventory record.",
        ),
        categories=("software-update", "installation"),
        minutes=30,
        skills={"workstation": 1},
    ),
    "os-upgrade": repair(
        ("Passage à la nouvelle version de Windows", "Upgrade to the new version of Windows"),
        (
            "Windows m'annonce que ma version ne sera plus prise en charge. Faut-il changer quelque chose ?",
            "Windows tells me that my version will no longer be supported. Do I need to change anything?",
        ),
        (
            "La version installée arrive en fin de support et ne recevra plus de correctifs de sécurité.",
            "The installed version is reaching its end of support and will get no more security fixes.",
        ),
        (
            (
                "Relevez la version par winver, et la compatibilité par l'application Contrôle d'intégrité "
                "du PC (TPM 2.0 visible dans tpm.msc)."
            ),
            (
                "Read the version with winver, and check that it can upgrade with the PC Health Check app "
                "(TPM 2.0 shows in tpm.msc)."
            ),
        ),
        (
            "Vérifiez auprès des éditeurs que logiciel métier, VPN et imprimante y sont compatibles.",
            "Check with the publishers that business software, VPN and printer are compatible.",
        ),
        (
            "Sauvegardez documents et clé BitLocker, libérez 30 Go, faites brancher le portable.",
            "Back up documents and BitLocker key, free 30 GB, have the laptop plugged in.",
        ),
        (
            (
                "Hors des heures de travail : Paramètres > Windows Update > Télécharger et installer, ou "
                "l'Assistant d'installation de Microsoft."
            ),
            (
                "Outside working hours: Settings > Windows Update > Download and install, or Microsoft's "
                "Installation Assistant."
            ),
        ),
        (
            "Ensuite, repassez Windows Update et essayez session, logiciel métier, impression et VPN.",
            "Then run Windows Update again and try login, business software, printing and VPN.",
        ),
        (
            "En cas d'échec, retour en arrière sous dix jours : Paramètres > Système > Récupération.",
            "If something fails, go back within ten days: Settings > System > Recovery.",
        ),
        categories=("software-update",),
        minutes=90,
        skills={"workstation": 1},
    ),
    "upkeep-cleaning": repair(
        ("Entretien et dépoussiérage d'un poste", "Upkeep and dusting of a workstation"),
        (
            "L'ordinateur souffle fort. Il n'a pas été nettoyé depuis longtemps.",
            "The computer's fans are loud. It has not been cleaned for a long time.",
        ),
        (
            "Poussière et mises à jour en retard s'accumulent ; un passage par semestre évite la panne.",
            "Dust and late updates build up; a visit every six months prevents breakdowns.",
        ),
        (
            "Arrêtez le poste, débranchez-le et appuyez cinq secondes sur le bouton d'allumage.",
            "Shut the computer down, unplug it and hold the power button for five seconds.",
        ),
        (
            "Avec un bracelet antistatique, soufflez grilles et radiateurs, ventilateurs bloqués du doigt.",
            "Wearing an antistatic strap, blow out grilles and heat sinks, holding the fans still.",
        ),
        (
            "Essuyez écran, clavier et souris avec une microfibre à peine humide, sans pulvériser.",
            "Wipe screen, keyboard and mouse with a barely damp microfibre cloth; do not spray.",
        ),
        (
            "Contrôlez le disque : CrystalDiskInfo « Correct », puis chkdsk C: /scan en administrateur.",
            "Check the disk: CrystalDiskInfo says “Good”, then chkdsk C: /scan as administrator.",
        ),
        (
            (
                "Passez Windows Update et l'antivirus, puis Paramètres > Système > Stockage > Fichiers "
                "temporaires, sans cocher Téléchargements."
            ),
            (
                "Run Windows Update and the antivirus, then Settings > System > Storage > Temporary files, "
                "leaving Downloads unticked."
            ),
        ),
        (
            "Notez au compte rendu l'âge du poste, l'état du disque et ce qu'il faudra remplacer.",
            "Write in the report the computer's age, its disk's state and what will need replacing.",
        ),
        categories=("upkeep",),
        minutes=45,
        onsite=True,
        skills={"hardware": 1},
    ),
    "training-mail": repair(
        ("Formation à la messagerie", "E-mail training"),
        (
            "L'équipe a changé de messagerie et chacun s'y perd un peu. Pourriez-vous nous montrer ?",
            "The team has a new mail program and everybody is a little lost. Could you show us?",
        ),
        (
            "Les utilisateurs ne connaissent pas encore les gestes courants de la nouvelle messagerie.",
            "The users do not yet know the everyday actions of the new mail program.",
        ),
        (
            "À l'avance, recueillez les questions de chacun et vérifiez salle, écran et comptes.",
            "Beforehand, collect everyone's questions and check room, screen and accounts.",
        ),
        (
            "Chacun pratique sur son poste : nouveau message (Ctrl + N), réponse, pièce jointe, recherche.",
            "Everyone practises on their computer: new message (Ctrl + N), reply, attachment, search.",
        ),
        (
            "Montrez les dossiers, Accueil > Règles et Paramètres > Comptes > Réponses automatiques.",
            "Show folders, Home > Rules and Settings > Accounts > Automatic replies.",
        ),
        (
            "Passez à l'agenda : invitation, réponse, partage (clic droit > Partage et autorisations).",
            "Go on to the calendar: inviting, answering, right-click > Sharing and permissions.",
        ),
        (
            "Terminez par la prudence : lire l'adresse complète, et Signaler > Signaler l'hameçonnage.",
            "Finish with caution: read the full address, and Report > Report phishing.",
        ),
        (
            "Remettez la fiche mémo, faites signer la présence et notez les questions sans réponse.",
            "Hand out the memo, have the attendance sheet signed and note unanswered questions.",
        ),
        categories=("training",),
        minutes=60,
        onsite=True,
        skills={"workstation": 2},
    ),
}
