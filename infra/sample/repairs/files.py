"""Known repairs of files: deleted, overwritten, out of reach."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

FILES: Mapping[str, Json] = {
    "recycle-bin": repair(
        (
            "Fichier supprimé par erreur, à reprendre dans la corbeille",
            "File deleted by mistake, still in the recycle bin",
        ),
        (
            "J'ai supprimé un document de mon bureau par erreur et je ne le retrouve plus.",
            "I deleted a document from my desktop by mistake and cannot find it any more.",
        ),
        (
            "Un fichier supprimé du disque du poste attend dans la corbeille jusqu'à ce qu'on la vide.",
            "A file deleted from the computer's own disk waits in the recycle bin until it is emptied.",
        ),
        (
            "Aussitôt après l'erreur, appuyez sur Ctrl + Z dans le dossier : la suppression s'annule.",
            "Right after the mistake, press Ctrl + Z in the folder: the deletion is undone.",
        ),
        (
            (
                "Sinon, double-cliquez sur la Corbeille du bureau, puis clic droit dans le vide > Trier par "
                "> Date de suppression."
            ),
            (
                "Otherwise, double-click the Recycle Bin on the desktop, then right-click an empty spot > "
                "Sort by > Date deleted."
            ),
        ),
        (
            "Faites un clic droit sur le fichier > Restaurer : il revient dans son dossier d'origine.",
            "Right-click the file > Restore: it goes back to the folder it came from.",
        ),
        (
            "S'il était dans OneDrive : onedrive.com > Corbeille, cochez-le > Restaurer (sous 93 jours).",
            "If it was in OneDrive: onedrive.com > Recycle bin, tick it > Restore (within 93 days).",
        ),
        (
            (
                "S'il était sur un lecteur réseau, la corbeille du poste ne l'a pas : demandez une "
                "restauration en donnant le chemin et l'heure."
            ),
            (
                "If it was on a network drive, this bin does not have it: ask us for a restore, giving the "
                "path and the time."
            ),
        ),
        categories=("lost-files",),
        minutes=10,
        self_service=True,
        skills={"workstation": 1},
    ),
    "previous-versions": repair(
        (
            "Fichier écrasé, à reprendre dans les versions précédentes",
            "Overwritten file, recovered from previous versions",
        ),
        (
            "J'ai enregistré par-dessus le bon fichier. J'aimerais retrouver celui d'hier.",
            "I saved over the right file. I would like yesterday's one back.",
        ),
        (
            "Le fichier a été remplacé, mais le serveur ou OneDrive en garde des versions antérieures.",
            "The file was replaced, but the server or OneDrive keeps earlier versions of it.",
        ),
        (
            "Fermez le fichier sur tous les postes et n'enregistrez plus rien dedans.",
            "Close the file on every computer and save nothing more to it.",
        ),
        (
            "Dans l'Explorateur, clic droit sur le fichier > Propriétés > onglet Versions précédentes.",
            "In File Explorer, right-click the file > Properties > Previous Versions tab.",
        ),
        (
            "Choisissez une date, cliquez sur Ouvrir pour vérifier, puis enregistrez sous un autre nom.",
            "Pick a date, click Open to check the contents, then save under another name.",
        ),
        (
            "N'utilisez pas le bouton Restaurer : il remplace le fichier actuel sans en garder de copie.",
            "Do not use the Restore button: it replaces the current file and keeps no copy of it.",
        ),
        (
            "Dans OneDrive ou SharePoint : clic droit > Historique des versions, et ouvrez celle d'hier.",
            "In OneDrive or SharePoint: right-click > Version history, and open yesterday's.",
        ),
        (
            "Liste vide ? Demandez une restauration, avec le chemin complet et la date voulue.",
            "Is the list empty? Ask us for a restore, with the full path and the date wanted.",
        ),
        categories=("lost-files",),
        minutes=10,
        self_service=True,
        skills={"workstation": 1},
    ),
    "restore-backup": repair(
        (
            "Dossier partagé disparu, à restaurer de la sauvegarde",
            "Missing shared folder, restored from the backup",
        ),
        (
            (
                "Tout un dossier partagé a disparu depuis ce matin. Il était encore là hier soir et personne "
                "ne dit l'avoir supprimé."
            ),
            (
                "A whole shared folder has been missing since this morning. It was there last night and "
                "nobody says they deleted it."
            ),
        ),
        (
            "Le dossier a été supprimé, ou glissé par mégarde dans un dossier voisin.",
            "The folder was deleted, or dragged by accident into a neighbouring folder.",
        ),
        (
            (
                "Cherchez d'abord le dossier par son nom à la racine du partage : s'il a été glissé "
                "ailleurs, remettez-le en place."
            ),
            (
                "First search for the folder by name from the top of the share: if it was dragged elsewhere, "
                "move it back."
            ),
        ),
        (
            (
                "Faites préciser le chemin complet et la dernière heure où le dossier a été vu, puis "
                "choisissez le point de restauration d'avant."
            ),
            (
                "Ask for the full path and when the folder was last seen, then choose the restore point just "
                "before that."
            ),
        ),
        (
            (
                "Dans la console de sauvegarde, restaurez vers un autre emplacement, par exemple "
                "D:\\Restauration, jamais par-dessus l'original."
            ),
            (
                "In the backup console, restore to another place, such as D:\\Restauration, never over the "
                "original."
            ),
        ),
        (
            (
                "Recopiez avec les droits : robocopy D:\\Restauration\\Dossier D:\\Partage\\Dossier /E "
                "/COPY:DATS /XO."
            ),
            (
                "Copy it back with its permissions: robocopy D:\\Restauration\\Dossier D:\\Partage\\Dossier "
                "/E /COPY:DATS /XO."
            ),
        ),
        (
            "Faites ouvrir trois fichiers, dont le plus récent, avant d'effacer la copie de travail.",
            "Have three files opened, the newest among them, before you delete the working copy.",
        ),
        (
            "Avec l'accord du client, retirez le droit de suppression à la racine du partage.",
            "With the client's consent, take away the right to delete at the top of the share.",
        ),
        categories=("lost-files",),
        minutes=45,
        skills={"workstation": 2},
    ),
    "onedrive-sync": repair(
        ("OneDrive ne synchronise plus", "OneDrive no longer syncs"),
        (
            (
                "Mes fichiers ne sont pas les mêmes sur mon portable et au bureau. Le nuage près de l'heure "
                "a une croix rouge."
            ),
            (
                "My files are not the same on my laptop and at the office. The cloud near the clock has a "
                "red cross."
            ),
        ),
        (
            (
                "La synchronisation est en pause, le compte est déconnecté, l'espace est plein, ou un nom de "
                "fichier est refusé."
            ),
            "Syncing is paused, the account is signed out, storage is full, or a file name is rejected.",
        ),
        (
            (
                "Cliquez sur le nuage OneDrive près de l'heure et lisez le message en haut ; s'il propose « "
                "Reprendre la synchronisation », acceptez."
            ),
            (
                "Click the OneDrive cloud near the clock and read the message at the top; if it offers "
                "“Resume syncing”, accept."
            ),
        ),
        (
            "S'il demande une connexion, saisissez l'adresse et le mot de passe de votre compte.",
            "If it asks you to sign in, enter your work address and password.",
        ),
        (
            (
                'Renommez les fichiers signalés : sont interdits " * : < > ? / \\ | et les chemins de plus '
                "de 400 caractères."
            ),
            (
                'Rename the files it points to: " * : < > ? / \\ | and paths over 400 characters are not '
                "allowed."
            ),
        ),
        (
            "Roue dentée > Quitter OneDrive, puis relancez OneDrive depuis le menu Démarrer.",
            "Cog > Quit OneDrive, then start OneDrive again from the Start menu.",
        ),
        (
            (
                "En dernier recours : Windows + R, tapez %localappdata%\\Microsoft\\OneDrive\\onedrive.exe "
                "/reset et patientez dix minutes."
            ),
            (
                "As a last resort: Windows + R, type %localappdata%\\Microsoft\\OneDrive\\onedrive.exe "
                "/reset and wait ten minutes."
            ),
        ),
        (
            (
                'Si Windows ne le trouve pas, tapez "C:\\Program Files\\Microsoft OneDrive\\onedrive.exe" '
                "/reset. Aucun fichier n'est perdu."
            ),
            (
                'If Windows cannot find it, type "C:\\Program Files\\Microsoft OneDrive\\onedrive.exe" '
                "/reset. No file is lost."
            ),
        ),
        categories=("lost-files",),
        minutes=15,
        self_service=True,
        skills={"workstation": 1},
    ),
    "drive-letter": repair(
        ("Lecteur réseau disparu", "Missing network drive"),
        (
            (
                "Mon lecteur S: n'est plus dans « Ce PC », ou il a une croix rouge. Mes collègues, eux, y "
                "ont toujours accès."
            ),
            "My S: drive is gone from “This PC”, or has a red cross. My colleagues can still open it.",
        ),
        (
            "Le lecteur n'a pas été reconnecté, ou un ancien mot de passe est resté enregistré.",
            "The drive was not reconnected at sign-in, or an old password is still stored.",
        ),
        (
            (
                "Vérifiez que le poste est sur le réseau ou le VPN : ouvrez l'Explorateur et tapez "
                "\\\\serveur\\partage dans la barre d'adresse."
            ),
            (
                "Check that the computer is on the network or VPN: open File Explorer and type "
                "\\\\server\\share in the address bar."
            ),
        ),
        (
            (
                "Si un mot de passe est demandé en boucle : Panneau de configuration > Gestionnaire "
                "d'identification > Windows, supprimez l'entrée du serveur."
            ),
            (
                "If it keeps asking for a password: Control Panel > Credential Manager > Windows, remove the "
                "server's entry."
            ),
        ),
        (
            "En invite de commandes sans élévation, retirez l'ancien lien : net use S: /delete.",
            "In a command prompt that is not elevated, remove the old link: net use S: /delete.",
        ),
        (
            (
                "Recréez-le : net use S: \\\\serveur\\partage /persistent:yes, ou Ce PC > ... > Connecter un "
                "lecteur réseau."
            ),
            (
                "Create it again: net use S: \\\\server\\share /persistent:yes, or This PC > ... > Map "
                "network drive."
            ),
        ),
        (
            "Si le lecteur vient d'une stratégie, lancez gpupdate /force, puis fermez et rouvrez la session.",
            "If the drive comes from a policy, run gpupdate /force, then sign out and back in.",
        ),
        (
            "Redémarrez le poste : le lecteur doit être là et un fichier s'ouvrir.",
            "Restart the computer: the drive must be there and a file open.",
        ),
        categories=("lost-files", "lost-connection"),
        minutes=15,
        skills={"workstation": 1},
    ),
    "share-right": repair(
        ("Accès refusé à un dossier partagé", "Access denied to a shared folder"),
        (
            (
                "Quand j'ouvre le dossier de mon nouveau service, Windows dit que je n'ai pas "
                "l'autorisation. Mes collègues y entrent."
            ),
            (
                "When I open my new department's folder, Windows says that I do not have permission. My "
                "colleagues can get in."
            ),
        ),
        (
            "Le compte de l'utilisateur n'est pas membre du groupe qui donne accès au dossier.",
            "The user's account is not a member of the group that gives access to the folder.",
        ),
        (
            (
                "Notez le chemin exact et le droit voulu (lecture ou modification), et obtenez l'accord "
                "écrit du responsable du dossier."
            ),
            (
                "Note the exact path and the right wanted (read or modify), and get the folder owner's "
                "consent in writing."
            ),
        ),
        (
            (
                "Sur le dossier, Propriétés > Sécurité : relevez le groupe qui porte déjà ce droit, par "
                "exemple GG_Compta_Modif."
            ),
            (
                "On the folder, Properties > Security: find the group that already holds that right, such as "
                "GG_Compta_Modif."
            ),
        ),
        (
            (
                "Dans dsa.msc, ouvrez ce groupe > Membres > Ajouter, et ajoutez l'utilisateur ; ne posez pas "
                "de droit à son nom sur le dossier."
            ),
            (
                "In dsa.msc, open that group > Members > Add, and add the user; do not grant the folder to "
                "the user by name."
            ),
        ),
        (
            "Contrôlez dans Sécurité > Avancé > Accès effectif que l'utilisateur a ce droit, pas plus.",
            "Check in Security > Advanced > Effective Access that the user has that right, and no more.",
        ),
        (
            "Faites fermer puis rouvrir la session Windows : le nouveau groupe ne compte qu'à partir de là.",
            "Have the user sign out of Windows and back in: the new group counts only from then on.",
        ),
        (
            "Faites ouvrir le dossier, et enregistrer un fichier si la modification était demandée.",
            "Have the folder opened, and a file saved if the right to modify was asked for.",
        ),
        categories=("account", "lost-files"),
        minutes=15,
        skills={"workstation": 1},
    ),
}
