"""The problems of tickets that belong together: parents, major incidents, problem records."""

from collections.abc import Mapping

from infra.chassis.http.problem_types import ProblemType
from services.ticket.api.problem_rule import rule

LINKED: Mapping[str, ProblemType] = {
    "parent-of-itself": rule(
        "A ticket is not its own parent",
        "Un ticket n'est pas son propre parent",
        "Name another ticket in `parent`.",
        "Nommez un autre ticket dans `parent`.",
    ),
    "parent-of-another-customer": rule(
        "The parent is another customer's",
        "Le parent est d'un autre client",
        "Declare a major incident: POST /v1/major-incidents.",
        "Déclarez un incident majeur : POST /v1/major-incidents.",
    ),
    "parent-has-a-parent": rule(
        "A parent has no parent",
        "Un parent n'a pas de parent",
        "Name the ticket that `parent` gives.",
        "Nommez le ticket donné par `parent`.",
    ),
    "has-children": rule(
        "A ticket with children gets no parent",
        "Un ticket qui a des enfants n'a pas de parent",
        "Detach those that `children` names first: DELETE /v1/tickets/{id}/parent.",
        "Détachez d'abord ceux que nomme `children` : DELETE /v1/tickets/{id}/parent.",
    ),
    "parent-cancelled": rule(
        "The parent is cancelled",
        "Le parent est annulé",
        "Name the ticket that goes on instead.",
        "Nommez le ticket qui se poursuit à sa place.",
    ),
    "too-many-children": rule(
        "The parent has as many children as a ticket may",
        "Le parent a le plus grand nombre d'enfants possible",
        "Declare a major incident: POST /v1/major-incidents.",
        "Déclarez un incident majeur : POST /v1/major-incidents.",
    ),
    "note-not-for-children": rule(
        "The note does not go to the children",
        "La note ne va pas aux enfants",
        "Make it public, or leave `also_children` out.",
        "Rendez-la publique, ou omettez `also_children`.",
    ),
    "in-another-major-incident": rule(
        "The ticket is part of another major incident",
        "Le ticket fait partie d'un autre incident majeur",
        "DELETE /v1/major-incidents/{major_id}/tickets/{id} first.",
        "D'abord DELETE /v1/major-incidents/{major_id}/tickets/{id}.",
    ),
    "ticket-cancelled": rule(
        "The ticket is cancelled",
        "Le ticket est annulé",
        "Attach the ticket that goes on instead.",
        "Rattachez le ticket qui se poursuit à sa place.",
    ),
    "too-many-attached": rule(
        "The major incident has as many tickets as one may",
        "L'incident majeur a le plus grand nombre de tickets possible",
        "Make the others children of an attached ticket: PUT /v1/tickets/{id}/parent.",
        "Faites des autres les enfants d'un ticket rattaché : PUT /v1/tickets/{id}/parent.",
    ),
    "ticket-of-another-customer": rule(
        "The problem is one customer's, and the ticket another's",
        "Le problème est d'un client, et le ticket d'un autre",
        "Open a problem without a customer: POST /v1/problems.",
        "Ouvrez un problème sans client : POST /v1/problems.",
    ),
    "too-many-linked": rule(
        "The problem has as many tickets as one may",
        "Le problème a le plus grand nombre de tickets possible",
        "Nothing: they say enough of it by now.",
        "Rien : ils en disent assez.",
    ),
    "problem-over": rule(
        "The problem is over",
        "Le problème est terminé",
        "Open another one: POST /v1/problems.",
        "Ouvrez-en un autre : POST /v1/problems.",
    ),
    "nothing-proposed": rule(
        "No prevention is proposed",
        "Aucune prévention n'est proposée",
        "Propose one with POST …/prevention.",
        "Proposez-en une par POST …/prevention.",
    ),
    "nothing-to-prevent": rule(
        "No machine of the problem's model is known",
        "Aucune machine du modèle du problème n'est connue",
        "Name the model when opening a problem, or correct the park.",
        "Nommez le modèle à l'ouverture du problème, ou corrigez le parc.",
    ),
    "prevention-accepted": rule(
        "The prevention is accepted already",
        "La prévention est déjà acceptée",
        "Cancel the tickets that `tickets` names where the work is not wanted.",
        "Annulez les tickets nommés par `tickets` si le travail est sans objet.",
    ),
}
