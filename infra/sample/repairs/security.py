"""Known repairs of security: ransomware, phishing, unwanted software."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

SECURITY: Mapping[str, Json] = {
    "ransomware-isolate": repair(
        ("Fichiers chiffrés : poste à isoler", "Encrypted files: isolate the computer"),
        (
            (
                "Mes fichiers ont changé de nom et ne s'ouvrent plus. Un message réclame de l'argent pour "
                "les récupérer."
            ),
            "My files have new names and no longer open. A message demands money to get them back.",
        ),
        (
            (
                "Un rançongiciel, souvent venu d'une pièce jointe ou d'un accès distant, chiffre le poste et "
                "les partages."
            ),
            (
                "Ransomware, often from an attachment or a remote access, is encrypting the computer and the "
                "shares."
            ),
        ),
        (
            (
                "Par téléphone déjà : débranchez le câble réseau et coupez le Wi-Fi, sans éteindre le poste, "
                "pour garder les traces en mémoire."
            ),
            (
                "Already on the phone: unplug the network cable and turn Wi-Fi off, but leave the computer "
                "on, to keep the traces in memory."
            ),
        ),
        (
            (
                "Sur le serveur, fsmgmt.msc > Sessions et Fichiers ouverts : repérez qui écrit les fichiers "
                "chiffrés, isolez ces postes aussi."
            ),
            (
                "On the server, fsmgmt.msc > Sessions and Open Files: find who is writing the encrypted "
                "files and isolate those computers too."
            ),
        ),
        (
            (
                "Débranchez ou isolez les sauvegardes sans rien y modifier, et vérifiez depuis un poste sain "
                "la dernière copie intacte."
            ),
            (
                "Unplug or isolate the backups without changing anything on them, and check the last good "
                "copy from a clean computer."
            ),
        ),
        (
            (
                "Photographiez le message, ne payez pas et ne répondez pas ; le client a 72 heures pour "
                "porter plainte (l'assurance l'exige) et, si des données personnelles sont touchées, "
                "prévenir la CNIL. Aide : 17cyber.gouv.fr."
            ),
            (
                "Photograph the message, do not pay or answer; the client has 72 hours to file a complaint "
                "(insurers require it) and, if personal data is hit, to tell the CNIL. Help: 17cyber.gouv.fr."
            ),
        ),
        (
            (
                "Depuis un poste sain, changez les mots de passe, administrateurs d'abord, et fermez l'accès "
                "distant par où l'attaque est entrée."
            ),
            (
                "From a clean computer, change the passwords, administrators first, and close the remote "
                "access that the attack came through."
            ),
        ),
        (
            (
                "Une fois les preuves copiées, réinstallez les postes touchés et restaurez les fichiers "
                "d'une sauvegarde antérieure à l'attaque."
            ),
            (
                "Once the evidence is copied, reinstall the computers hit and restore the files from a "
                "backup older than the attack."
            ),
        ),
        categories=("virus",),
        minutes=120,
        onsite=True,
        skills={"security": 2},
    ),
    "phishing-reported": repair(
        ("Courriel d'hameçonnage reçu", "Phishing e-mail received"),
        (
            "J'ai reçu un courriel bizarre qui me demande de confirmer mon mot de passe. Je n'ai pas cliqué.",
            "I received an odd e-mail asking me to confirm my password. I have not clicked.",
        ),
        (
            (
                "Un escroc imite une banque, un transporteur ou un collègue pour obtenir un mot de passe ou "
                "un paiement."
            ),
            "A swindler is posing as a bank, a carrier or a colleague to obtain a password or a payment.",
        ),
        (
            "Ne cliquez sur aucun lien, n'ouvrez pas la pièce jointe et ne répondez pas.",
            "Do not click any link, do not open the attachment and do not reply.",
        ),
        (
            (
                "Lisez l'adresse complète de l'expéditeur et passez la souris sur le lien sans cliquer : le "
                "vrai site s'affiche."
            ),
            "Read the sender's full address and hover over the link without clicking: the real site shows.",
        ),
        (
            (
                "En cas de doute, appelez la personne ou l'organisme à un numéro que vous connaissez, jamais "
                "à celui du message."
            ),
            "If in doubt, call the person or body on a number that you know, never the one in the message.",
        ),
        (
            (
                "Dans Outlook, sélectionnez le message > Signaler > Signaler l'hameçonnage : il quitte votre "
                "boîte."
            ),
            "In Outlook, select the message > Report > Report phishing: it leaves your mailbox.",
        ),
        (
            "Si vous avez cliqué ou donné un mot de passe, appelez-nous aussitôt : chaque minute compte.",
            "If you clicked or gave a password, call us at once: every minute counts.",
        ),
        categories=("virus",),
        minutes=10,
        self_service=True,
        skills={"security": 1},
    ),
    "phishing-clicked": repair(
        ("Mot de passe donné à un faux site", "Password given to a fake site"),
        (
            (
                "J'ai cliqué dans un courriel et tapé mon mot de passe. Maintenant, je me demande si le site "
                "était vrai."
            ),
            "I clicked in an e-mail and typed my password. Now I wonder whether the site was real.",
        ),
        (
            "Un faux site a recueilli le mot de passe, qui peut servir tout de suite à ouvrir la messagerie.",
            "A fake site collected the password, which can be used at once to open the mailbox.",
        ),
        (
            (
                "Changez aussitôt le mot de passe depuis un poste sain, puis entra.microsoft.com > "
                "Utilisateurs > Révoquer les sessions."
            ),
            (
                "Change the password at once from a clean computer, then entra.microsoft.com > Users > "
                "Revoke sessions."
            ),
        ),
        (
            (
                "Dans Méthodes d'authentification, retirez tout téléphone ou toute application que "
                "l'utilisateur ne reconnaît pas."
            ),
            "In Authentication methods, remove any phone or app that the user does not recognise.",
        ),
        (
            (
                "Outlook web > Paramètres > Courrier > Règles, puis Transfert : supprimez ce que "
                "l'utilisateur n'a pas créé."
            ),
            (
                "Outlook on the web > Settings > Mail > Rules, then Forwarding: delete what the user did not "
                "create."
            ),
        ),
        (
            (
                "Dans les journaux de connexion d'Entra, cherchez les pays et adresses inhabituels depuis le "
                "clic et notez-les."
            ),
            (
                "In Entra's sign-in logs, look for unusual countries and addresses since the click and write "
                "them down."
            ),
        ),
        (
            (
                "Si des messages sont partis, prévenez leurs destinataires ; si une carte a été saisie, "
                "l'utilisateur appelle sa banque."
            ),
            (
                "If messages were sent, warn those who received them; if a card number was typed, the user "
                "calls the bank."
            ),
        ),
        (
            (
                "Lancez une analyse complète du poste et faites changer ce mot de passe partout où il "
                "servait aussi."
            ),
            "Run a full scan of the computer and have that password changed wherever else it was used.",
        ),
        categories=("virus", "account"),
        minutes=45,
        skills={"security": 2},
    ),
    "browser-popups": repair(
        ("Publicités et fenêtres dans le navigateur", "Adverts and pop-ups in the browser"),
        (
            (
                "Des publicités s'ouvrent toutes seules et une fenêtre me dit que mon ordinateur est "
                "infecté, avec un numéro à appeler."
            ),
            (
                "Adverts open by themselves and a window says that my computer is infected, with a number to "
                "call."
            ),
        ),
        (
            (
                "Une extension indésirable s'est installée, ou un site a obtenu le droit d'envoyer des "
                "notifications."
            ),
            "An unwanted extension was installed, or a site was allowed to send notifications.",
        ),
        (
            (
                "N'appelez jamais le numéro affiché. Fermez le navigateur avec Alt + F4, ou par Ctrl + Maj + "
                "Échap > Fin de tâche."
            ),
            (
                "Never call the number shown. Close the browser with Alt + F4, or with Ctrl + Shift + Esc > "
                "End task."
            ),
        ),
        (
            (
                "Rouvrez-le sans restaurer les pages et tapez edge://extensions (ou chrome://extensions) "
                "dans la barre d'adresse."
            ),
            (
                "Open it again without restoring the pages and type edge://extensions (or "
                "chrome://extensions) in the address bar."
            ),
        ),
        (
            "Cliquez sur Supprimer pour chaque extension que vous n'avez pas choisie.",
            "Click Remove for each extension that you did not choose.",
        ),
        (
            (
                "Tapez edge://settings/content/notifications (ou chrome://settings/content/notifications) et "
                "retirez les sites inconnus."
            ),
            (
                "Type edge://settings/content/notifications (or chrome://settings/content/notifications) and "
                "remove unknown sites."
            ),
        ),
        (
            (
                "Dans Paramètres > Applications > Applications installées, triez par date et désinstallez ce "
                "qui est arrivé avec les publicités."
            ),
            (
                "In Settings > Apps > Installed apps, sort by date and uninstall what arrived together with "
                "the adverts."
            ),
        ),
        (
            (
                "Si elles reviennent, ou si vous avez appelé le numéro ou payé, débranchez le réseau et "
                "appelez-nous."
            ),
            "If they come back, or if you called the number or paid, unplug the network and call us.",
        ),
        categories=("virus",),
        minutes=15,
        self_service=True,
        skills={"security": 1},
    ),
    "antivirus-outdated": repair(
        ("Antivirus périmé", "Outdated antivirus"),
        (
            "Un triangle jaune près de l'heure dit que mon antivirus n'est plus à jour.",
            "A yellow triangle near the clock says that my antivirus is out of date.",
        ),
        (
            (
                "Les définitions ne se téléchargent plus, ou un antivirus d'essai a expiré et empêche "
                "Defender de prendre le relais."
            ),
            (
                "The definitions no longer download, or a trial antivirus has expired and keeps Defender "
                "from taking over."
            ),
        ),
        (
            (
                "Vérifiez la date et l'heure du poste, puis ouvrez Sécurité Windows > Protection contre les "
                "virus et menaces."
            ),
            "Check the computer's date and time, then open Windows Security > Virus & threat protection.",
        ),
        (
            (
                "Si un antivirus expiré y figure, désinstallez-le (Paramètres > Applications > Applications "
                "installées) et redémarrez."
            ),
            (
                "If an expired antivirus shows there, uninstall it (Settings > Apps > Installed apps) and "
                "restart."
            ),
        ),
        (
            (
                "Si c'est l'antivirus sous contrat, renouvelez sa licence dans la console et forcez la mise "
                "à jour de l'agent."
            ),
            (
                "If it is the antivirus under contract, renew its licence in the console and force the agent "
                "to update."
            ),
        ),
        (
            "Pour Defender, cliquez sur Mises à jour de la protection > Rechercher les mises à jour.",
            "For Defender, click Protection updates > Check for updates.",
        ),
        (
            (
                'En cas d\'échec, invite administrateur : "%ProgramFiles%\\Windows Defender\\MpCmdRun.exe" '
                "-SignatureUpdate."
            ),
            (
                'If that fails, in an administrator prompt: "%ProgramFiles%\\Windows Defender\\MpCmdRun.exe" '
                "-SignatureUpdate."
            ),
        ),
        (
            (
                "Lancez une analyse rapide et vérifiez que la protection en temps réel est activée et "
                "l'icône verte."
            ),
            "Run a quick scan and check that real-time protection is on and the icon green.",
        ),
        categories=("virus", "software-update"),
        minutes=20,
        skills={"security": 1},
    ),
}
