"""Known repairs of workstations: power, heat, disks, keyboards and Windows itself."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

WORKSTATIONS: Mapping[str, Json] = {
    "no-power-strip": repair(
        ("Multiprise ou prise coupée", "Power strip or socket off"),
        (
            "Mon PC ne s'allume plus. Aucun voyant, aucun bruit quand j'appuie sur le bouton.",
            "My PC won't turn on. No light, no noise when I press the button.",
        ),
        ("La multiprise est éteinte ou la prise est morte.", "The power strip is off or the socket dead."),
        ("Allumer l'interrupteur de la multiprise.", "Switch the power strip on."),
        ("Enfoncer à fond le cordon du PC, aux deux bouts.", "Push the PC's cord fully in, at both ends."),
        (
            "Essayer une prise murale qui marche, sans multiprise.",
            "Try a live wall socket, without the strip.",
        ),
        (
            "Mettre l'interrupteur à l'arrière du PC sur I, puis appuyer sur le bouton de marche.",
            "Set the switch at the back of the PC to I, then press the power button.",
        ),
        categories=("no-power",),
        minutes=10,
        self_service=True,
    ),
    "psu-dead": repair(
        ("Bloc d'alimentation du PC grillé", "PC power supply burnt out"),
        (
            "Le poste est mort, même sur une autre prise. Il y a eu un claquement et une odeur de brûlé.",
            "The PC is dead, even on another socket. There was a bang and a burning smell.",
        ),
        ("Le bloc ne délivre plus le 5 V ou le 12 V.", "The supply no longer gives 5 V or 12 V."),
        (
            "Débrancher le cordon secteur, puis tenir le bouton de marche 10 s pour décharger le bloc.",
            "Unplug the mains cord, then hold the power button for 10 s to discharge the supply.",
        ),
        (
            "Confirmer au testeur ATX ; ne jamais ouvrir le bloc.",
            "Confirm with an ATX tester; never open it.",
        ),
        (
            "Ôter les quatre vis arrière et les prises 24 broches, processeur et SATA ; poser le neuf.",
            "Remove the four rear screws and the 24-pin, CPU and SATA plugs; fit the new supply.",
        ),
        ("Démarrer et laisser tourner dix minutes.", "Start the PC and let it run for ten minutes."),
        categories=("no-power",),
        minutes=45,
        onsite=True,
        parts={"psu-550": 1},
        skills={"hardware": 1},
    ),
    "motherboard-dead": repair(
        ("Carte mère morte", "Dead motherboard"),
        (
            "Le PC s'arrête tout seul ou ne démarre plus. Les ventilateurs tournent, rien à l'écran.",
            "The PC stops by itself or no longer starts. The fans spin but nothing shows on the screen.",
        ),
        ("Un composant de la carte mère a lâché.", "A component of the motherboard has failed."),
        (
            "Essayer avec une autre alimentation et une seule barrette : si rien ne change, c'est la carte.",
            "Try another power supply and a single memory module: if nothing changes, it is the board.",
        ),
        ("Couper le secteur, mettre le bracelet antistatique.", "Cut the mains, wear an antistatic strap."),
        (
            "Passer processeur (pâte thermique neuve), mémoire et SSD sur la carte neuve.",
            "Move the processor (fresh thermal paste), memory and SSD to the new board.",
        ),
        ("Mettre à jour l'UEFI, activer TPM et Secure Boot.", "Update the UEFI, enable TPM and Secure Boot."),
        (
            "Démarrer, saisir la clé de récupération BitLocker, puis vérifier l'activation de Windows.",
            "Start, enter the BitLocker recovery key, then check that Windows is activated.",
        ),
        categories=("motherboard", "no-power"),
        minutes=75,
        onsite=True,
        parts={"motherboard-q670": 1},
        skills={"hardware": 3},
    ),
    "memory-reseat": repair(
        ("Barrette mémoire mal enfichée", "Badly seated memory module"),
        (
            "Le PC bipe au démarrage et l'écran reste noir. Il a été déplacé ou a reçu un choc.",
            "The PC beeps at startup and the screen stays black. It was moved or knocked.",
        ),
        ("Une barrette n'est plus en contact.", "A memory module no longer makes contact."),
        ("Débrancher le PC, mettre le bracelet antistatique.", "Unplug the PC, wear an antistatic strap."),
        (
            "Sortir chaque barrette, souffler le logement, la remettre jusqu'au clic des loquets.",
            "Take out each module, blow out its slot and push it back until the latches click.",
        ),
        ("S'il bipe encore, essayer les barrettes une à une.", "If it still beeps, try them one by one."),
        ("Lancer mdsched.exe pour tester la mémoire.", "Run mdsched.exe to test the memory."),
        categories=("motherboard", "no-power"),
        minutes=30,
        onsite=True,
        skills={"hardware": 1},
    ),
    "overheating-dust": repair(
        ("Surchauffe, poussière dans le PC", "Overheating, dust in the PC"),
        (
            "Le PC s'éteint seul au bout d'un moment. Il est brûlant et souffle très fort.",
            "The PC turns itself off after a while. It is very hot and the fan is loud.",
        ),
        ("La poussière bouche radiateur et ventilateurs.", "Dust clogs the heatsink and the fans."),
        ("Éteindre, débrancher et ouvrir le capot.", "Shut down, unplug and open the case."),
        (
            "Souffler radiateur, filtres et alimentation à l'air sec, en bloquant les ventilateurs.",
            "Blow dry air through heatsink, filters and power supply, holding the fans still.",
        ),
        ("Changer la pâte thermique si elle est sèche.", "Renew the thermal paste if it is dry."),
        (
            "Mesurer dix minutes en charge : moins de 85 °C. Laisser 10 cm libres derrière le PC.",
            "Measure for ten minutes under load: below 85 °C. Leave 10 cm free behind the PC.",
        ),
        categories=("upkeep", "no-power", "motherboard"),
        minutes=45,
        onsite=True,
        skills={"hardware": 1},
    ),
    "laptop-battery": repair(
        ("Batterie de portable usée", "Worn laptop battery"),
        (
            "Mon portable tient dix minutes sans le chargeur. Il s'éteint d'un coup à 30 %.",
            "My laptop lasts ten minutes without the charger. It dies suddenly at 30%.",
        ),
        ("La batterie a perdu sa capacité avec l'âge.", "The battery has lost its capacity with age."),
        (
            "Si la coque gonfle ou le pavé tactile se soulève : éteindre, débrancher, ne plus charger.",
            "If the case bulges or the touchpad lifts: shut down, unplug and do not charge it again.",
        ),
        (
            "Lancer powercfg /batteryreport, ouvrir le rapport.",
            "Run powercfg /batteryreport, open the report.",
        ),
        (
            "Comparer FULL CHARGE CAPACITY à DESIGN CAPACITY : sous 60 %, la batterie est à changer.",
            "Compare FULL CHARGE CAPACITY with DESIGN CAPACITY: below 60%, the battery must be changed.",
        ),
        ("Commander celle du modèle et planifier l'échange.", "Order the model's own and plan the swap."),
        categories=("no-power", "upkeep"),
        minutes=20,
        skills={"hardware": 1},
    ),
    "laptop-charger": repair(
        ("Chargeur de portable défectueux", "Faulty laptop charger"),
        (
            "Mon portable ne charge plus, même branché. Le voyant de charge reste éteint.",
            "My laptop no longer charges, even plugged in. The charging light stays off.",
        ),
        ("Le chargeur ou son câble est coupé.", "The charger or its cable is broken."),
        ("Essayer une autre prise murale.", "Try another wall socket."),
        (
            "Emprunter un chargeur de même modèle, ou USB-C d'au moins autant de watts, et l'essayer.",
            "Borrow a charger of the same model, or USB-C of at least as many watts, and try it.",
        ),
        ("En USB-C, essayer aussi l'autre port.", "With USB-C, try the other port too."),
        (
            "S'il charge, jeter l'ancien chargeur aux déchets électroniques et en demander un neuf.",
            "If it charges, put the old charger in electronic waste and ask for a new one.",
        ),
        categories=("no-power", "peripheral"),
        minutes=10,
        self_service=True,
    ),
    "keyboard-mouse-wireless": repair(
        ("Piles du clavier ou de la souris sans fil", "Wireless keyboard or mouse batteries"),
        (
            "Ma souris ou mon clavier sans fil ne répond plus. Le pointeur saute, des lettres manquent.",
            "My wireless mouse or keyboard does not respond. The pointer jumps, letters are missing.",
        ),
        ("Piles vides ou récepteur USB trop loin.", "Flat batteries or USB receiver too far away."),
        ("Mettre des piles neuves, ou charger une heure.", "Fit new batteries, or charge for an hour."),
        ("Mettre l'interrupteur du dessous sur ON.", "Set the switch underneath to ON."),
        ("Rebrancher le récepteur sur un port USB en façade.", "Replug the receiver into a front USB port."),
        categories=("peripheral",),
        minutes=5,
        self_service=True,
    ),
    "keyboard-layout": repair(
        ("Clavier passé en QWERTY", "Keyboard switched to QWERTY"),
        (
            "Mon clavier écrit Q à la place de A et plus d'accents. Mon mot de passe est refusé.",
            "My keyboard types Q instead of A and no accents. My password is refused.",
        ),
        ("Un raccourci a choisi le clavier anglais.", "A shortcut picked the English keyboard."),
        ("Appuyer sur Windows + Espace jusqu'à Français.", "Press Windows + Space until French shows."),
        (
            "Sur l'écran de connexion, cliquer sur ENG en bas à droite et choisir FRA.",
            "On the sign-in screen, click ENG at the bottom right and choose FRA.",
        ),
        (
            "Pour de bon : Paramètres > Heure et langue > Langue et région, supprimer l'anglais.",
            "For good: Settings > Time & language > Language & region, remove English.",
        ),
        categories=("peripheral",),
        minutes=5,
        self_service=True,
    ),
    "usb-not-seen": repair(
        ("Clé USB non reconnue", "USB stick not recognised"),
        (
            "Je branche ma clé USB et rien n'apparaît. Windows dit périphérique USB non reconnu.",
            "I plug in my USB stick and nothing appears. Windows says USB device not recognised.",
        ),
        ("Port, concentrateur ou clé défectueux.", "Faulty port, hub or stick."),
        ("Brancher la clé sur le PC même, sans rallonge.", "Plug it into the PC itself, without a hub."),
        ("Redémarrer le PC, essayer un autre port.", "Restart the PC and try another port."),
        ("Refuser si Windows propose de formater la clé.", "Refuse if Windows offers to format the stick."),
        (
            "Si elle marche ailleurs, appeler l'assistance : le PC peut bloquer les clés par sécurité.",
            "If it works elsewhere, call the desk: the PC may block USB sticks for security.",
        ),
        categories=("peripheral", "lost-files"),
        minutes=10,
        self_service=True,
    ),
    "disk-full": repair(
        ("Disque plein, poste lent", "Full disk, slow PC"),
        (
            "Mon PC rame et dit que l'espace disque est insuffisant. Je ne peux plus enregistrer.",
            "My PC is slow and says it is low on disk space. I can no longer save anything.",
        ),
        ("Il reste moins de 10 % libres sur le disque C.", "Less than 10% is free on drive C."),
        ("Vider la Corbeille (clic droit, Vider).", "Empty the Recycle Bin (right-click, Empty)."),
        (
            "Paramètres > Système > Stockage > Fichiers temporaires : décocher Téléchargements, supprimer.",
            "Settings > System > Storage > Temporary files: untick Downloads, then remove.",
        ),
        ("Déplacer les vidéos et archives sur le serveur.", "Move videos and archives to the server."),
        ("Redémarrer : viser 20 Go libres.", "Restart: aim for 20 GB free."),
        categories=("upkeep",),
        minutes=20,
        self_service=True,
    ),
    "startup-programs": repair(
        ("Trop de programmes au démarrage", "Too many startup programs"),
        (
            "Mon PC met dix minutes à démarrer le matin. Tout est lent, puis cela va mieux.",
            "My PC takes ten minutes to start in the morning. Everything is slow, then it gets better.",
        ),
        ("Trop de logiciels se lancent avec la session.", "Too many programs start with the session."),
        ("Ctrl + Maj + Échap > Applications de démarrage.", "Ctrl + Shift + Esc > Startup apps."),
        (
            "Trier par impact et désactiver l'inutile ; garder antivirus, VPN, OneDrive et outil de parc.",
            "Sort by impact and disable what is not needed; keep antivirus, VPN, OneDrive and fleet agent.",
        ),
        ("Redémarrer et chronométrer avec l'utilisateur.", "Restart and time it with the user."),
        categories=("upkeep", "software-update"),
        minutes=20,
        skills={"workstation": 1},
    ),
    "ssd-worn": repair(
        ("SSD en fin de vie", "SSD at end of life"),
        (
            "Le PC est très lent, des fichiers ne s'ouvrent plus. Erreurs de lecture du disque.",
            "The PC is very slow and some files no longer open. Disk read errors.",
        ),
        ("Les cellules du SSD sont usées.", "The SSD's cells are worn out."),
        ("Copier d'abord les données sur le serveur.", "First copy the data to the server."),
        (
            "PowerShell admin : Get-PhysicalDisk | Get-StorageReliabilityCounter, lire Wear et ReadErrors.",
            "Admin PowerShell: Get-PhysicalDisk | Get-StorageReliabilityCounter, read Wear and ReadErrors.",
        ),
        (
            "Suspendre BitLocker (manage-bde -protectors -disable C:), cloner vers un SSD neuf, l'échanger.",
            "Suspend BitLocker (manage-bde -protectors -disable C:), clone to a new SSD and swap it.",
        ),
        ("Lancer chkdsk C: /scan et réactiver BitLocker.", "Run chkdsk C: /scan and resume BitLocker."),
        categories=("upkeep", "lost-files"),
        minutes=90,
        onsite=True,
        skills={"hardware": 2},
    ),
    "blue-screen-driver": repair(
        ("Écran bleu après un pilote", "Blue screen after a driver"),
        (
            "Écran bleu et redémarrage en boucle. Cela a commencé après une mise à jour.",
            "Blue screen and endless restarts. It started after an update.",
        ),
        ("Un pilote récent fait planter Windows.", "A recent driver crashes Windows."),
        ("Noter le code d'arrêt et le fichier .sys affichés.", "Note the stop code and .sys file shown."),
        (
            "Maj + Redémarrer > Dépannage > Options avancées > Paramètres, touche 5 (mode sans échec).",
            "Shift + Restart > Troubleshoot > Advanced options > Startup Settings, key 5 (safe mode).",
        ),
        (
            "devmgmt.msc > le périphérique > Propriétés > Pilote > Version précédente, puis redémarrer.",
            "devmgmt.msc > the device > Properties > Driver > Roll Back Driver, then restart.",
        ),
        categories=("software-update", "motherboard"),
        minutes=40,
        skills={"workstation": 2},
    ),
    "updates-stuck": repair(
        ("Mise à jour Windows bloquée", "Windows update stuck"),
        (
            "Windows Update tourne sans fin ou finit en erreur. La même mise à jour revient chaque jour.",
            "Windows Update runs forever or ends in an error. The same update comes back every day.",
        ),
        ("Le cache de Windows Update est corrompu.", "The Windows Update cache is corrupt."),
        ("Vérifier qu'il reste 20 Go libres sur C.", "Check that 20 GB are free on C."),
        (
            "Invite admin : net stop wuauserv, net stop bits, renommer C:\\Windows\\SoftwareDistribution.",
            "Admin prompt: net stop wuauserv, net stop bits, rename C:\\Windows\\SoftwareDistribution.",
        ),
        (
            "Réparer Windows : DISM /Online /Cleanup-Image /RestoreHealth, puis sfc /scannow.",
            "Repair Windows: DISM /Online /Cleanup-Image /RestoreHealth, then sfc /scannow.",
        ),
        ("Redémarrer et rechercher les mises à jour.", "Restart and check for updates."),
        categories=("software-update",),
        minutes=45,
        skills={"workstation": 2},
    ),
    "app-frozen": repair(
        ("Logiciel figé", "Frozen program"),
        (
            "Mon logiciel est figé et affiche Ne répond pas. Impossible de le fermer avec la croix.",
            "My program is frozen and says Not responding. The cross does not close it.",
        ),
        ("Le programme est bloqué en mémoire.", "The program hangs in memory."),
        ("Attendre une minute : il enregistre peut-être.", "Wait a minute: it may be saving."),
        (
            "Ctrl + Maj + Échap, choisir le logiciel, Fin de tâche : le travail non enregistré est perdu.",
            "Ctrl + Shift + Esc, select the program, End task: unsaved work is lost.",
        ),
        ("Le rouvrir et accepter le fichier récupéré.", "Open it again and accept the recovered file."),
        ("S'il se fige encore, redémarrer le PC.", "If it freezes again, restart the PC."),
        categories=("software-update",),
        minutes=5,
        self_service=True,
    ),
}
