"""Mails as programs write them, for tests."""

from email.message import EmailMessage
from email.policy import SMTP


def written(sender: str, subject: str, text: str, message_id: str, **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = "Support <desk@firm.example>"
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def mail(sender: str, subject: str, text: str, message_id: str, **headers: str) -> bytes:
    return written(sender, subject, text, message_id, **headers).as_bytes()
