"""Known repairs of servers: stopped services, disks, batteries, backups."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

SERVERS: Mapping[str, Json] = {
    "server-service-restart": repair(
        ("Service arrêté sur le serveur", "Stopped service on the server"),
        (
            "Le logiciel métier dit « connexion au serveur impossible » chez tous. Internet marche pourtant.",
            "Our business software says “cannot connect to the server” for everyone. The Internet works.",
        ),
        (
            "Le service Windows du logiciel, ou de sa base de données, s'est arrêté sans repartir seul.",
            "The Windows service of the software, or of its database, stopped and did not restart.",
        ),
        (
            "Par mstsc, vérifiez la place libre du serveur : un disque plein arrête la base de données.",
            "With mstsc, check the server's free disk space: a full disk stops the database.",
        ),
        (
            "Dans services.msc, triez par « Type de démarrage » : repérez les services automatiques arrêtés.",
            "Run services.msc, sort by “Startup Type”: look for automatic services that are not “Running”.",
        ),
        (
            "Clic droit > Démarrer : la base d'abord (« SQL Server (MSSQLSERVER) »), puis le logiciel.",
            "Right-click > Start: the database first (“SQL Server (MSSQLSERVER)”), then the software.",
        ),
        (
            "Dans eventvwr.msc > Journaux Windows > Système, cherchez la cause : événements 7031 et 7034.",
            "In eventvwr.msc > Windows Logs > System, look for the cause: events 7031 and 7034.",
        ),
        (
            "Propriétés du service > Récupération : « Redémarrer le service » aux deux premiers échecs.",
            "Service properties > Recovery: “Restart the Service” on the first two failures.",
        ),
        (
            "Faites ouvrir le logiciel et enregistrer une fiche depuis deux postes différents.",
            "Have the software opened and a record saved from two different workstations.",
        ),
        categories=("server-unreachable",),
        minutes=30,
        skills={"server": 2},
    ),
    "server-rebooted-ups": repair(
        ("Serveur resté éteint après une coupure de courant", "Server still off after a power cut"),
        (
            "Depuis la coupure de courant, plus de dossiers partagés ni de logiciel. Les postes marchent.",
            "Since the power cut, we have no shared folders and no software. The computers work.",
        ),
        (
            "L'onduleur s'est vidé, et le serveur n'est pas réglé pour repartir au retour du courant.",
            "The UPS ran empty, and the server is not set to start again when power returns.",
        ),
        (
            "Contrôlez disjoncteur et onduleur : sur secteur, et rechargé à 50 % avant de redémarrer.",
            "Check the breaker and the UPS: on mains, and charged to 50% before anything is started.",
        ),
        (
            "Rallumez un par un : commutateurs et pare-feu, puis baie de disques ou NAS, puis serveur.",
            "Switch on one by one: switches and firewall, then disk array or NAS, then the server.",
        ),
        (
            "Vérifiez le RAID, puis l'heure de l'arrêt : eventvwr.msc > Système, événements 41 et 6008.",
            "Check the RAID, then when it stopped: eventvwr.msc > System, events 41 and 6008.",
        ),
        (
            "Dans services.msc, démarrez les services automatiques arrêtés ; essayez un partage.",
            "In services.msc, start the automatic services still stopped; try a share.",
        ),
        (
            "Dans le BIOS du serveur, réglez « AC Power Recovery » ou son équivalent sur « Last State ».",
            "In the server's BIOS, set “AC Power Recovery” or its equivalent to “Last State”.",
        ),
        (
            "Reliez l'onduleur en USB et réglez son logiciel : arrêt propre à cinq minutes d'autonomie.",
            "Connect the UPS by USB and set its software: clean shutdown at five minutes of battery.",
        ),
        categories=("server-unreachable",),
        minutes=60,
        onsite=True,
        skills={"server": 2},
    ),
    "raid-disk": repair(
        ("Disque en panne dans un RAID", "Failed disk in a RAID"),
        (
            "Le serveur bipe et un de ses disques a un voyant orange. Tout fonctionne, mais lentement.",
            "The server beeps and one of its disks has an amber light. All works, but slowly.",
        ),
        (
            "Un disque est en panne : le RAID, dégradé, ne survivrait pas forcément à un second.",
            "One disk has failed: the RAID, now degraded, may not survive a second failure.",
        ),
        (
            "Vérifiez que la dernière sauvegarde a réussi ; sinon, lancez-en une avant toute chose.",
            "Check that the last backup succeeded; if not, run one before anything else.",
        ),
        (
            (
                "Dans l'outil du contrôleur (iDRAC, iLO ou utilitaire RAID), relevez l'emplacement du disque "
                "« Failed » et faites clignoter son voyant."
            ),
            (
                "In the controller's tool (iDRAC, iLO or RAID utility), note the slot of the “Failed” disk "
                "and make its light blink."
            ),
        ),
        (
            (
                "Serveur allumé, déverrouillez ce disque seul, tirez-le de trois centimètres et attendez "
                "trente secondes l'arrêt des plateaux."
            ),
            (
                "With the server running, unlock that disk only, pull it out three centimetres and wait "
                "thirty seconds for it to spin down."
            ),
        ),
        (
            "Montez dans le tiroir un disque de capacité au moins égale et poussez jusqu'au déclic.",
            "Fit a disk of at least the same capacity in the tray and push it in until it clicks.",
        ),
        (
            "L'état doit passer à « Rebuilding » ; sinon, déclarez le disque en secours (« hot spare »).",
            "The state must turn to “Rebuilding”; if it does not, assign the disk as a hot spare.",
        ),
        (
            "Suivez à distance jusqu'à « Optimal » (souvent une nuit) ; faites détruire l'ancien disque.",
            "Follow remotely until “Optimal” (often overnight); have the old disk destroyed.",
        ),
        categories=("raid-degraded",),
        minutes=60,
        onsite=True,
        parts={"hdd-4t": 1},
        skills={"server": 3},
    ),
    "ups-battery": repair(
        ("Batterie d'onduleur à changer", "UPS battery to replace"),
        (
            "Le gros boîtier sous le serveur bipe sans arrêt. Un voyant de batterie rouge est allumé.",
            "The big box under the server keeps beeping. A red battery light is on.",
        ),
        (
            "La batterie de l'onduleur, vieille de trois à cinq ans, ne tient plus la charge.",
            "The UPS battery is three to five years old and no longer holds its charge.",
        ),
        (
            "Relevez sur l'étiquette le modèle de l'onduleur et la référence de la batterie à commander.",
            "Read on the label the UPS model and the reference of the battery to order.",
        ),
        (
            (
                "Coupez le bip (touche Mute) et vérifiez dans la notice que la batterie se change à chaud ; "
                "sinon, arrêtez proprement le serveur."
            ),
            (
                "Silence the beep (Mute key) and check in the manual that the battery is hot-swappable; if "
                "not, shut the server down cleanly."
            ),
        ),
        (
            "Sans bague ni montre, ouvrez la façade, débranchez la batterie et tirez-la par sa languette.",
            "With rings and watch off, open the front, unplug the battery and pull it out by its tab.",
        ),
        (
            "Glissez le bloc neuf, rebranchez le connecteur jusqu'en butée et refermez la façade.",
            "Slide the new pack in, push the connector fully home and close the panel.",
        ),
        (
            "Après six heures de charge, lancez l'autotest : le voyant rouge doit rester éteint.",
            "After six hours of charge, run the self-test: the red light must stay off.",
        ),
        (
            "Notez la date sur la batterie et à l'inventaire ; recyclez l'ancienne en filière plomb.",
            "Write the date on the battery and in the inventory; recycle the old one as lead.",
        ),
        categories=("server-unreachable", "upkeep"),
        minutes=45,
        onsite=True,
        skills={"server": 2},
    ),
    "backup-failed": repair(
        ("Sauvegarde de la nuit en échec", "Last night's backup failed"),
        (
            "J'ai reçu un message qui dit que la sauvegarde de cette nuit a échoué.",
            "I received a message saying that last night's backup failed.",
        ),
        (
            (
                "La destination est pleine ou injoignable, le mot de passe du compte de sauvegarde a changé, "
                "ou un enregistreur VSS est en erreur."
            ),
            (
                "The target is full or unreachable, the backup account's password has changed, or a VSS "
                "writer is in error."
            ),
        ),
        (
            (
                "Ouvrez la console de sauvegarde (Veeam, ou wbadmin.msc pour Windows Server) et lisez le "
                "message exact de la dernière tâche."
            ),
            (
                "Open the backup console (Veeam, or wbadmin.msc for Windows Server) and read the exact "
                "message of the last job."
            ),
        ),
        (
            (
                "Vérifiez que la destination répond : disque branché, partage du NAS ouvert avec le compte "
                "de sauvegarde, place libre suffisante."
            ),
            (
                "Check that the target answers: disk plugged in, NAS share opened with the backup account, "
                "enough free space."
            ),
        ),
        (
            "Si c'est plein, retirez les plus anciens points par la console, jamais à la main.",
            "If it is full, remove the oldest restore points in the console, never by hand.",
        ),
        (
            "Si l'accès est refusé, saisissez le nouveau mot de passe dans les identifiants de la tâche.",
            "If access is denied, enter the new password in the job's credentials.",
        ),
        (
            (
                "En invite administrateur, tapez « vssadmin list writers » : redémarrez le service de tout "
                "enregistreur qui n'est pas « Stable »."
            ),
            (
                "In an administrator prompt, type “vssadmin list writers”: restart the service behind any "
                "writer that is not “Stable”."
            ),
        ),
        (
            "Relancez la tâche jusqu'au succès, puis restaurez un fichier d'essai dans un autre dossier.",
            "Run the job until it succeeds, then restore a test file into another folder.",
        ),
        categories=("server-unreachable", "upkeep"),
        minutes=45,
        skills={"server": 2},
    ),
    "nas-full": repair(
        ("Serveur de fichiers plein", "File server full"),
        (
            "Impossible d'enregistrer sur le partage : espace insuffisant. Mes collègues non plus.",
            "I cannot save to the shared folder: not enough space. My colleagues cannot either.",
        ),
        (
            "Le volume est plein, souvent de corbeille réseau, d'instantanés ou de vieilles archives.",
            "The volume is full, often of network recycle bins, snapshots or old archives.",
        ),
        (
            (
                "Dans l'interface du NAS, page Stockage, ou dans diskmgmt.msc sur un serveur Windows, "
                "relevez le volume plein et sa place libre."
            ),
            (
                "On the NAS's Storage page, or in diskmgmt.msc on a Windows server, note which volume is "
                "full and its free space."
            ),
        ),
        (
            (
                "Avec l'accord du client, videz la corbeille réseau des dossiers partagés (dossier #recycle "
                "ou @Recycle) : la place revient vite."
            ),
            (
                "With the client's consent, empty the shared folders' network recycle bin (#recycle or "
                "@Recycle): space comes back fast."
            ),
        ),
        (
            "Contrôlez les instantanés : ramenez leur conservation à la règle convenue avec le client.",
            "Check the snapshots: bring their retention back to the rule agreed with the client.",
        ),
        (
            (
                "Établissez la liste des plus gros dossiers (analyseur du NAS, fsrm.msc ou TreeSize) et "
                "envoyez-la au responsable, qui choisit."
            ),
            (
                "List the largest folders (the NAS's analyser, fsrm.msc or TreeSize) and send the list to "
                "the manager, who decides."
            ),
        ),
        (
            "Archivez ce qui a été validé, puis faites enregistrer un fichier par l'utilisateur.",
            "Archive what was approved, then have the user save a file.",
        ),
        (
            "Réglez une alerte à 80 % et proposez d'agrandir si ce seuil revient dans l'année.",
            "Set an alert at 80% and offer a larger volume if that mark comes back within the year.",
        ),
        categories=("server-unreachable", "lost-files"),
        minutes=45,
        skills={"server": 2},
    ),
}
