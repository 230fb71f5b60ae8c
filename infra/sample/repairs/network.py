"""Known repairs of the network: cables, switches, Wi-Fi, internet access and VPN."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

NETWORK: Mapping[str, Json] = {
    "cable-unplugged": repair(
        ("Câble réseau débranché au poste", "Network cable unplugged at the PC"),
        (
            "Plus d'internet ni de serveur sur mon poste. Une icône de globe est en bas de l'écran.",
            "No internet and no server on my PC. There is a globe icon at the bottom of the screen.",
        ),
        (
            "Le câble réseau est sorti de sa prise, au PC ou au mur.",
            "The network cable has come out, at the PC or at the wall.",
        ),
        (
            "Pousser le câble réseau à fond derrière le PC, jusqu'au clic, puis dans la prise murale.",
            "Push the network cable fully in behind the PC, until it clicks, then at the wall.",
        ),
        (
            "Regarder la prise du PC : un voyant vert ou orange doit s'allumer.",
            "Look at the PC's socket: a green or orange light must come on.",
        ),
        (
            "Sur un téléphone IP, le PC se branche sur la prise PC, le mur sur la prise LAN.",
            "With an IP phone, the PC goes into its PC socket and the wall into its LAN socket.",
        ),
        (
            "Si le voyant reste éteint, essayer un autre câble, puis appeler l'assistance.",
            "If the light stays off, try another cable, then call the desk.",
        ),
        categories=("lost-connection",),
        minutes=5,
        self_service=True,
    ),
    "patch-cord-dead": repair(
        ("Cordon de brassage défectueux", "Faulty patch cord"),
        (
            "Le réseau coupe sans arrêt sur un bureau, ou est très lent. Un autre câble n'y change rien.",
            "The network keeps dropping at one desk, or is very slow. Another cable changes nothing.",
        ),
        (
            "Le cordon entre le panneau et le commutateur est abîmé dans la baie.",
            "The cord between the patch panel and the switch is damaged in the rack.",
        ),
        (
            "Relever le numéro de la prise murale et suivre son cordon dans la baie.",
            "Note the wall socket's number and follow its cord in the rack.",
        ),
        (
            "Lire sur le commutateur la vitesse et les erreurs CRC du port.",
            "Read the port's speed and CRC errors on the switch.",
        ),
        (
            "Remplacer le cordon sur le même port, et l'étiqueter aux deux bouts.",
            "Replace the cord on the same port, and label it at both ends.",
        ),
        (
            "Remettre à zéro les compteurs, mesurer le débit au poste : 1 Gbit/s et aucune erreur.",
            "Clear the counters, measure the speed at the PC: 1 Gbit/s and no errors.",
        ),
        (
            "Si les erreurs reviennent, tester le lien fixe de la prise au panneau.",
            "If errors come back, test the fixed link from the socket to the panel.",
        ),
        categories=("lost-connection", "cabling"),
        minutes=45,
        onsite=True,
        parts={"patch-cord": 1},
        skills={"network": 1},
    ),
    "switch-dead": repair(
        ("Commutateur mort", "Dead switch"),
        (
            "Tout l'étage est sans réseau, les téléphones aussi. Le boîtier dans la baie est éteint.",
            "The whole floor has no network, nor phones. The box in the rack is off.",
        ),
        (
            "L'alimentation ou l'électronique du commutateur est hors service.",
            "The switch's power supply or electronics have failed.",
        ),
        (
            "Vérifier l'arrivée de courant de la baie (habilitation B1V) et essayer un autre cordon secteur.",
            "Check the rack's power (B1V electrical clearance) and try another mains cord.",
        ),
        (
            "Photographier le brassage et étiqueter chaque cordon avec son numéro de port.",
            "Photograph the patching and label each cord with its port number.",
        ),
        (
            "Démonter, visser le commutateur neuf dans la baie et relier sa terre.",
            "Take it out, screw the new switch into the rack and connect its earth.",
        ),
        (
            "Par le port console, charger la configuration sauvegardée : VLAN, lien montant, PoE, gestion.",
            "Through the console port, load the saved configuration: VLANs, uplink, PoE, management.",
        ),
        (
            "Rebrancher le lien montant, puis les postes port par port ; vérifier qu'il n'y a pas de boucle.",
            "Plug the uplink back in, then the desks port by port; check that there is no loop.",
        ),
        (
            "Essayer un poste, un téléphone et une borne Wi-Fi ; enregistrer la configuration.",
            "Try a PC, a phone and a Wi-Fi access point; save the configuration.",
        ),
        categories=("switch-dead", "lost-connection"),
        minutes=60,
        onsite=True,
        parts={"switch-24": 1},
        skills={"network": 2},
    ),
    "wifi-forget": repair(
        ("Mot de passe Wi-Fi changé", "Wi-Fi password changed"),
        (
            "Mon portable ne se connecte plus au Wi-Fi. Il dit : impossible de se connecter à ce réseau.",
            "My laptop no longer joins the Wi-Fi. It says: can't connect to this network.",
        ),
        (
            "Le poste présente encore l'ancien mot de passe, gardé en mémoire.",
            "The PC still gives the old password that it remembers.",
        ),
        (
            "Paramètres > Réseau et Internet > Wi-Fi > Gérer les réseaux connus.",
            "Settings > Network & internet > Wi-Fi > Manage known networks.",
        ),
        (
            "Choisir le réseau de l'entreprise et cliquer sur Oublier.",
            "Choose the company's network and click Forget.",
        ),
        (
            "Cliquer sur l'icône Wi-Fi en bas à droite, choisir le réseau, taper le nouveau mot de passe.",
            "Click the Wi-Fi icon at the bottom right, choose the network, type the new password.",
        ),
        (
            "Faire de même sur le téléphone portable, s'il utilise ce Wi-Fi.",
            "Do the same on your mobile phone if it uses that Wi-Fi.",
        ),
        categories=("lost-connection",),
        minutes=5,
        self_service=True,
    ),
    "wifi-coverage": repair(
        ("Zone sans Wi-Fi, borne à ajouter", "No Wi-Fi in an area, access point to add"),
        (
            "Pas de Wi-Fi dans la réserve, ou une seule barre. Les douchettes et portables décrochent.",
            "No Wi-Fi in the stockroom, or a single bar. Scanners and laptops drop off.",
        ),
        (
            "La borne la plus proche est trop loin ou masquée par des murs et des rayonnages.",
            "The nearest access point is too far away or hidden by walls and shelving.",
        ),
        (
            "Mesurer le signal sur place : il faut au moins -67 dBm en 5 GHz.",
            "Measure the signal on the spot: at least -67 dBm at 5 GHz is needed.",
        ),
        (
            "Choisir l'endroit de la borne, en hauteur, et y amener une prise réseau PoE.",
            "Choose where to put the access point, high up, and bring a PoE network socket there.",
        ),
        (
            "Fixer la borne, la rattacher au contrôleur et lui donner les réseaux du site.",
            "Fix the access point, adopt it on the controller and give it the site's networks.",
        ),
        (
            "Régler un canal différent des bornes voisines, et une puissance moyenne.",
            "Set a channel that differs from its neighbours', and medium power.",
        ),
        (
            "Refaire la mesure en marchant, avec l'appareil de l'utilisateur : pas de coupure.",
            "Measure again while walking, with the user's own device: no dropouts.",
        ),
        categories=("lost-connection", "cabling"),
        minutes=90,
        onsite=True,
        skills={"network": 2},
    ),
    "ip-conflict": repair(
        ("Conflit d'adresse IP", "IP address conflict"),
        (
            "Windows dit qu'une autre machine a la même adresse IP. Le réseau va et vient.",
            "Windows says another machine has the same IP address. The network comes and goes.",
        ),
        (
            "Deux appareils ont la même adresse, dont un en adresse fixe dans la plage DHCP.",
            "Two devices share an address, one of them set by hand within the DHCP range.",
        ),
        (
            "Relever l'adresse du poste avec ipconfig /all et la trouver dans les baux du serveur DHCP.",
            "Read the PC's address with ipconfig /all and find it among the DHCP server's leases.",
        ),
        (
            "D'un autre poste : ping de l'adresse, puis arp -a, pour lire l'adresse MAC de l'intrus.",
            "From another PC: ping the address, then arp -a, to read the intruder's MAC address.",
        ),
        (
            "Chercher cette MAC dans la table du commutateur pour savoir sur quel port elle est.",
            "Look that MAC up in the switch's table to learn which port it is on.",
        ),
        (
            "Passer l'intrus en DHCP avec une réservation, ou exclure son adresse de la plage.",
            "Set the intruder to DHCP with a reservation, or exclude its address from the range.",
        ),
        (
            "Invite de commandes du poste, en une ligne : ipconfig /release && ipconfig /renew.",
            "Command prompt on the PC, in one line: ipconfig /release && ipconfig /renew.",
        ),
        categories=("lost-connection",),
        minutes=30,
        skills={"network": 1},
    ),
    "internet-box-restart": repair(
        ("Box internet à redémarrer", "Internet box to restart"),
        (
            "Plus d'internet pour personne dans l'agence. Le voyant de la box est rouge ou clignote.",
            "No internet for anybody in the branch. The box's light is red or blinking.",
        ),
        (
            "La box de l'opérateur s'est bloquée ou a perdu sa ligne.",
            "The operator's box has hung or lost its line.",
        ),
        (
            "Prévenir les collègues : le téléphone peut couper aussi pendant cinq minutes.",
            "Warn your colleagues: the phones may go down too for five minutes.",
        ),
        (
            "Vérifier que la fibre ou le câble de ligne est bien enfoncé, sans plier la fibre.",
            "Check that the fibre or line cable is firmly in, without bending the fibre.",
        ),
        (
            "Débrancher l'alimentation de la box, attendre trente secondes, la rebrancher.",
            "Unplug the box's power supply, wait thirty seconds, plug it back in.",
        ),
        (
            "Attendre cinq minutes que le voyant soit fixe. Ne jamais appuyer sur Reset.",
            "Wait five minutes for a steady light. Never press Reset.",
        ),
        (
            "S'il reste rouge, appeler l'assistance : elle fera ouvrir un incident chez l'opérateur.",
            "If it stays red, call the desk: they will report it to the operator.",
        ),
        categories=("lost-connection",),
        minutes=10,
        self_service=True,
    ),
    "vpn-password": repair(
        ("VPN refusé après changement de mot de passe", "VPN refused after a password change"),
        (
            "Le VPN refuse mon mot de passe depuis que je l'ai changé. Je suis en télétravail.",
            "The VPN refuses my password since I changed it. I work from home.",
        ),
        (
            "Le client VPN envoie encore l'ancien mot de passe qu'il a enregistré.",
            "The VPN client still sends the old password that it saved.",
        ),
        (
            "Quitter le client VPN : clic droit sur son icône près de l'heure, Quitter.",
            "Quit the VPN client: right-click its icon near the clock, Quit.",
        ),
        (
            "Panneau de configuration > Gestionnaire d'identification : supprimer l'entrée du VPN.",
            "Control Panel > Credential Manager: remove the VPN's entry.",
        ),
        (
            "Rouvrir le VPN, taper le nouveau mot de passe, valider sur le téléphone.",
            "Open the VPN again, type the new password, approve on your phone.",
        ),
        (
            "Une fois connecté, Windows + L, puis rouvrir la session avec le nouveau mot de passe.",
            "Once connected, Windows + L, then unlock the session with the new password.",
        ),
        (
            "Au bout de trois refus, s'arrêter et appeler : le compte va se verrouiller.",
            "After three refusals, stop and call the desk: the account is about to lock.",
        ),
        categories=("lost-connection", "account"),
        minutes=10,
        self_service=True,
    ),
    "vpn-client": repair(
        ("Client VPN à réinstaller", "VPN client to reinstall"),
        (
            "Le VPN ne se lance plus ou se bloque sur Connexion en cours. Internet marche pourtant.",
            "The VPN no longer starts or hangs on Connecting. Yet the internet works.",
        ),
        (
            "Le client VPN ou sa carte réseau virtuelle est abîmé, souvent après une mise à jour.",
            "The VPN client or its virtual network adapter is damaged, often after an update.",
        ),
        (
            "Exporter ou noter le profil : adresse de la passerelle, certificat, double authentification.",
            "Export or note the profile: gateway address, certificate, two-factor method.",
        ),
        (
            "Paramètres > Applications > Applications installées : désinstaller le client, redémarrer.",
            "Settings > Apps > Installed apps: uninstall the client, then restart.",
        ),
        (
            "devmgmt.msc > Affichage > Afficher les périphériques cachés : supprimer la carte VPN restante.",
            "devmgmt.msc > View > Show hidden devices: remove any VPN adapter left over.",
        ),
        (
            "Installer en administrateur la version validée et importer le profil.",
            "Install the approved version as administrator and import the profile.",
        ),
        (
            "Connecter, ouvrir un partage et le logiciel métier avec l'utilisateur.",
            "Connect, then open a share and the business software with the user.",
        ),
        categories=("lost-connection", "software-update"),
        minutes=30,
        skills={"network": 1},
    ),
    "dns-cache": repair(
        ("Un seul site ne s'ouvre plus", "A single site no longer opens"),
        (
            "Un site ne s'ouvre plus chez moi alors que les autres marchent. Chez mon collègue, il s'ouvre.",
            "One site no longer opens on my PC while the others work. It opens for my colleague.",
        ),
        (
            "Le cache DNS du poste garde une ancienne adresse du site.",
            "The PC's DNS cache keeps an old address of the site.",
        ),
        (
            "Essayer en navigation privée (Ctrl + Maj + N sous Edge) pour écarter le cache du navigateur.",
            "Try a private window (Ctrl + Shift + N in Edge) to rule out the browser's cache.",
        ),
        ("Invite de commandes : ipconfig /flushdns.", "Command prompt: ipconfig /flushdns."),
        (
            "Comparer nslookup du site sur le DNS interne et sur 9.9.9.9.",
            "Compare nslookup of the site on the internal DNS and on 9.9.9.9.",
        ),
        (
            "Chercher une ligne oubliée dans C:\\Windows\\System32\\drivers\\etc\\hosts.",
            "Look for a forgotten line in C:\\Windows\\System32\\drivers\\etc\\hosts.",
        ),
        (
            "Si seul le DNS interne se trompe, vider le cache du serveur : Clear-DnsServerCache.",
            "If only the internal DNS is wrong, clear the server's cache: Clear-DnsServerCache.",
        ),
        categories=("lost-connection",),
        minutes=15,
        skills={"network": 1},
    ),
}
