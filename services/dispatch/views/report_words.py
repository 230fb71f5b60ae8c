"""What a service report and the pages about it say, in French and English."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.dispatch.events import ContactChannel
from contracts.text import Text
from contracts.values import Language, Outcome
from infra.chassis import moments

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.FIXED: Text("Fixed", "Résolu"),
    Outcome.WORKAROUND: Text("Works for now", "Solution provisoire"),
    Outcome.NOT_FIXED: Text("Not fixed", "Non résolu"),
    Outcome.PART_DEAD: Text("New part was dead", "Pièce neuve défectueuse"),
    Outcome.NO_ACCESS: Text("No access", "Accès impossible"),
    Outcome.USER_ABSENT: Text("Nobody there", "Personne sur place"),
    Outcome.REFUSED: Text("Turned away", "Intervention refusée"),
    Outcome.UNSAFE: Text("Unsafe", "Conditions dangereuses"),
    Outcome.OUT_OF_SCOPE: Text("Outside the contract", "Hors périmètre"),
}

_CHANNELS: Mapping[ContactChannel, Text] = {
    ContactChannel.DOORBELL: Text("doorbell", "sonnette"),
    ContactChannel.PHONE: Text("telephone", "téléphone"),
    ContactChannel.SMS: Text("text message", "SMS"),
    ContactChannel.MAIL: Text("e-mail", "courriel"),
    ContactChannel.RECEPTION: Text("reception", "accueil"),
}

LABELS: Mapping[str, Text] = {
    "title": Text("Service report", "Rapport d’intervention"),
    "version": Text("version {n}", "version n°\N{NO-BREAK SPACE}{n}"),
    "client": Text("Customer", "Client"),
    "site": Text("Site", "Lieu"),
    "ticket": Text("Request", "Demande"),
    "technician": Text("Technician", "Technicien"),
    "asset": Text("Equipment", "Équipement"),
    "contact": Text("Contact", "Interlocuteur"),
    "remote": Text("From a distance", "À distance"),
    "times": Text("Times", "Horaires"),
    "planned": Text("Planned", "Prévu"),
    "departed": Text("On the way", "En route"),
    "arrived": Text("Arrived", "Arrivée"),
    "started": Text("Started", "Début"),
    "ended": Text("Closed", "Fin"),
    "worked": Text("Time worked", "Temps passé"),
    "travel": Text("Travel", "Trajet"),
    "waited": Text("Waiting", "Attente"),
    "zone": Text("Time zone", "Fuseau"),
    "asked": Text("What was asked", "Demande du client"),
    "found": Text("What was found", "Constat"),
    "done": Text("What was done", "Travaux réalisés"),
    "cause": Text("Cause", "Cause identifiée"),
    "remaining": Text("What remains to be done", "Reste à faire"),
    "nothing-remains": Text("Nothing.", "Rien."),
    "not-said": Text("Not said.", "Non précisé."),
    "parts": Text("Parts", "Pièces"),
    "part": Text("Part", "Pièce"),
    "quantity": Text("Quantity", "Quantité"),
    "serial-in": Text("Serial put in", "N° de série posé"),
    "serial-out": Text("Serial taken out", "N° de série déposé"),
    "photos": Text("Photographs", "Photographies"),
    "photo": Text("Photograph {n} of the work", "Photographie {n} de l’intervention"),
    "attempts": Text("Attempts to reach somebody", "Tentatives pour joindre quelqu’un"),
    "signature": Text("Signature of the client", "Signature du client"),
    "drawn": Text("Signature drawn by {name}", "Signature tracée par {name}"),
    "typed": Text("Signed by typing the name", "Signé par saisie du nom"),
    "legal": Text(
        "The signature acknowledges the work and the times above. What is ordered or billed follows the "
        "contract. This document is produced by computer and dated by the server; any change to its content "
        "changes the hash below.",
        "La signature atteste les travaux et les horaires ci-dessus ; elle ne vaut ni commande ni "
        "renonciation aux garanties du contrat. Document établi par voie informatique et daté par le "
        "serveur ; toute modification du contenu change l’empreinte ci-dessous.",
    ),
    "digest": Text("SHA-256 of the content", "Empreinte SHA-256 du contenu"),
    "check": Text(
        "The content that the hash is over is attached to this file as report.json.",
        "Le contenu dont c’est l’empreinte est joint à ce fichier sous le nom report.json.",
    ),
}

BECAUSE: Mapping[str, Text] = {
    "corrected": Text(
        "Takes the place of version {n} ({digest}…), corrected: {reason}",
        "Remplace la version {n} ({digest}…), corrigée : {reason}",
    ),
    "signed-from-afar": Text(
        "Takes the place of version {n} ({digest}…), signed since by the client",
        "Remplace la version {n} ({digest}…), signée depuis par le client",
    ),
    "refused-from-afar": Text(
        "Takes the place of version {n} ({digest}…), whose signature the client has refused",
        "Remplace la version {n} ({digest}…), dont le client a refusé la signature",
    ),
}

SIGNATURES: Mapping[str, Text] = {
    "signed": Text("Signed by {who} on {at}", "Signé par {who} le {at}"),
    "signed-link": Text("Signed from afar by {who} on {at}", "Signé à distance par {who} le {at}"),
    "refused": Text("Signature refused: {reason}", "Signature refusée : {reason}"),
    "refused-link": Text(
        "Signature refused by {who} on {at}: {reason}", "Signature refusée par {who} le {at} : {reason}"
    ),
    "awaited": Text(
        "Nobody could sign on the spot: the client is asked to sign by a link.",
        "Personne n’a pu signer sur place : la signature est demandée au client par un lien.",
    ),
    "nobody": Text("Nobody was there to sign.", "Personne n’était sur place pour signer."),
    "none": Text("Nothing was done that could be signed.", "Aucun travail à signer."),
}


class Said:
    """One report's words: its language, its zone."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.language = Language(content["language"])
        self.zone = ZoneInfo(content["site"]["time_zone"])

    def label(self, name: str, /, **blanks: object) -> str:
        return LABELS[name].in_(self.language).format(**blanks)

    def text(self, text: Text, /, **blanks: object) -> str:
        return text.in_(self.language).format(**blanks)

    def moment(self, at: str | None) -> str:
        if at is None:
            return ""
        return _unbroken(moments.moment(datetime.fromisoformat(at), self.zone, self.language))

    def clock(self, at: str | None) -> str:
        if at is None:
            return ""
        return _unbroken(moments.clock(datetime.fromisoformat(at), self.zone, self.language))

    def day(self, at: str) -> str:
        return moments.day(datetime.fromisoformat(at), self.zone, self.language)

    def minutes(self, count: int | None) -> str:
        return "" if count is None else moments.minutes(count, self.language)

    def outcome(self, content: Mapping[str, Any]) -> str:
        return self.text(OUTCOMES[Outcome(content["work"]["outcome"])])

    def attempts(self, content: Mapping[str, Any]) -> list[str]:
        return [
            f"{self.clock(at)} · {self.text(_CHANNELS[ContactChannel(channel)])}"
            for at, channel in content["contact_attempts"]
        ]

    def signature(self, content: Mapping[str, Any]) -> str:
        """How it stands with the signature, in a sentence."""
        said = content["signature"]
        by_link = f"{said['state']}-link"
        text = SIGNATURES[by_link if said.get("how") == "link" and by_link in SIGNATURES else said["state"]]
        who = ", ".join(filter(None, (said.get("name"), said.get("role"))))
        return self.text(text, who=who, at=self.moment(said.get("at")), reason=said.get("reason") or "")

    def replaces(self, content: Mapping[str, Any]) -> str:
        before = content["replaces"]
        if before is None:
            return ""
        reason, digest = before["reason"] or "", before["sha256"][:12]
        return self.text(BECAUSE[before["because"]], n=before["version"], digest=digest, reason=reason)

    def place(self, content: Mapping[str, Any]) -> str:
        site = content["site"]
        if site["name"] is None:
            return str(site["id"])
        return f"{site['name']}, {site['address']}, {site['postcode']} {site['commune']}"


def _unbroken(text: str) -> str:
    return text.replace(" h ", "\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}")
