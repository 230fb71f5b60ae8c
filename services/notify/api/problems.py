"""The problems that only this service's rules raise."""

from collections.abc import Mapping

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType

PROBLEMS: Mapping[str, ProblemType] = {
    "message-kind-not-his": ProblemType(
        422,
        Text("Such a person is never told that", "Une telle personne ne reçoit jamais cela"),
        Text("Choose among the kinds that `kinds` names.", "Choisissez parmi les genres que `kinds` nomme."),
    ),
    "message-cannot-wait": ProblemType(
        422,
        Text("That can neither wait nor be turned off", "Cela ne peut ni attendre ni être coupé"),
        Text(
            "Leave the kinds that `kinds` names at-once, or sms.",
            "Laissez at-once, ou sms, les genres que `kinds` nomme.",
        ),
    ),
    "token-without-subject": ProblemType(
        422,
        Text("The token names nobody", "Le jeton ne nomme personne"),
        Text(
            "Name the person with `person` and `as`, or use a token of his.",
            "Nommez la personne par `person` et `as`, ou prenez un jeton à elle.",
        ),
    ),
}
