"""What the fields of clients, work types and diagnosis trees are called."""

from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Wording
from services.ticket.web.admin_words import KINDS

CLIENT = COMMON.and_(
    Wording(
        labels={
            "vip_contacts": N_("VIP contacts"),
            "critical_periods": N_("Critical periods"),
            "critical_periods.[]": N_("Critical period"),
            "mail_domains": N_("Mail domains"),
            "mail_site": N_("Site that mails are about"),
            "sites": N_("Sites they answer for"),
            "role": N_("What they are there"),
            "computer_skill": N_("At ease with computers"),
        },
        hints={
            "mail_domains": N_("Whoever writes from one of them is one of the customer's; one a line"),
            "critical_periods": N_("When a failure hurts most"),
        },
        options={
            "beginner": N_("Beginner"),
            "usual": N_("Like most"),
            "at-ease": N_("At ease"),
        },
    )
)

WORK_TYPE = COMMON.and_(
    Wording(
        labels={
            "kind": N_("Kind of request"),
            "duration_minutes": N_("Minutes on the spot"),
            "parts.[]": N_("Part"),
            "remote": N_("Tried from the desk first"),
            "technicians": N_("Technicians at once"),
            "companion_skills": N_("Skills of the second technician"),
            "safety": N_("Safety notes"),
        },
        hints={
            "duration_minutes": N_("Without travel"),
            "technicians": N_("2 where the law or the load asks for two people on the spot"),
            "companion_skills": N_("The first one leads and needs the skills above"),
        },
        options=KINDS,
    )
)

TREE = COMMON.and_(
    Wording(
        labels={
            "first": N_("First question"),
            "questions": N_("Questions"),
            "questions.[]": N_("Question"),
            "id": N_("Identifier"),
            "kind": N_("Kind of answer"),
            "text": N_("Question"),
            "help": N_("Help beside it"),
            "choices": N_("Choices"),
            "questions.[].choices.*": N_("Choice"),
            "branches": N_("What comes next"),
            "questions.[].branches.[]": N_("Way on"),
            "when": N_("If"),
            "questions.[].branches.[].when.[]": N_("Condition"),
            "question": N_("Answer to"),
            "is": N_("is one of"),
            "at_least": N_("at least"),
            "at_most": N_("at most"),
            "next": N_("Next question"),
            "fills": N_("What this says of the request"),
            "category": N_("Work type"),
            "impact": N_("Impact"),
            "urgency": N_("Urgency"),
            "articles": N_("Articles"),
            "asset": N_("The answer is the tag or serial number of the equipment"),
            "categories": N_("For requests of these work types"),
            "questions.[].branches.[].fills.parts.[]": N_("Part"),
            "questions.[].branches.[].fills.skills.*": N_("Level (1 to 3)"),
            "fills.skills.*": N_("Level (1 to 3)"),
            "fills.parts.[]": N_("Part"),
        },
        hints={
            "branches": N_("Tried in their order; the last one has no condition"),
            "next": N_("Empty: the diagnosis ends here"),
            "question": N_("Empty: this question; or one asked before"),
        },
        options={
            **KINDS,
            "choice": N_("One of several"),
            "yes-no": N_("Yes or no"),
            "number": N_("A number"),
            "text": N_("Free text"),
            "photo": N_("A photo"),
        },
    )
)
