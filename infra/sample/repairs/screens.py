"""Known repairs of screens, docks, sound, cameras and meeting rooms."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

SCREENS: Mapping[str, Json] = {
    "screen-input": repair(
        ("Écran sur la mauvaise entrée vidéo", "Screen on the wrong video input"),
        (
            "Mon écran est noir et affiche Aucun signal. Le PC est pourtant allumé.",
            "My screen is black and says No signal. Yet the PC is on.",
        ),
        (
            "L'écran écoute une entrée (HDMI, DisplayPort) où rien n'est branché.",
            "The screen listens to an input (HDMI, DisplayPort) with nothing plugged into it.",
        ),
        (
            "Regarder derrière l'écran dans quelle prise le câble vidéo est branché : HDMI, DP, USB-C.",
            "Look behind the screen to see which socket the video cable uses: HDMI, DP, USB-C.",
        ),
        (
            "Avec les boutons de l'écran, ouvrir Source (ou Input) et choisir cette entrée.",
            "With the screen's buttons, open Source (or Input) and choose that input.",
        ),
        ("Bouger la souris pour réveiller le PC.", "Move the mouse to wake the PC."),
        (
            "Mettre Source sur Auto pour que l'écran suive le câble la prochaine fois.",
            "Set Source to Auto so that the screen follows the cable next time.",
        ),
        categories=("dead-screen",),
        minutes=5,
        self_service=True,
    ),
    "video-cable": repair(
        ("Câble vidéo débranché ou mort", "Video cable unplugged or dead"),
        (
            "L'écran clignote, devient noir ou change de couleurs. L'image revient si je touche le câble.",
            "The screen flickers, goes black or has odd colours. It comes back when I touch the cable.",
        ),
        (
            "Le câble vidéo est mal enfoncé, plié ou coupé.",
            "The video cable is loose, bent or broken inside.",
        ),
        (
            "Éteindre l'écran, débrancher le câble vidéo aux deux bouts et regarder les broches.",
            "Turn the screen off, unplug the video cable at both ends and look at the pins.",
        ),
        (
            "Le rebrancher à fond, jusqu'au clic en DisplayPort ; visser s'il est en VGA ou en DVI.",
            "Push it back fully, until it clicks with DisplayPort; screw it in with VGA or DVI.",
        ),
        (
            "Sur un PC fixe, utiliser les prises de la carte graphique, pas celles de la carte mère.",
            "On a desktop PC, use the graphics card's sockets, not the motherboard's.",
        ),
        (
            "Essayer le câble d'un poste voisin : si l'image revient, demander un câble neuf.",
            "Try the cable of a PC nearby: if the picture comes back, ask for a new cable.",
        ),
        categories=("dead-screen", "peripheral"),
        minutes=10,
        self_service=True,
    ),
    "screen-dead": repair(
        ("Écran mort à remplacer", "Dead screen to replace"),
        (
            "L'écran ne s'allume plus, son voyant reste éteint. J'ai déjà essayé un autre câble.",
            "The screen no longer turns on and its light stays off. I have already tried another cable.",
        ),
        (
            "L'alimentation ou le rétroéclairage de l'écran est hors service.",
            "The screen's power board or backlight is dead.",
        ),
        (
            "Brancher l'écran à une autre prise, avec un cordon secteur et un câble vidéo sûrs.",
            "Plug the screen into another socket, with known good mains and video cables.",
        ),
        (
            "Éclairer la dalle à la lampe : une image très sombre trahit le rétroéclairage.",
            "Shine a torch on the panel: a very dark picture means the backlight is dead.",
        ),
        (
            "Monter l'écran neuf sur son pied ou son bras VESA et brancher les câbles.",
            "Fit the new screen on its stand or VESA arm and plug in the cables.",
        ),
        (
            "Paramètres > Système > Affichage : régler la résolution conseillée et l'échelle.",
            "Settings > System > Display: set the recommended resolution and the scale.",
        ),
        (
            "Changer le numéro de série dans le parc et reprendre l'ancien pour recyclage.",
            "Change the serial number in the inventory and take the old one for recycling.",
        ),
        categories=("dead-screen",),
        minutes=30,
        onsite=True,
        parts={"screen-24": 1},
        skills={"hardware": 1},
    ),
    "second-screen": repair(
        ("Second écran non détecté", "Second screen not detected"),
        (
            "Mon second écran reste noir. Je vois la même image sur les deux, ou plus rien sur le second.",
            "My second screen stays black. Both show the same picture, or the second shows nothing.",
        ),
        (
            "Windows est en mode Écran du PC uniquement ou n'a pas vu l'écran se brancher.",
            "Windows is in PC screen only mode or did not notice the screen being plugged in.",
        ),
        (
            "Vérifier que le second écran est allumé et sur la bonne entrée (Source).",
            "Check that the second screen is on and set to the right input (Source).",
        ),
        ("Appuyer sur Windows + P et choisir Étendre.", "Press Windows + P and choose Extend."),
        (
            "Paramètres > Système > Affichage > Affichages multiples > Détecter.",
            "Settings > System > Display > Multiple displays > Detect.",
        ),
        (
            "Faire glisser les rectangles 1 et 2 dans l'ordre où les écrans sont posés, puis Appliquer.",
            "Drag rectangles 1 and 2 into the order in which the screens stand, then Apply.",
        ),
        (
            "Toujours noir : Windows + Ctrl + Maj + B relance la carte graphique.",
            "Still black: Windows + Ctrl + Shift + B restarts the graphics driver.",
        ),
        categories=("dead-screen", "peripheral"),
        minutes=10,
        self_service=True,
    ),
    "dock-reset": repair(
        ("Station d'accueil à redémarrer", "Docking station to restart"),
        (
            "Sur la station d'accueil, plus d'écran, de clavier ni de réseau. Le portable seul marche bien.",
            "On the dock, no screens, keyboard or network any more. The laptop alone works well.",
        ),
        (
            "L'électronique de la station s'est bloquée, souvent après une mise en veille.",
            "The dock's electronics have hung, often after the laptop slept.",
        ),
        (
            "Enregistrer le travail et débrancher du portable le câble USB-C de la station.",
            "Save your work and unplug the dock's USB-C cable from the laptop.",
        ),
        (
            "Débrancher l'alimentation de la station et attendre trente secondes.",
            "Unplug the dock's power supply and wait thirty seconds.",
        ),
        (
            "Rebrancher l'alimentation, attendre le voyant, puis rebrancher le portable.",
            "Plug the power back in, wait for its light, then plug the laptop in again.",
        ),
        (
            "Si rien ne revient, essayer l'autre port USB-C du portable et le redémarrer.",
            "If nothing comes back, try the laptop's other USB-C port and restart it.",
        ),
        categories=("peripheral", "dead-screen", "lost-connection"),
        minutes=10,
        self_service=True,
    ),
    "sound-output": repair(
        ("Mauvaise sortie audio choisie", "Wrong sound output chosen"),
        (
            "Plus de son sur mon PC. Je n'entends rien dans le casque ni en réunion.",
            "No sound on my PC any more. I hear nothing in the headset or in meetings.",
        ),
        (
            "Windows envoie le son vers un autre appareil, souvent l'écran ou la station d'accueil.",
            "Windows sends the sound to another device, often the screen or the dock.",
        ),
        (
            "Cliquer sur le haut-parleur en bas à droite, puis sur la flèche à côté du volume.",
            "Click the speaker at the bottom right, then the arrow next to the volume.",
        ),
        (
            "Choisir le casque ou les haut-parleurs, monter le volume, ôter Muet.",
            "Choose the headset or the speakers, turn the volume up and unmute.",
        ),
        (
            "Dans Teams : ... > Paramètres > Appareils, choisir le même haut-parleur.",
            "In Teams: ... > Settings > Devices, choose the same speaker.",
        ),
        (
            "Débrancher et rebrancher le casque s'il n'est pas dans la liste.",
            "Unplug the headset and plug it in again if it is not in the list.",
        ),
        categories=("peripheral",),
        minutes=5,
        self_service=True,
    ),
    "webcam-privacy": repair(
        ("Caméra bloquée", "Camera blocked"),
        (
            "On ne me voit pas en visio, l'image est noire. La caméra est barrée ou introuvable.",
            "Nobody sees me in video calls, the picture is black. The camera is crossed out or not found.",
        ),
        (
            "Le cache est fermé, ou Windows interdit la caméra aux applications.",
            "The shutter is closed, or Windows keeps applications from the camera.",
        ),
        (
            "Faire glisser le cache au-dessus de l'écran ; presser la touche à la caméra barrée (F8 à F10).",
            "Slide the shutter above the screen open; press the crossed-out camera key (F8 to F10).",
        ),
        (
            "Paramètres > Confidentialité et sécurité > Caméra : tout activer, applications de bureau aussi.",
            "Settings > Privacy & security > Camera: turn everything on, desktop apps included.",
        ),
        (
            "Fermer les autres logiciels de visio : un seul à la fois tient la caméra.",
            "Close other video software: only one at a time can hold the camera.",
        ),
        (
            "Choisir la caméra dans la réunion : Teams > ... > Paramètres > Appareils.",
            "Choose the camera in the meeting: Teams > ... > Settings > Devices.",
        ),
        categories=("peripheral",),
        minutes=10,
        self_service=True,
    ),
    "meeting-room": repair(
        ("Écran de salle de visio : partage impossible", "Meeting room screen: sharing fails"),
        (
            "Impossible de projeter mon portable en salle de réunion. L'écran reste sur l'accueil.",
            "I cannot show my laptop in the meeting room. The screen stays on its home page.",
        ),
        (
            "Le boîtier de la salle est figé, ou le portable n'est pas sur le même réseau que lui.",
            "The room's unit has hung, or the laptop is not on the same network.",
        ),
        (
            "Faire brancher le câble HDMI ou USB-C de la table et choisir l'entrée à la télécommande.",
            "Have the table's HDMI or USB-C cable plugged in and its input chosen on the remote control.",
        ),
        (
            "Sans fil : Windows + K, choisir le nom de la salle, taper le code affiché à l'écran.",
            "Wireless: Windows + K, choose the room's name, type the code shown on the screen.",
        ),
        (
            "Vérifier que le portable est sur le Wi-Fi de l'entreprise et non sur celui des invités.",
            "Check that the laptop is on the company's Wi-Fi and not on the guests' one.",
        ),
        (
            "Redémarrer le boîtier depuis sa console, ou le faire débrancher trente secondes.",
            "Restart the unit from its console, or have it unplugged for thirty seconds.",
        ),
        (
            "Passer ses mises à jour et refaire un partage d'essai avec l'utilisateur.",
            "Apply its updates and try a share again with the user.",
        ),
        categories=("dead-screen", "peripheral"),
        minutes=25,
        skills={"workstation": 1},
    ),
}
