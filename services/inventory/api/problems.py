"""What the inventory's own rules refuse, in both languages."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType
from services.inventory.api.stock_problems import STOCK_PROBLEMS
from services.inventory.api.workshop_problems import WORKSHOP_PROBLEMS

PROBLEMS: Mapping[str, ProblemType] = {
    "not-enough-stock": ProblemType(
        409,
        Text("There is not enough of it there", "Stock insuffisant à cet endroit"),
        Text(
            "Transfer at most `available`, or receive or count more first.",
            "Transférez au plus `available`, ou réceptionnez ou comptez d'abord.",
        ),
    ),
    "unknown-serial": ProblemType(
        409,
        Text("A piece with that serial is not there", "Aucune pièce avec ce numéro de série à cet endroit"),
        Text(
            "Correct the serials in `serials`, or count that place first.",
            "Corrigez les numéros de `serials`, ou comptez d'abord cet endroit.",
        ),
    ),
    "serial-already-here": ProblemType(
        409,
        Text("A piece with that serial is in stock already", "Une pièce avec ce numéro est déjà en stock"),
        Text(
            "Transfer it from `location`, or count that place if it is not there any more.",
            "Transférez-la depuis `location`, ou comptez cet endroit si elle n'y est plus.",
        ),
    ),
    "serials-do-not-match": ProblemType(
        422,
        Text(
            "The serials do not fit the quantity", "Les numéros de série ne correspondent pas à la quantité"
        ),
        Text(
            "Give each piece a serial of its own, or give none.",
            "Donnez à chaque pièce son propre numéro, ou n'en donnez aucun.",
        ),
    ),
    "too-many-participants": ProblemType(
        422,
        Text("There are not that many places", "Il n'y a pas assez de places"),
        Text("Say more `places`, or plan two trainings.", "Augmentez `places`, ou prévoyez deux sessions."),
    ),
    "training-over": ProblemType(
        409,
        Text("That training is over", "Cette formation est passée ou annulée"),
        Text("Ask for another one.", "Demandez-en une autre."),
    ),
    "training-not-begun": ProblemType(
        409,
        Text("That training has not begun", "Cette formation n'a pas commencé"),
        Text("Take down who came once it has.", "Notez les présents une fois qu'elle a commencé."),
    ),
    "day-passed": ProblemType(
        422,
        Text("That day has passed", "Ce jour est passé"),
        Text("Name a day to come.", "Indiquez un jour à venir."),
    ),
    "site-closed": ProblemType(
        422,
        Text("The site is closed that day", "Le site est fermé ce jour-là"),
        Text("Name a day on which somebody is let in.", "Indiquez un jour où le site est ouvert."),
    ),
    "no-such-link": ProblemType(
        404,
        Text("There is no such link", "Ce lien n'existe pas"),
        Text("Follow the one in our last mail.", "Suivez celui de notre dernier message."),
    ),
    "no-visit-now": ProblemType(
        403,
        Text("You have no visit there now", "Vous n'avez pas de visite sur place maintenant"),
        Text(
            "Ask again from `from` on, or have the dispatcher look.",
            "Redemandez à partir de `from`, ou faites consulter le répartiteur.",
        ),
    ),
    "reason-needed": ProblemType(
        422,
        Text("A reason is needed", "Un motif est nécessaire"),
        Text("Give `reason`: it is kept with your name.", "Donnez `reason` : il est gardé avec votre nom."),
    ),
    "codes-not-kept": ProblemType(
        503,
        Text(
            "Access codes cannot be read or kept here", "Les codes d'accès ne peuvent être ni lus ni gardés"
        ),
        Text(
            "Have whoever runs the service set the key.",
            "Faites définir la clé par qui exploite le service.",
        ),
    ),
    "same-place": ProblemType(
        422,
        Text("They are there already", "Elles y sont déjà"),
        Text("Name another destination.", "Nommez une autre destination."),
    ),
    "unknown-agent-key": ProblemType(
        401,
        Text("No agent's key that is valid", "Aucune clé d'agent valable"),
        Text(
            "Give the agent a key of POST /v1/agent-keys: as its password, or at its address's end.",
            "Donnez à l'agent une clé de POST /v1/agent-keys : mot de passe, ou fin de l'adresse du serveur.",
        ),
    ),
    "inventory-too-large": ProblemType(
        413,
        Text("No inventory is as large as this", "Aucun inventaire n'est aussi volumineux"),
        Text(
            "Leave out categories that are not needed (no-category), or have the agent looked at.",
            "Écartez les catégories inutiles (no-category), ou faites vérifier l'agent.",
        ),
    ),
    "unreadable-inventory": ProblemType(
        400,
        Text("No message of an agent's that is known", "Message d'agent inconnu"),
        Text(
            "Send what GLPI's, FusionInventory's or OCS' agent sends; `reason` says what could not be read.",
            "Envoyez ce qu'envoie un agent GLPI, FusionInventory ou OCS ; `reason` dit ce qui est illisible.",
        ),
    ),
    "asset-disposed": ProblemType(
        409,
        Text("It is disposed of", "Sorti du parc"),
        Text("Register the machine that is there now.", "Enregistrez la machine qui est là maintenant."),
    ),
    "asset-lent": ProblemType(
        409,
        Text("It is lent already", "Déjà prêté"),
        Text("Take it back first.", "Reprenez-le d'abord."),
    ),
    "unknown-field": ProblemType(
        422,
        Text("Its kind has no such field", "Champ inconnu pour ce type"),
        Text("Use one of `possible`, or another kind.", "Utilisez un des `possible`, ou un autre type."),
    ),
    "wrong-field": ProblemType(
        422,
        Text("The field is of another type", "Champ d'un autre type"),
        Text("Correct what `field` names.", "Corrigez ce que nomme `field`."),
    ),
    "part-of-itself": ProblemType(
        409,
        Text("It would be a part of itself", "Il ferait partie de lui-même"),
        Text("Take one of the links in `chain` away first.", "Retirez d'abord un des liens de `chain`."),
    ),
    "nobody-to-tell": ProblemType(
        422,
        Text("Nobody would be told", "Personne à prévenir"),
        Text(
            "Correct `kind`, `model` or `customers`, or write down who uses the machines.",
            "Corrigez `kind`, `model` ou `customers`, ou notez qui utilise les machines.",
        ),
    ),
    "nothing-named": ProblemType(
        422,
        Text("Whom is it for?", "À qui est-ce destiné ?"),
        Text("Give `kind`, `model` or `customers`.", "Donnez `kind`, `model` ou `customers`."),
    ),
    "unreadable-life-cycles": ProblemType(
        422,
        Text("No file of endoflife.date", "Ce n'est pas un fichier endoflife.date"),
        Text(
            "Send the JSON of /api/v1/products/{product}, /api/v1/products/full or /api/{product}.json.",
            "Envoyez le JSON de /api/v1/products/{product}, /api/v1/products/full ou /api/{product}.json.",
        ),
    ),
    "advice-done": ProblemType(
        409, Text("It is done", "C'est fait"), Text("Reopen it first.", "Rouvrez-le d'abord.")
    ),
    "advice-quoted": ProblemType(
        409,
        Text("It is in a quote already", "Déjà dans un devis"),
        Text(
            "Follow the ticket `ticket_id`, or reopen the advice first.",
            "Suivez le ticket `ticket_id`, ou rouvrez d'abord le conseil.",
        ),
    ),
    "advice-unpriced": ProblemType(
        422,
        Text("What costs how much is not known", "Prix inconnu"),
        Text("Give `costs` for those in `advices`.", "Donnez `costs` pour ceux de `advices`."),
    ),
    "several-currencies": ProblemType(
        422,
        Text("They are priced in several currencies", "Plusieurs devises"),
        Text("Make one quote for each.", "Faites un devis par devise."),
    ),
    "advice-without-a-site": ProblemType(
        422,
        Text("Nobody is sent for these", "Sans visite possible"),
        Text("Leave out those in `advices`.", "Retirez ceux de `advices`."),
    ),
    "category-not-named": ProblemType(
        422,
        Text("As which work type?", "Pour quel type de prestation ?"),
        Text("Give `category`.", "Donnez `category`."),
    ),
    "quote-over-before-it-begins": ProblemType(
        422,
        Text("Nobody could approve of it any more", "Échéance déjà passée"),
        Text("Give a later valid_until.", "Donnez un valid_until ultérieur."),
    ),
    "too-many-documents": ProblemType(
        409,
        Text("A machine has no more documents", "Trop de documents pour cet équipement"),
        Text("Remove one first.", "Retirez-en un d'abord."),
    ),
    "no-assets-named": ProblemType(
        422,
        Text("Labels of which machines?", "Des étiquettes de quels équipements ?"),
        Text("Name `asset`, or `site`.", "Nommez `asset`, ou `site`."),
    ),
    "no-such-place": ProblemType(
        422,
        Text("The sheet has no such place", "La planche n'a pas cette position"),
        Text("Begin with 1 to `places`.", "Commencez entre 1 et `places`."),
    ),
    "too-many-labels": ProblemType(
        422,
        Text("Too many labels in one document", "Trop d'étiquettes pour un document"),
        Text("Name `most` at most.", "Nommez-en `most` au plus."),
    ),
    "labels-not-signed": ProblemType(
        503,
        Text("Labels cannot be signed here", "Les étiquettes ne peuvent pas être signées"),
        Text(
            "Have whoever runs the service set the key.",
            "Faites définir la clé par qui exploite le service.",
        ),
    ),
    "review-decided": ProblemType(
        409,
        Text("It is decided already", "Déjà tranché"),
        Text("Correct the assets themselves.", "Corrigez les équipements eux-mêmes."),
    ),
    "asset-not-named": ProblemType(
        422,
        Text("Which machine is it?", "De quelle machine s'agit-il ?"),
        Text("Name it by `asset_id`.", "Nommez-la par `asset_id`."),
    ),
    **STOCK_PROBLEMS,
    **WORKSHOP_PROBLEMS,
}
