"""What the workshop's rules refuse, in both languages."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType

WORKSHOP_PROBLEMS: Mapping[str, ProblemType] = {
    "repair-not-there": ProblemType(
        409,
        Text("The repair is at another step", "La réparation en est à une autre étape"),
        Text("Do one of `possible`.", "Faites l'une des actions de `possible`."),
    ),
    "asset-in-workshop": ProblemType(
        409,
        Text("The machine is in the workshop", "L'équipement est à l'atelier"),
        Text("Go on with the repair order `repair_id`.", "Poursuivez l'ordre de réparation `repair_id`."),
    ),
    "loan-unit-out": ProblemType(
        409,
        Text("The client has a loan unit already", "Le client a déjà un matériel de prêt"),
        Text("Take the loan `loan_id` back first.", "Reprenez d'abord le prêt `loan_id`."),
    ),
    "repair-has-its-ticket": ProblemType(
        409,
        Text("It is repaired under another ticket", "La réparation relève d'un autre ticket"),
        Text("Leave `ticket_id` out.", "Omettez `ticket_id`."),
    ),
    "repair-without-ticket": ProblemType(
        422,
        Text("There is no ticket to quote in", "Aucun ticket ne peut porter le devis"),
        Text("Name a ticket by `ticket_id`.", "Nommez un ticket par `ticket_id`."),
    ),
    "repair-without-work": ProblemType(
        409,
        Text("Nobody has worked on it yet", "Personne n'y a encore travaillé"),
        Text("Write down the minutes by `work` first.", "Saisissez d'abord les minutes par `work`."),
    ),
    "repair-quote-pending": ProblemType(
        409,
        Text("The ticket's quote is another machine's", "Le devis du ticket est celui d'une autre machine"),
        Text("Wait for the client's answer about `repair_id`.", "Attendez la réponse à `repair_id`."),
    ),
    "estimate-empty": ProblemType(
        422,
        Text("The quote has no line", "Le devis n'a aucune ligne"),
        Text("Give `lines`, or another `cover`.", "Donnez des `lines`, ou un autre `cover`."),
    ),
}
