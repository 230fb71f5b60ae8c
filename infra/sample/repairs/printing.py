"""Known repairs of printers and copiers."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

PRINTING: Mapping[str, Json] = {
    "printer-driver-reinstall": repair(
        ("Pilote d'imprimante corrompu", "Corrupt printer driver"),
        (
            "L'imprimante sort des signes étranges, des pages de symboles. Chez mon collègue, tout va bien.",
            "The printer puts out strange characters, pages of symbols. My colleague's prints are fine.",
        ),
        (
            "Le pilote du poste est abîmé ou ne parle pas le langage de l'imprimante (PCL, PostScript).",
            "The PC's driver is damaged or does not speak the printer's language (PCL, PostScript).",
        ),
        (
            "Annuler les documents en attente et supprimer l'imprimante dans Imprimantes et scanners.",
            "Cancel waiting documents and remove the printer in Printers & scanners.",
        ),
        (
            "En administrateur, lancer printui /s /t2 : supprimer le pilote et son package.",
            "As administrator, run printui /s /t2: remove the driver and its package.",
        ),
        (
            "Si le pilote est en cours d'utilisation : net stop spooler, net start spooler, recommencer.",
            "If the driver is in use: net stop spooler, net start spooler, then try again.",
        ),
        (
            "Installer le pilote PCL 6 du constructeur, sur l'adresse IP de l'imprimante.",
            "Install the maker's PCL 6 driver, on the printer's IP address.",
        ),
        ("Imprimer une page de test.", "Print a test page."),
        categories=("printer-driver",),
        minutes=30,
        skills={"printing": 1},
    ),
    "print-queue-cleared": repair(
        ("File d'impression bloquée", "Print queue stuck"),
        (
            "Plus rien ne s'imprime, mes documents restent en attente. Le premier est en erreur.",
            "Nothing prints any more, my documents stay waiting. The first one shows an error.",
        ),
        (
            "Un document en erreur bloque ceux qui le suivent.",
            "A document in error holds up those behind it.",
        ),
        (
            "Paramètres > Bluetooth et appareils > Imprimantes et scanners, choisir l'imprimante.",
            "Settings > Bluetooth & devices > Printers & scanners, choose the printer.",
        ),
        (
            "Ouvrir la file d'impression et annuler tous ses documents, en commençant par le premier.",
            "Open the print queue and cancel all your documents, starting with the first.",
        ),
        (
            "Éteindre l'imprimante, redémarrer le PC, puis rallumer l'imprimante.",
            "Turn the printer off, restart the PC, then turn the printer on again.",
        ),
        (
            "Imprimer une seule page. Si un document refuse de s'effacer, appeler l'assistance.",
            "Print a single page. If a document will not go away, call the desk.",
        ),
        categories=("printer-driver",),
        minutes=10,
        self_service=True,
    ),
    "printer-offline": repair(
        ("Imprimante hors ligne", "Printer offline"),
        (
            "Mon imprimante est marquée Hors connexion. Elle est allumée mais rien ne sort.",
            "My printer is shown as Offline. It is on but nothing comes out.",
        ),
        (
            "L'imprimante a perdu le réseau ou est restée en veille profonde.",
            "The printer has lost the network or is stuck in deep sleep.",
        ),
        (
            "Éteindre l'imprimante à son bouton, attendre trente secondes, rallumer.",
            "Turn the printer off at its button, wait thirty seconds, turn it on again.",
        ),
        (
            "Vérifier son câble réseau ou, en Wi-Fi, le nom du réseau affiché sur son écran.",
            "Check its network cable or, on Wi-Fi, the name of the network shown on its panel.",
        ),
        (
            "Dans la file d'impression, menu Imprimante : décocher Utiliser l'imprimante hors connexion.",
            "In the print queue, Printer menu: untick Use Printer Offline.",
        ),
        (
            "Redémarrer le PC et imprimer une page de test.",
            "Restart the PC and print a test page.",
        ),
        categories=("printer-driver", "lost-connection"),
        minutes=10,
        self_service=True,
    ),
    "jam-rear": repair(
        ("Bourrage papier", "Paper jam"),
        (
            "L'imprimante indique un bourrage papier. La feuille est coincée à l'arrière.",
            "The printer reports a paper jam. The sheet is stuck at the back.",
        ),
        (
            "Une feuille ou un morceau de feuille est resté dans le chemin du papier.",
            "A sheet, or a piece of one, has stayed in the paper path.",
        ),
        (
            "Éteindre et ouvrir la porte arrière. Attention, le four est chaud : ne pas y toucher.",
            "Turn off and open the rear door. Mind the fuser: it is hot, do not touch it.",
        ),
        (
            "Tirer la feuille à deux mains, lentement, dans le sens de sortie du papier.",
            "Pull the sheet with both hands, slowly, in the direction in which paper comes out.",
        ),
        (
            "Sortir le bac et le toner, ôter les morceaux déchirés, tout remettre.",
            "Take out the tray and the toner, remove torn pieces, put everything back.",
        ),
        (
            "Aérer la pile, ne pas dépasser le repère du bac, serrer les guides contre le papier.",
            "Fan the stack, stay below the tray's mark, set the guides against the paper.",
        ),
        ("Fermer les portes et rallumer.", "Close the doors and turn it on again."),
        categories=("printer-jam",),
        minutes=10,
        self_service=True,
    ),
    "jam-rollers": repair(
        ("Bourrages à répétition, galets usés", "Repeated jams, worn rollers"),
        (
            "Le copieur bourre plusieurs fois par jour. Il prend deux feuilles à la fois ou aucune.",
            "The copier jams several times a day. It takes two sheets at once or none.",
        ),
        (
            "Les galets de prise papier sont lisses et n'accrochent plus.",
            "The pick-up rollers are smooth and no longer grip.",
        ),
        (
            "Lire dans le journal du copieur quel bac bourre et le compteur de ses galets.",
            "Read in the copier's log which tray jams and the counter of its rollers.",
        ),
        (
            "Nettoyer les galets au chiffon non pelucheux et à l'eau ; s'ils brillent encore, les changer.",
            "Clean the rollers with a lint-free cloth and water; if they still shine, change them.",
        ),
        (
            "Changer ensemble prise, avance et séparation, puis remettre leur compteur à zéro.",
            "Change pick-up, feed and separation together, then reset their counter.",
        ),
        (
            "Mettre du papier sec, d'une rame neuve, et régler les guides du bac.",
            "Load dry paper from a new ream and set the tray's guides.",
        ),
        (
            "Sortir vingt pages de chaque bac, en recto verso.",
            "Print twenty pages from each tray, on both sides.",
        ),
        categories=("printer-jam",),
        minutes=45,
        onsite=True,
        skills={"printing": 2},
    ),
    "toner-replace": repair(
        ("Toner vide", "Empty toner"),
        (
            "L'impression est pâle, avec des bandes blanches. L'imprimante demande du toner.",
            "Prints are pale, with white bands. The printer asks for toner.",
        ),
        ("La cartouche de toner est vide.", "The toner cartridge is empty."),
        (
            "Lire la couleur et la référence demandées sur l'écran de l'imprimante.",
            "Read the colour and reference asked for on the printer's panel.",
        ),
        (
            "Secouer la cartouche neuve dans son sachet, puis ôter le sachet, la languette et les cales.",
            "Shake the new cartridge in its bag, then take off the bag, the seal and the spacers.",
        ),
        (
            "Ouvrir la porte avant, sortir la vide, pousser la neuve jusqu'au clic.",
            "Open the front door, take the empty one out, push the new one in until it clicks.",
        ),
        (
            "Poudre sur les mains : eau froide, jamais chaude. Mettre la vide au bac de recyclage.",
            "Powder on your hands: cold water, never hot. Put the empty one in the recycling box.",
        ),
        categories=("printer-jam",),
        minutes=10,
        self_service=True,
    ),
    "drum-streaks": repair(
        ("Traits noirs verticaux", "Black vertical streaks"),
        (
            "Mes copies ont un trait noir sur toute la hauteur. Il revient toujours au même endroit.",
            "My copies have a black line from top to bottom. It always comes back in the same place.",
        ),
        (
            "La vitre de numérisation est sale ou, plus rarement, le tambour est rayé.",
            "The scanning glass is dirty or, less often, the drum is scratched.",
        ),
        (
            "Imprimer une page depuis le PC : sans trait, c'est la vitre ; avec un trait, c'est le tambour.",
            "Print a page from the PC: no line means the glass, a line means the drum.",
        ),
        (
            "Lever le capot et repérer la fine bande de verre, à gauche de la grande vitre.",
            "Lift the lid and find the thin strip of glass, to the left of the large one.",
        ),
        (
            "L'essuyer avec un chiffon doux à peine humide ; ôter colle et correcteur du bout de l'ongle.",
            "Wipe it with a soft, barely damp cloth; take off glue and correction fluid with a fingernail.",
        ),
        (
            "Refaire une copie par le chargeur. Si c'est le tambour, appeler l'assistance.",
            "Make a copy through the feeder again. If it is the drum, call the desk.",
        ),
        categories=("printer-jam",),
        minutes=10,
        self_service=True,
    ),
    "fuser-worn": repair(
        ("Four usé, l'encre s'efface au doigt", "Worn fuser, print rubs off"),
        (
            "L'encre s'efface quand je passe le doigt sur la page. Le copieur signale une erreur de four.",
            "The print rubs off when I run a finger over the page. The copier reports a fuser error.",
        ),
        (
            "Le four ne chauffe plus assez pour fixer le toner.",
            "The fuser no longer gets hot enough to fix the toner.",
        ),
        (
            "Vérifier le type de papier du bac : un grammage mal déclaré donne le même défaut.",
            "Check the tray's paper type: a wrongly set weight gives the same fault.",
        ),
        (
            "Éteindre, débrancher et laisser refroidir trente minutes : le four dépasse 180 °C.",
            "Turn off, unplug and let it cool for thirty minutes: the fuser exceeds 180 °C.",
        ),
        (
            "Ouvrir l'accès au four, desserrer ses vis ou leviers et le sortir bien droit.",
            "Open the fuser's access, undo its screws or levers and pull it straight out.",
        ),
        (
            "Poser le kit neuf, ôter ses cales de transport, refermer.",
            "Fit the new kit, remove its shipping spacers and close.",
        ),
        (
            "Remettre à zéro le compteur du four en mode maintenance.",
            "Reset the fuser's counter in maintenance mode.",
        ),
        (
            "Imprimer dix pages pleines et frotter : rien ne doit s'effacer.",
            "Print ten full pages and rub them: nothing must come off.",
        ),
        categories=("printer-jam",),
        minutes=60,
        onsite=True,
        parts={"fuser-kit": 1},
        skills={"printing": 2},
    ),
    "scan-to-mail": repair(
        ("Numérisation vers e-mail refusée", "Scan to e-mail refused"),
        (
            "Le copieur n'envoie plus mes scans par mail. Il affiche une erreur d'authentification.",
            "The copier no longer sends my scans by mail. It shows an authentication error.",
        ),
        (
            "Le compte d'envoi du copieur a un mot de passe expiré ou un réglage SMTP périmé.",
            "The copier's sending account has an expired password or outdated SMTP settings.",
        ),
        (
            "Ouvrir la page du copieur (http:// et son adresse IP) en administrateur, rubrique SMTP.",
            "Open the copier's page (http:// and its IP address) as administrator, SMTP section.",
        ),
        (
            "Vérifier serveur, port 587, STARTTLS, et que l'expéditeur est bien l'adresse du compte.",
            "Check the server, port 587, STARTTLS, and that the sender is the account's own address.",
        ),
        (
            "Saisir le mot de passe à jour du compte, puis Tester la connexion.",
            "Enter the account's current password, then Test connection.",
        ),
        (
            "Si Microsoft 365 refuse l'authentification simple, passer par le relais SMTP ou par OAuth.",
            "If Microsoft 365 refuses basic authentication, use the SMTP relay or OAuth.",
        ),
        (
            "Régler date, heure et DNS du copieur, et envoyer un scan d'essai à l'utilisateur.",
            "Set the copier's date, time and DNS, and send a test scan to the user.",
        ),
        categories=("printer-driver", "printer-jam"),
        minutes=30,
        skills={"printing": 1},
    ),
    "badge-print": repair(
        ("Badge non reconnu par le copieur", "Badge not recognised by the copier"),
        (
            "Le copieur ne reconnaît pas mon badge. Je ne peux plus libérer mes impressions.",
            "The copier does not recognise my badge. I can no longer release my prints.",
        ),
        (
            "Le numéro du badge n'est pas, ou plus, lié au compte de l'utilisateur.",
            "The badge's number is not, or no longer, linked to the user's account.",
        ),
        (
            "Faire passer le badge d'un collègue : s'il échoue aussi, redémarrer le copieur et son lecteur.",
            "Have a colleague's badge tried: if it fails too, restart the copier and its reader.",
        ),
        (
            "Dans le serveur d'impression, ouvrir l'utilisateur et effacer l'ancien numéro de badge.",
            "On the print server, open the user and clear the old badge number.",
        ),
        (
            "Faire lire le badge, reprendre le numéro refusé dans le journal et l'enregistrer au compte.",
            "Have the badge read, take the refused number from the log and save it to the account.",
        ),
        (
            "Synchroniser avec l'annuaire et faire libérer une impression d'essai.",
            "Synchronise with the directory and have a test print released.",
        ),
        categories=("printer-driver", "account"),
        minutes=15,
        skills={"printing": 1},
    ),
}
