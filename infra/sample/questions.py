"""What the sample firm's hotline asks before anybody is sent: questions for each of its usual faults."""

from collections.abc import Mapping
from typing import Any

from infra.sample.calls import Json


def words(fr: str, en: str) -> Json:
    return {"fr": fr, "en": en}


def when(*answers: str, to: str | None = None, **fills: Any) -> Json:
    """Where the answer is one of these."""
    return {"when": [{"is": list(answers)}], "next": to, "fills": fills}


def from_(least: float, to: str | None = None, **fills: Any) -> Json:
    """Where the answer is a number as great as that."""
    return {"when": [{"at_least": least}], "next": to, "fills": fills}


def otherwise(to: str | None = None, **fills: Any) -> Json:
    return {"next": to, "fills": fills}


def ask(id: str, fr: str, en: str, *branches: Json, kind: str = "yes-no", **choices: tuple[str, str]) -> Json:
    """A question; with ``choices`` (French and English) one among them."""
    return {
        "id": id,
        "kind": "choice" if choices else kind,
        "text": words(fr, en),
        "choices": {choice.replace("_", "-"): words(*both) for choice, both in choices.items()},
        "branches": list(branches),
    }


def tree(name: tuple[str, str], categories: tuple[str, ...], *questions: Json, **fills: Any) -> Json:
    """Begins with its first question, and with what ``fills`` says."""
    return {
        "name": words(*name),
        "categories": list(categories),
        "first": questions[0]["id"],
        "questions": list(questions),
        "fills": fills,
    }


def how_many(to: str | None = None) -> Json:
    """The last question of most: one user, a team, everybody."""
    return ask(
        "users",
        "Combien de personnes sont gênées ?",
        "How many people are affected?",
        from_(20, to, impact="high", urgency="high"),
        from_(5, to, impact="high"),
        from_(2, to, impact="medium"),
        otherwise(to),
        kind="number",
    )


