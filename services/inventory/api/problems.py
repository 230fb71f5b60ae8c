"""What the inventory's own rules refuse, in both languages."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType

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
}
