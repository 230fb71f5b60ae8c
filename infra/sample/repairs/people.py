"""Known repairs of what people use every day: passwords, mail, telephones, the till."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs._writing import repair

PEOPLE: Mapping[str, Json] = {
    "password-reset": repair(
        ("Mot de passe oublié", "Forgotten password"),
        (
            "J'ai oublié mon mot de passe et je ne peux plus ouvrir ma session ni ma messagerie.",
            "I forgot my password and can no longer sign in to my computer or my mail.",
        ),
        (
            "Le mot de passe est oublié ou expiré ; il se change sans attendre sur le portail.",
            "The password is forgotten or has expired; the portal lets you change it at once.",
        ),
        (
            "Depuis un téléphone ou un autre poste, ouvrez passwordreset.microsoftonline.com.",
            "From a phone or another computer, open passwordreset.microsoftonline.com.",
        ),
        (
            "Saisissez votre adresse professionnelle, les caractères affichés, puis le code reçu.",
            "Enter your work address, the characters shown, then the code that you receive.",
        ),
        (
            "Choisissez un mot de passe neuf d'au moins douze caractères, qui ne sert nulle part ailleurs.",
            "Choose a new password of at least twelve characters that you use nowhere else.",
        ),
        (
            "Relié au réseau ou au VPN, ouvrez votre session, puis mettez à jour la messagerie du téléphone.",
            "On the office network or VPN, sign in to Windows, then update the mail app on your phone.",
        ),
        categories=("account",),
        minutes=10,
        self_service=True,
        skills={"workstation": 1},
    ),
    "account-locked": repair(
        ("Compte verrouillé après trop d'essais", "Account locked after too many tries"),
        (
            "Windows dit que mon compte est verrouillé. Je suis pourtant sûr de mon mot de passe.",
            "Windows says that my account is locked. Yet I am sure of my password.",
        ),
        (
            "Trop d'essais faux, souvent par un appareil qui garde l'ancien mot de passe.",
            "Too many wrong tries, often by a device that keeps the old password.",
        ),
        (
            "Vérifiez l'identité : rappelez la personne au numéro de l'annuaire, pas à celui de l'appel.",
            "Check who it is: call back on the number in the directory, not the one that called.",
        ),
        (
            "Dans dsa.msc : Propriétés > Compte > Déverrouiller le compte (PowerShell : Unlock-ADAccount).",
            "In dsa.msc: Properties > Account > Unlock account (PowerShell: Unlock-ADAccount).",
        ),
        (
            "Sur le contrôleur de domaine, journal Sécurité, l'événement 4740 nomme le poste en cause.",
            "On the domain controller, Security log, event 4740 names the computer at fault.",
        ),
        (
            "Ôtez-en l'ancien mot de passe (Gestionnaire d'identification) ; voyez aussi le mobile.",
            "On it, remove the old password from Credential Manager; check the mobile phone too.",
        ),
        categories=("account",),
        minutes=15,
        skills={"workstation": 1},
    ),
    "mfa-new-phone": repair(
        ("Nouveau téléphone, double authentification à refaire", "New phone, two-step sign-in to redo"),
        (
            "J'ai changé de téléphone et je ne reçois plus les codes. Impossible d'ouvrir ma messagerie.",
            "I changed my phone and no longer get the codes. I cannot open my mail.",
        ),
        ("Authenticator est resté sur l'ancien téléphone.", "Authenticator is tied to the old phone."),
        (
            "Vérifiez l'identité de vive voix, par rappel au numéro de l'annuaire ou par le responsable.",
            "Check who it is by voice, calling the number in the directory or asking the manager.",
        ),
        (
            "Sur entra.microsoft.com > Utilisateurs > Méthodes d'authentification, ôtez l'ancien téléphone.",
            "At entra.microsoft.com > Users > Authentication methods, delete the old phone.",
        ),
        (
            "Ajoutez-y un passe d'accès temporaire d'une heure ; en cas de vol, révoquez les sessions.",
            "Add a one-hour Temporary Access Pass there; if the phone was stolen, also revoke sessions.",
        ),
        (
            "Avec ce passe, l'utilisateur ouvre aka.ms/mysecurityinfo > Ajouter une méthode de connexion.",
            "With that pass, the user opens aka.ms/mysecurityinfo > Add sign-in method.",
        ),
        (
            "Il choisit Microsoft Authenticator, scanne le code QR, puis essaie une connexion complète.",
            "They choose Microsoft Authenticator, scan the QR code, then try a full sign-in.",
        ),
        categories=("account",),
        minutes=20,
        skills={"workstation": 1},
    ),
    "mailbox-full": repair(
        ("Boîte aux lettres pleine", "Mailbox full"),
        (
            "Outlook dit que ma boîte est pleine. Je ne peux plus rien envoyer.",
            "Outlook says that my mailbox is full. I cannot send anything any more.",
        ),
        (
            "La boîte a atteint son quota, le plus souvent à cause de grosses pièces jointes.",
            "The mailbox has reached its quota, mostly because of large attachments.",
        ),
        (
            "Clic droit sur Éléments supprimés > Vider le dossier ; de même pour Courrier indésirable.",
            "Right-click Deleted Items > Empty Folder; do the same for Junk Email.",
        ),
        (
            "Dans la Réception puis les Éléments envoyés, choisissez Trier par > Taille.",
            "In the Inbox, then in Sent Items, choose Sort by > Size.",
        ),
        (
            "Enregistrez ailleurs les grosses pièces jointes, supprimez ces messages, videz à nouveau.",
            "Save the large attachments elsewhere, delete those messages and empty the folder again.",
        ),
        (
            "Contrôlez la place : Outlook web > roue dentée > Général > Stockage. L'envoi repart peu après.",
            "Check the space: Outlook on the web > cog > General > Storage. Sending resumes soon after.",
        ),
        categories=("account",),
        minutes=15,
        self_service=True,
        skills={"workstation": 1},
    ),
    "mail-in-spam": repair(
        ("Message attendu rangé dans les indésirables", "Expected message in the junk folder"),
        (
            "Un client dit m'avoir écrit, mais je n'ai rien reçu.",
            "A client says that they wrote to me, but I received nothing.",
        ),
        ("Le filtre l'a pris pour un indésirable.", "The filter took it for junk."),
        (
            "Tapez le nom de l'expéditeur dans la recherche, puis regardez l'onglet Autres de la Réception.",
            "Type the sender's name in the search box, then look at the Other tab of the Inbox.",
        ),
        (
            "Ouvrez Courrier indésirable et vérifiez que l'adresse, en entier, est bien celle du client.",
            "Open Junk Email and check that the whole address really is the client's.",
        ),
        (
            "Clic droit > Courrier indésirable (ou Signaler) > Courrier légitime : il revient en Réception.",
            "Right-click > Junk (or Report) > Not Junk: it goes back to the Inbox.",
        ),
        (
            "S'il n'y est pas, cherchez sur security.microsoft.com/quarantine et demandez sa libération.",
            "If it is not there, look at security.microsoft.com/quarantine and ask for its release.",
        ),
        categories=("account",),
        minutes=10,
        self_service=True,
        skills={"workstation": 1},
    ),
    "outlook-profile": repair(
        ("Outlook ne s'ouvre plus : profil à recréer", "Outlook no longer opens: new profile"),
        (
            "Outlook reste bloqué sur « Chargement du profil », puis se ferme. Le webmail marche.",
            "Outlook stays on “Loading profile”, then closes. Webmail works.",
        ),
        ("Le profil Outlook est endommagé.", "The Outlook profile is damaged."),
        (
            "Fermez Outlook dans le Gestionnaire des tâches, puis Windows + R : outlook.exe /safe.",
            "End Outlook in Task Manager, then Windows + R: outlook.exe /safe.",
        ),
        (
            "S'il s'ouvre ainsi, Fichier > Options > Compléments > Atteindre : décochez les compléments.",
            "If it opens that way, File > Options > Add-ins > Go: clear the add-ins.",
        ),
        (
            "Sinon, Panneau de configuration > Courrier > Afficher les profils > Ajouter, puis le compte.",
            "If not, Control Panel > Mail > Show Profiles > Add, then set up the account.",
        ),
        (
            "Choisissez le nouveau profil sous « Toujours utiliser ce profil » et laissez synchroniser.",
            "Pick the new profile under “Always use this profile” and let it sync.",
        ),
        (
            "Rattachez les fichiers .pst et la signature ; supprimez l'ancien profil une semaine après.",
            "Attach the .pst files and the signature again; delete the old profile a week later.",
        ),
        categories=("account", "software-update"),
        minutes=30,
        skills={"workstation": 1},
    ),
    "calendar-share": repair(
        ("Agenda partagé invisible", "Shared calendar not showing"),
        (
            "Je ne vois pas l'agenda de ma collègue, alors qu'elle dit l'avoir partagé.",
            "I cannot see my colleague's calendar, though she says that she shared it.",
        ),
        (
            "Le partage n'a pas été accepté, ou il ne montre que les heures occupées.",
            "The share was not accepted, or it shows busy times only.",
        ),
        (
            "Cherchez son invitation dans votre messagerie, indésirables compris, et cliquez sur Accepter.",
            "Look for the invitation in your mail, junk included, and click Accept.",
        ),
        (
            "Sans invitation, elle ouvre Calendrier > clic droit sur le sien > Partage et autorisations.",
            "With no invitation, she opens Calendar > right-click on hers > Sharing and permissions.",
        ),
        (
            "Elle y ajoute votre nom avec « Peut afficher tous les détails », puis clique sur Partager.",
            "There she adds your name with “Can view all details”, then clicks Share.",
        ),
        (
            "Dans Calendrier, cochez son nom à gauche ; s'il manque : Ajouter un calendrier > annuaire.",
            "In Calendar, tick her name on the left; if it is missing: Add calendar > directory.",
        ),
        categories=("account", "training"),
        minutes=10,
        self_service=True,
        skills={"workstation": 1},
    ),
    "new-employee": repair(
        ("Compte pour un nouvel arrivant", "Account for a new employee"),
        (
            "Une personne arrive lundi. Il lui faut une session, une adresse et accès à nos dossiers.",
            "Someone starts on Monday. They need a login, an e-mail address and access to our folders.",
        ),
        (
            "Un compte est à créer pour une arrivée, avec les droits du poste occupé.",
            "An account is needed for a newcomer, with the rights that go with the job.",
        ),
        (
            "Faites valider par le responsable : nom, fonction, date d'arrivée, logiciels et dossiers.",
            "Have the manager confirm: name, job, start date, software and folders.",
        ),
        (
            "Dans dsa.msc, clic droit sur le compte modèle du service > Copier ; revoyez chaque groupe.",
            "In dsa.msc, right-click the department's template account > Copy; review each group.",
        ),
        (
            "Sur admin.microsoft.com > Utilisateurs actifs > Licences et applications, posez la licence.",
            "At admin.microsoft.com > Active users > Licenses and apps, assign the licence.",
        ),
        (
            "Cochez « L'utilisateur doit changer le mot de passe » ; remettez-le en main propre.",
            "Tick “User must change password at next logon”; hand the password over in person.",
        ),
        (
            "Le premier jour, vérifiez session, messagerie, dossiers et double authentification.",
            "On the first day, check the login, mail, folders and two-step sign-in.",
        ),
        categories=("account",),
        minutes=30,
        skills={"workstation": 1},
    ),
    "leaver-account": repair(
        ("Départ d'un salarié : compte à fermer", "Leaver: account to close"),
        (
            "Un collègue quitte l'entreprise vendredi. Que faire de sa messagerie et de ses accès ?",
            "A colleague leaves on Friday. What should be done with their mail and access?",
        ),
        (
            "Les accès d'une personne qui part doivent être fermés sans perdre son travail.",
            "The access of someone who leaves must be closed without losing their work.",
        ),
        (
            "Obtenez des RH, par écrit, la date et l'heure de fermeture et qui reprend les dossiers.",
            "Get from HR in writing the closing date and time, and who takes over the files.",
        ),
        (
            "À l'heure dite, dsa.msc > Désactiver le compte ; admin.microsoft.com > Bloquer la connexion.",
            "At that time, dsa.msc > Disable Account; admin.microsoft.com > Block sign-in.",
        ),
        (
            "Déconnectez toutes les sessions, retirez le VPN et les méthodes d'authentification.",
            "Sign out of all sessions, remove the VPN access and the authentication methods.",
        ),
        (
            "Sur admin.exchange.microsoft.com, convertissez la boîte en boîte partagée avec réponse auto.",
            "At admin.exchange.microsoft.com, convert the mailbox to a shared one with an auto-reply.",
        ),
        (
            "Transmettez son OneDrive au responsable avant d'ôter la licence ; récupérez matériel et badge.",
            "Pass the OneDrive to the manager before removing the licence; collect equipment and badge.",
        ),
        categories=("account",),
        minutes=30,
        skills={"workstation": 1},
    ),
    "phone-headset": repair(
        ("Softphone : on ne m'entend pas", "Softphone: nobody hears me"),
        (
            "Quand j'appelle depuis l'ordinateur, j'entends mon correspondant mais lui ne m'entend pas.",
            "When I call from the computer, I hear the other person but they do not hear me.",
        ),
        (
            "Le logiciel écoute un autre micro que celui du casque, ou le casque est en sourdine.",
            "The software listens to a microphone other than the headset's, or the headset is muted.",
        ),
        (
            "Vérifiez la touche sourdine du casque et la perche ; débranchez-le et rebranchez-le.",
            "Check the headset's mute button and boom arm; unplug it and plug it in again.",
        ),
        (
            "Dans Teams : ... > Paramètres > Appareils, choisissez le casque en haut-parleur et en micro.",
            "In Teams: ... > Settings > Devices, choose the headset as both speaker and microphone.",
        ),
        (
            "Windows : Paramètres > Confidentialité et sécurité > Microphone, autorisez les applications.",
            "Windows: Settings > Privacy & security > Microphone, allow apps to use it.",
        ),
        (
            "Faites un appel de test depuis cette page de Teams et écoutez votre voix enregistrée.",
            "Make a test call from that page of Teams and listen to your recorded voice.",
        ),
        categories=("peripheral",),
        minutes=10,
        self_service=True,
        skills={"workstation": 1},
    ),
    "deskphone-reboot": repair(
        ("Téléphone fixe muet, à redémarrer", "Silent desk phone, to be restarted"),
        (
            "Mon téléphone de bureau n'a plus de tonalité et ne sonne plus. L'écran est figé ou éteint.",
            "My desk phone has no dial tone and no longer rings. Its screen is frozen or off.",
        ),
        (
            "Le téléphone a perdu le contact avec le standard et doit s'y inscrire à nouveau.",
            "The phone has lost touch with the exchange and must register with it again.",
        ),
        (
            "Vérifiez que le cordon du combiné est bien dans la prise combiné, et non dans celle du casque.",
            "Check that the handset cord is in the handset socket, not in the headset one.",
        ),
        (
            "Derrière, débranchez dix secondes le câble réseau (LAN) et, s'il existe, le bloc secteur.",
            "At the back, unplug the network cable (LAN) and any mains adapter for ten seconds.",
        ),
        (
            "Rebranchez, attendez trois minutes que votre numéro s'affiche, puis appelez un collègue.",
            "Plug in again, wait three minutes until your extension shows, then call a colleague.",
        ),
        (
            "Toujours muet : essayez une autre prise murale. Si tous les postes le sont, appelez-nous.",
            "Still silent: try another wall socket. If every phone is silent, call us.",
        ),
        categories=("lost-connection", "peripheral"),
        minutes=10,
        self_service=True,
        skills={"network": 1},
    ),
    "till-barcode": repair(
        ("Douchette de caisse qui ne lit plus", "Till scanner that no longer reads"),
        (
            "La douchette bipe mais rien ne s'affiche en caisse, ou les chiffres sortent en symboles.",
            "The scanner beeps but nothing shows on the till, or the digits come out as symbols.",
        ),
        (
            "Les réglages ont sauté, souvent après la lecture d'un code de configuration par mégarde.",
            "The settings are lost, often because a setup code was scanned by accident.",
        ),
        (
            "Essuyez la vitre avec un chiffon doux, débranchez la prise USB dix secondes, puis rebranchez.",
            "Wipe the window with a soft cloth, unplug the USB lead for ten seconds, then plug it in.",
        ),
        (
            "Lisez dans le guide du modèle le code de remise à zéro (« Set Factory Defaults »).",
            "In the model's guide, scan the reset code (“Set Factory Defaults”).",
        ),
        (
            "Lisez ensuite les codes « USB HID Keyboard », clavier français et suffixe « Enter ».",
            "Then scan the codes for “USB HID Keyboard”, French keyboard and “Enter” suffix.",
        ),
        (
            "Essayez dans le Bloc-notes : treize chiffres et un retour à la ligne ; puis en caisse.",
            "Try an item in Notepad: thirteen digits and a new line should appear; then try the till.",
        ),
        (
            "Sans fil : posez-la sur son socle et lisez le code d'appairage collé dessus.",
            "Cordless: put it on its cradle and scan the pairing code on the cradle.",
        ),
        categories=("peripheral",),
        minutes=15,
        self_service=True,
        skills={"workstation": 1},
    ),
}