QUESTIONS: Mapping[str, Json] = {
    "no-power": tree(
        ("Le poste ne s'allume plus", "The workstation does not start"),
        ("no-power", "motherboard"),
        ask("socket", "Une autre prise ou multiprise change-t-elle quelque chose ?",
            "Does another socket or power strip make a difference?",
            when("yes", impact="low", urgency="low", articles=["no-power-strip"]), otherwise("fan")),
        ask("fan", "Entendez-vous le ventilateur ?", "Do you hear the fan?",
            when("no", to="users", category="no-power", articles=["psu-dead"],
                 parts=[{"sku": "psu-550", "quantity": 1}]),
            otherwise("beeps")),
        ask("beeps", "Y a-t-il des bips au démarrage ?", "Does it beep when it starts?",
            when("yes", to="users", category="motherboard", skills={"hardware": 3},
                 parts=[{"sku": "motherboard-q670", "quantity": 1}]),
            otherwise("users")),
        how_many(),
        category="no-power", impact="low", urgency="medium",
    ),
    "dead-screen": tree(
        ("Écran noir", "Dead screen"),
        ("dead-screen",),
        ask("led", "De quelle couleur est le voyant de l'écran ?", "What colour is the screen's light?",
            when("off", to="socket"), when("orange", to="cable"), otherwise("other"),
            off=("éteint", "off"), orange=("orange", "orange"), blue=("bleu ou vert", "blue or green")),
        ask("socket", "Le voyant s'allume-t-il sur une autre prise ?", "Is it lit at another socket?",
            when("yes", impact="low", urgency="low"),
            otherwise("users", parts=[{"sku": "screen-24", "quantity": 1}])),
        ask("cable", "Un autre câble vidéo change-t-il quelque chose ?", "Does another video cable help?",
            when("yes", impact="low", urgency="low", articles=["video-cable"]), otherwise("other")),
        ask("other", "Un autre écran fonctionne-t-il sur ce poste ?", "Does another screen work there?",
            when("yes", to="users", parts=[{"sku": "screen-24", "quantity": 1}]),
            when("no", to="users", category="no-power", skills={"hardware": 2}),
            otherwise("users")),
        how_many(),
        category="dead-screen", impact="low", urgency="medium",
    ),
    "motherboard": tree(
        ("Le poste s'arrête seul", "The workstation stops by itself"),
        ("motherboard",),
        ask("heat", "L'arrêt vient-il après un moment d'utilisation ?", "Does it stop after some use?",
            when("yes", to="dust"), otherwise("beeps")),
        ask("dust", "Les grilles d'aération sont-elles bouchées ?", "Are the air vents blocked?",
            when("yes", category="upkeep", impact="low", urgency="low"), otherwise("beeps")),
        ask("beeps", "Y a-t-il des bips, ou un message au démarrage ?", "Does it beep, or show a message?",
            when("yes", to="message", parts=[{"sku": "motherboard-q670", "quantity": 1}]),
            otherwise("users")),
        ask("message", "Que dit le message, ou combien de bips ?", "What does it say, or how many beeps?",
            otherwise("users"), kind="text"),
        how_many(),
        category="motherboard", impact="low", urgency="medium",
    ),
    "printer-driver": tree(
        ("Impression impossible", "Nothing prints"),
        ("printer-driver", "printer-jam"),
        ask("panel", "Que montre le panneau de l'imprimante ?", "What does the printer's panel show?",
            when("jam", to="photo", category="printer-jam", articles=["jam-rear"]),
            when("fuser", to="users", category="printer-jam", skills={"printing": 2}, articles=["fuser-worn"],
                 parts=[{"sku": "fuser-kit", "quantity": 1}]),
            when("off", to="users", category="printer-jam", articles=["printer-offline"]),
            otherwise("others"),
            ready=("prête", "ready"), jam=("bourrage", "paper jam"), fuser=("erreur de four", "fuser error"),
            off=("rien, éteinte", "nothing, it is off")),
        ask("photo", "Pouvez-vous photographier le message ?", "Can you take a picture of the message?",
            otherwise("users"), kind="photo"),
        ask("others", "D'autres postes impriment-ils sur elle ?", "Do others print on it?",
            when("yes", impact="low", urgency="low", articles=["print-queue-cleared"]), otherwise("users")),
        how_many(),
        category="printer-driver", impact="low", urgency="medium",
    ),
    "server-unreachable": tree(
        ("Serveur ou logiciel métier injoignable", "Server or business software out of reach"),
        ("server-unreachable", "raid-degraded"),
        ask("internet", "Internet fonctionne-t-il ?", "Does the internet work?",
            when("no", to="building", category="lost-connection"), otherwise("light")),
        ask("building", "Tout le bâtiment est-il coupé ?", "Is the whole building cut off?",
            when("yes", category="switch-dead", impact="high", urgency="high",
                 parts=[{"sku": "switch-24", "quantity": 1}]),
            otherwise("users")),
        ask("light", "Un voyant orange ou rouge est-il allumé sur le serveur ?",
            "Is there an orange or red light on the server?",
            when("yes", to="users", category="raid-degraded", skills={"server": 3},
                 parts=[{"sku": "hdd-4t", "quantity": 1}]),
            otherwise("since")),
        ask("since", "Que s'est-il passé juste avant ?", "What happened just before?",
            when("cut", to="users", skills={"hardware": 1}), otherwise("users"),
            nothing=("rien", "nothing"), cut=("coupure de courant", "power cut"),
            update=("mise à jour", "an update")),
        how_many(),
        category="server-unreachable", impact="high", urgency="high",
    ),
    "lost-connection": tree(
        ("Plus de réseau", "No network"),
        ("lost-connection", "switch-dead"),
        ask("neighbours", "Les postes voisins ont-ils du réseau ?", "Have the machines beside it network?",
            when("no", to="cabinet"), when("yes", to="wifi"), otherwise("wifi")),
        ask("cabinet", "Les voyants du commutateur sont-ils allumés ?", "Are the switch's lights on?",
            when("no", to="users", category="switch-dead", skills={"network": 2},
                 parts=[{"sku": "switch-24", "quantity": 1}]),
            otherwise("users")),
        ask("wifi", "Est-ce du Wi-Fi ?", "Is it Wi-Fi?",
            when("yes", to="users", articles=["wifi-forget"]), otherwise("cable")),
        ask("cable", "Un autre câble change-t-il quelque chose ?", "Does another cable help?",
            when("yes", impact="low", urgency="low", articles=["cable-unplugged"],
                 parts=[{"sku": "patch-cord", "quantity": 1}]),
            otherwise("users")),
        how_many(),
        category="lost-connection", impact="low", urgency="medium",
    ),
    "lost-files": tree(
        ("Fichiers perdus", "Lost files"),
        ("lost-files",),
        ask("where", "Où étaient-ils ?", "Where were they?",
            when("share", to="others", impact="medium"), otherwise("strange"),
            share=("sur un dossier partagé", "in a shared folder"), desk=("sur le poste", "on the machine"),
            stick=("sur une clé USB", "on a USB stick")),
        ask("others", "D'autres les voient-ils encore ?", "Do others still see them?",
            when("yes", impact="low", urgency="low", articles=["drive-letter"]), otherwise("strange")),
        ask("strange", "Ont-ils une extension étrange, ou y a-t-il un message de rançon ?",
            "Do they have a strange extension, or is there a ransom note?",
            when("yes", category="virus", impact="high", urgency="high", skills={"security": 2}),
            otherwise("when")),
        ask("when", "Quand les avez-vous vus la dernière fois ?", "When did you see them last?",
            otherwise("users"), kind="text"),
        how_many(),
        category="lost-files", impact="low", urgency="medium",
    ),
    "virus": tree(
        ("Comportement suspect", "Suspicious behaviour"),
        ("virus",),
        ask("unplugged", "Le poste est-il débranché du réseau ? Sinon, débranchez-le maintenant.",
            "Is the machine off the network? If not, unplug it now.",
            otherwise("ransom")),
        ask("ransom", "Y a-t-il un message de rançon ou des fichiers illisibles ?",
            "Is there a ransom note, or are files unreadable?",
            when("yes", to="others", impact="high", urgency="high", articles=["ransomware-isolate"]),
            otherwise("link")),
        ask("link", "Avez-vous ouvert une pièce jointe ou saisi un mot de passe ?",
            "Did you open an attachment or type a password?",
            when("yes", to="others", urgency="high", articles=["phishing-clicked"]), otherwise("others")),
        ask("others", "Combien d'autres postes se conduisent ainsi ?", "How many other machines behave so?",
            from_(1, impact="high", urgency="high"), otherwise(), kind="number"),
        category="virus", impact="medium", urgency="medium",
    ),
    "slow": tree(
        ("Poste lent", "Slow workstation"),
        ("upkeep", "software-update"),
        ask("all", "Est-ce lent dans tous les logiciels ?", "Is it slow in all programs?",
            when("no", to="which", category="software-update"), otherwise("restart")),
        ask("which", "Dans quel logiciel ?", "In which program?", otherwise("users"), kind="text"),
        ask("restart", "Un redémarrage change-t-il quelque chose ?", "Does a restart make a difference?",
            when("yes", impact="low", urgency="low"), otherwise("noise")),
        ask("noise", "Le disque ou le ventilateur font-ils du bruit ?", "Is the disk or the fan noisy?",
            when("yes", to="users", category="upkeep", skills={"hardware": 1}), otherwise("windows")),
        ask("windows", "Des fenêtres s'ouvrent-elles toutes seules ?", "Do windows open by themselves?",
            when("yes", to="users", category="virus", urgency="high", articles=["browser-popups"]),
            otherwise("users")),
        how_many(),
        category="software-update", impact="low", urgency="low",
    ),
    "installation": tree(
        ("Nouveau poste", "New workstation"),
        ("installation",),
        ask("count", "Combien de postes ?", "How many machines?",
            from_(5, "sockets", impact="medium"), otherwise("sockets"), kind="number"),
        ask("sockets", "Y a-t-il des prises réseau et électriques libres ?",
            "Are there free network and power sockets?",
            when("no", to="data", skills={"network": 1}, parts=[{"sku": "patch-cord", "quantity": 2}]),
            otherwise("data")),
        ask("data", "Faut-il reprendre les données d'un ancien poste ?", "Is there old data to move?",
            when("yes", to="from", skills={"workstation": 2}), otherwise("from")),
        ask("from", "À partir de quand quelqu'un en a-t-il besoin ?", "From when on does somebody need it?",
            otherwise(), kind="text"),
        category="installation", impact="low", urgency="low",
    ),
    "account": tree(
        ("Compte ou accès", "Account or access"),
        ("account",),
        ask("what", "De quoi s'agit-il ?", "What is it about?",
            when("locked", urgency="high", articles=["account-locked", "password-reset"]),
            when("leaving", to="from", urgency="medium", articles=["leaver-account"]), otherwise("like"),
            arrival=("une arrivée", "somebody who joins"), leaving=("un départ", "somebody who leaves"),
            locked=("un compte bloqué", "a locked account"), more=("un accès de plus", "one access more")),
        ask("like", "Les mêmes droits que qui ?", "The same rights as whose?",
            otherwise("from"), kind="text"),
        ask("from", "À partir de quand ?", "From when on?", otherwise(), kind="text"),
        category="account", impact="low", urgency="low",
    ),
    "training": tree(
        ("Formation", "Training"),
        ("training",),
        ask("topic", "Sur quel logiciel ou quelle tâche ?", "On which program or task?",
            otherwise("people"), kind="text"),
        ask("people", "Combien de personnes ?", "How many people?",
            from_(9, "level", impact="medium"), otherwise("level"), kind="number"),
        ask("level", "À l'aise avec l'informatique ?", "At ease with computers?",
            when("beginners", skills={"workstation": 2}), otherwise(),
            beginners=("débutants", "beginners"), usual=("comme tout le monde", "as most people"),
            at_ease=("à l'aise", "at ease")),
        category="training", impact="low", urgency="low",
    ),
}  # fmt: skip
