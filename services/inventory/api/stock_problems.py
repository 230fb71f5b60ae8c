"""What the rules of stock refuse, in both languages."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType

STOCK_PROBLEMS: Mapping[str, ProblemType] = {
    "unknown-lot": ProblemType(
        409,
        Text("There are not so many of that lot there", "Pas assez de pièces de ce lot à cet endroit"),
        Text(
            "Take at most `available` of the lot, or another one, or count that place.",
            "Prenez au plus `available` pièces du lot, ou un autre, ou comptez cet endroit.",
        ),
    ),
    "lots-do-not-match": ProblemType(
        422,
        Text("The lots hold more than was counted", "Les lots dépassent la quantité comptée"),
        Text(
            "Correct the quantities of the lots, or the count.",
            "Corrigez les quantités des lots, ou le comptage.",
        ),
    ),
    "serials-needed": ProblemType(
        422,
        Text("Its pieces are told apart by serials", "Pièces suivies par numéro de série"),
        Text(
            "Give one serial for each piece.",
            "Donnez un numéro par pièce.",
        ),
    ),
    "lot-needed": ProblemType(
        422,
        Text("Its pieces are told apart by lots", "Pièces suivies par lot"),
        Text(
            "Give `lots` for all of the pieces.",
            "Donnez `lots` pour toutes les pièces.",
        ),
    ),
    "kit-not-stocked": ProblemType(
        422,
        Text("A kit is not stocked", "Un kit n'est pas stocké"),
        Text(
            "Move the parts in `parts`.",
            "Déplacez les pièces de `parts`.",
        ),
    ),
    "kit-in-kit": ProblemType(
        422,
        Text("A kit holds no kits", "Un kit ne contient pas de kit"),
        Text(
            "Name its parts one by one.",
            "Nommez ses pièces une par une.",
        ),
    ),
    "in-quarantine": ProblemType(
        409,
        Text("It came back and is not settled", "Un retour n'est pas soldé"),
        Text(
            "Settle `returns` first: POST /v1/stock/returns/{id}/settle.",
            "Soldez d'abord `returns` : POST /v1/stock/returns/{id}/settle.",
        ),
    ),
    "part-in-stock": ProblemType(
        409,
        Text("The part is in stock", "La pièce est en stock"),
        Text(
            "A kit has no stock of its own: count it to zero at `locations` first.",
            "Un kit n'a pas de stock propre : comptez-la à zéro en `locations` d'abord.",
        ),
    ),
    "names-itself": ProblemType(
        422,
        Text("A part names itself", "Une pièce se nomme elle-même"),
        Text(
            "Leave it out of its own substitutes and kit.",
            "Retirez-la de ses propres substituts et de son kit.",
        ),
    ),
    "nothing-to-explain": ProblemType(
        409,
        Text("No count waits for that reason", "Aucun comptage en attente de ce motif"),
        Text(
            "Use one of `waiting`.",
            "Utilisez un des `waiting`.",
        ),
    ),
    "on-the-way": ProblemType(
        422,
        Text("What is on the way belongs to a transfer", "Le transit relève d'un transfert"),
        Text(
            "Receive or cancel the transfer.",
            "Réceptionnez ou annulez le transfert.",
        ),
    ),
    "more-than-sent": ProblemType(
        409,
        Text("More than is on the way", "Plus que ce qui est en transit"),
        Text(
            "Receive at most `on_the_way`; count what is more afterwards.",
            "Réceptionnez au plus `on_the_way` ; comptez ensuite le surplus.",
        ),
    ),
    "not-in-transfer": ProblemType(
        422,
        Text("The transfer does not hold it", "Absent du transfert"),
        Text(
            "Receive what the transfer's `lines` name.",
            "Réceptionnez ce que nomment les `lines` du transfert.",
        ),
    ),
    "transfer-over": ProblemType(
        409,
        Text("The transfer is over", "Transfert terminé"),
        Text(
            "Send another one.",
            "Faites un autre transfert.",
        ),
    ),
    "purchase-not-there": ProblemType(
        409,
        Text("The purchase request is at another step", "La demande d'achat est à une autre étape"),
        Text(
            "Read it again: `state` says where it is.",
            "Relisez-la : `state` dit où elle en est.",
        ),
    ),
    "not-ordered": ProblemType(
        422,
        Text("The purchase request does not name it", "Absent de la demande d'achat"),
        Text(
            "Receive one of `skus`, or name another request.",
            "Réceptionnez un des `skus`, ou nommez une autre demande.",
        ),
    ),
    "return-not-there": ProblemType(
        409,
        Text("The return is at another step", "Le retour est à une autre étape"),
        Text(
            "Read it again: `state` says where it is.",
            "Relisez-le : `state` dit où il en est.",
        ),
    ),
    "not-a-quarantine": ProblemType(
        422,
        Text("What comes back goes to a quarantine", "Un retour va en quarantaine"),
        Text(
            "Name a quarantine, such as quarantine:lyon.",
            "Nommez une quarantaine, comme quarantine:lyon.",
        ),
    ),
    "loan-over": ProblemType(
        409,
        Text("It came back already", "Prêt déjà rentré"),
        Text(
            "Nothing is left to do.",
            "Il n'y a plus rien à faire.",
        ),
    ),
}
