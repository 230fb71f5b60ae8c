"""What is read in mails as programs write them, and in bytes that nobody would call one."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.refusal import Refusal
from services.ticket.domain.mail import Automatic
from services.ticket.mail.cutting import fresh
from services.ticket.mail.plain import text_of
from services.ticket.mail.reading import ReadMail, read
from tests.services.ticket.mails import mail, written

OUTLOOK_FR = """Bonjour,

C'est le poste de l'accueil.

Cordialement,
Léa

________________________________
De : Support <desk@firm.example>
Envoyé : lundi 2 mars 2026 09:12
À : Léa <lea@acme.example>
Objet : T-2026-000123 : demande reçue

Quel poste ?
"""
OUTLOOK_EN = """It is the front desk's.

From: Support <desk@firm.example>
Sent: Monday, March 2, 2026 9:12 AM
To: Lea <lea@acme.example>
Subject: T-2026-000123: request received

Which one?
"""
GMAIL_FR = """Oui, depuis hier.

Le lun. 2 mars 2026 à 09:12, Support de la Société Informatique <
desk@firm.example> a écrit :

> Est-ce que cela dure ?
"""
GMAIL_EN = """Yes, since yesterday.

On Mon, Mar 2, 2026 at 9:12 AM Support <desk@firm.example> wrote:

> Does it last?
"""
APPLE = """La clé est à l'accueil.

Envoyé de mon iPhone

> Le 2 mars 2026 à 09:12, Support <desk@firm.example> a écrit :
>
> Où est la clé ?
"""
PHONE = "The key is at the reception.\n\nSent from my iPhone\n"
DASHES = "Merci.\n\n-- \nLéa Martin\nAcme\n"
BETWEEN = """On Mon, Mar 2, 2026 at 9:12 AM Support <desk@firm.example> wrote:
> Which printer?
The one of the second floor.
> Since when?
Since Monday.
"""
FORWARDED = """Voici ce que dit l'éditeur.

---------- Forwarded message ---------
De : Éditeur <support@editor.example>
Date : lun. 2 mars 2026
Objet : Panne
À : Léa <lea@acme.example>

Redémarrez le serveur.
"""


@pytest.mark.parametrize(
    ("said", "new"),
    [
        (OUTLOOK_FR, "Bonjour,\n\nC'est le poste de l'accueil.\n\nCordialement,\nLéa"),
        (OUTLOOK_EN, "It is the front desk's."),
        (GMAIL_FR, "Oui, depuis hier."),
        (GMAIL_EN, "Yes, since yesterday."),
        (APPLE, "La clé est à l'accueil."),
        (PHONE, "The key is at the reception."),
        (DASHES, "Merci."),
        (BETWEEN, BETWEEN.strip()),
        (FORWARDED, FORWARDED.strip()),
        ("> all of it\n> is quoted\n", "> all of it\n> is quoted"),
        ("Le poste de l'accueil est lent.\nLe reste va.\n", "Le poste de l'accueil est lent.\nLe reste va."),
    ],
)
def test_what_is_new_stays_and_what_it_answers_goes(said: str, new: str) -> None:
    assert fresh(said) == new


@pytest.mark.parametrize(
    "bad",
    [
        "\n" * 100_000,
        "On Mon, " * 20_000,
        "Le 1 " * 30_000,
        "> \n" * 50_000,
        "De :\n" * 30_000,
        "_" * 200_000,
    ],
)
def test_no_text_holds_it_up(bad: str) -> None:
    begun = time.process_time()
    fresh(bad)
    assert time.process_time() - begun < 5


def test_html_becomes_what_a_reader_sees_and_links_say_where_they_lead() -> None:
    html = (
        "<style>p{}</style><p>Bonjour&nbsp;<b>Léa</b></p><script>alert(1)</script><!-- x --><img src=http://x/t.gif>"
        "<ul><li>un<li>deux</ul><a href='https://evil.example/x'>votre banque</a>"
        " <a href='javascript:x()'>y</a>"
        "<div class='gmail_quote'>Le 2 mars Support a écrit :<blockquote>Quoi ?</blockquote></div>"
    )
    found = read(_html(html), "inbox").mail
    assert found.text == "Bonjour Léa\n\n- un\n\n- deux\n\nvotre banque <https://evil.example/x> y"
    assert found.whole is not None
    assert "Quoi ?" in found.whole


@pytest.mark.parametrize(
    "html", ["<div>" * 300_000, "<a href='http://x'>" * 60_000, "<b>" * 300_000, "<" * 900_000]
)
def test_no_html_holds_it_up(html: str) -> None:
    begun = time.process_time()
    text_of(html)
    assert time.process_time() - begun < 10


def _html(html: str) -> bytes:
    message = written("lea@acme.example", "x", "", "<1@acme.example>")
    message.set_content(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("iso-8859-1", "Été à l’école"),
        ("windows-1252", "Été à l’école"),
        ("us-ascii", "Été à l’école"),
        ("utf-8", "Été à l’école"),
        ("no-such-charset", "Été à l’école"),
        ("utf-7", "Été à l’école"),
        ("rot13", "Été à l’école"),
    ],
)
@pytest.mark.parametrize("really", ["utf-8", "windows-1252"])
def test_a_charset_that_lies_is_seen_through(charset: str, content: str, really: str) -> None:
    raw = (
        f"From: lea@acme.example\r\nContent-Type: text/plain; charset={charset}\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + content.encode(really)
    assert read(raw, "inbox").mail.text == content


def test_utf_7_hides_nothing() -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+ADw-script+AD4-"
    assert read(raw, "inbox").mail.text == "+ADw-script+AD4-"


def test_files_are_kept_whatever_holds_them() -> None:
    message = written("lea@acme.example", "Réunion", "Voir les pièces.", "<1@acme.example>")
    message.add_alternative("<p>Voir <img src=cid:l></p>", subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(b"\x89PNG...", "image", "png", cid="<l>", filename="logo.png")  # type: ignore[union-attr]
    message.add_attachment(b"tnef", "application", "ms-tnef")
    message.add_attachment(b"BEGIN:VCALENDAR", "text", "calendar")
    message.add_attachment("a,b", subtype="csv", filename="liste é.csv")
    inner = written("boss@acme.example", "Avant", "à l'intérieur", "<0@acme.example>")
    message.add_attachment(inner)
    found = read(message.as_bytes(), "inbox")
    assert found.mail.text == "Voir les pièces."
    assert [name for name, _ in found.files] == [
        *("logo.png", "winmail.dat", "invite.ics", "liste é.csv", "message.eml"),
    ]
    assert "à l'intérieur".encode() in found.files[-1][1]


def test_what_is_no_mail_or_too_much_of_one_says_so() -> None:
    message = written("lea@acme.example", "x", "y", "<1@acme.example>")
    for n in range(300):
        message.add_attachment(b"x", "image", "png", filename=f"{n}.png")
    for raw in (
        *(message.as_bytes(), b"", b"hello", b"From: nobody\r\n\r\nx", b"From: a@b.c, d@e.f\r\n\r\nx"),
        *(b"x" * (25 * 2**20 + 1), b"X: y\r\n" * 60_000 + b"\r\n", _nested(400)),
    ):
        with pytest.raises(Refusal) as refused:
            read(raw, "inbox")
        assert refused.value.slug == "mail-unreadable"


def _nested(depth: int) -> bytes:
    parts = [
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(depth)
    ]
    return b"From: a@b.example\r\n" + b"".join(parts) + b"Content-Type: text/plain\r\n\r\nx"


def test_header_injection_gives_one_line_and_no_second_sender() -> None:
    injected = b"Subject: =?utf-8?q?panne=0D=0ABcc=3A_all=40x=2Ey?=\r\n\r\nx"
    found = read(b"From: lea@acme.example\r\n" + injected, "inbox").mail
    assert (found.sender, found.subject) == ("lea@acme.example", "panne Bcc: all@x.y")
    with pytest.raises(Refusal, match="mail-unreadable"):
        read(b"From: =?utf-8?q?L=0D=0AFrom=3A_boss=40x=2Ey?= <lea@acme.example>\r\n\r\nx", "inbox")


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({}, Automatic.NO),
        ({"Auto_Submitted": "no"}, Automatic.NO),
        ({"Auto_Submitted": "auto-replied"}, Automatic.REPLY),
        ({"Auto_Submitted": "auto-replied (vacation)", "Return_Path": "<>"}, Automatic.REPLY),
        ({"X_Autoreply": "yes"}, Automatic.REPLY),
        ({"Precedence": "auto_reply"}, Automatic.REPLY),
        ({"Auto_Submitted": "auto-generated"}, Automatic.NOTIFICATION),
        ({"Precedence": "bulk"}, Automatic.NOTIFICATION),
        ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, Automatic.NOTIFICATION),
        ({"List_Id": "<l.acme.example>"}, Automatic.NOTIFICATION),
        ({"Return_Path": "<>"}, Automatic.NOTIFICATION),
        ({"Return_Path": "<lea@acme.example>"}, Automatic.NO),
    ],
)
def test_what_no_person_wrote_is_known(headers: dict[str, str], what: Automatic) -> None:
    assert read(mail("lea@acme.example", "x", "y", "<1@a>", **headers), "i").mail.automatic is what


@pytest.mark.parametrize(
    "subject", ["Réponse automatique : T-2026-000123", "Automatic reply: x", "Absence du bureau : congés"]
)
def test_out_of_office_is_known_by_its_subject_too(subject: str) -> None:
    assert read(mail("lea@acme.example", subject, "y", "<1@a>"), "i").mail.automatic is Automatic.REPLY


def test_a_bounce_is_known() -> None:
    bounce = EmailMessage()
    bounce["From"] = "MAILER-DAEMON@mx.example"
    bounce.set_type("multipart/report")
    assert read(bounce.as_bytes(), "i").mail.automatic is Automatic.BOUNCE


def test_it_is_the_same_mail_wherever_it_lies_and_whoever_passed_it_on() -> None:
    raw = mail("lea@acme.example", "x", "y", "<1@acme.example>")
    passed_on = b"Received: from mx\r\n" + raw.replace(b"\r\n", b"\n")
    assert _both(read(passed_on, "other 1 2")) == _both(read(raw, "inbox 1 1"))
    nameless = raw.replace(b"Message-ID: <1@acme.example>\r\n", b"")
    assert _both(read(nameless, "inbox 1 1")) != _both(read(nameless, "inbox 1 2"))


def _both(found: ReadMail) -> tuple[str, str]:
    return found.mail.id, found.mail.digest


def test_threading_verdicts_and_summary_are_read() -> None:
    found = read(
        mail(
            "Léa <LEA@Acme.example>",
            "RE: TR : t-2026-000123 : panne",
            "y",
            "<CA+x@mail.example>",
            In_Reply_To="<b@x.example>",
            References="<a@x.example> <b@x.example>",
            Authentication_Results="mx.firm.example (ok); spf=fail a=x; dkim=fail (bad); dmarc=none",
        ),
        "i",
    ).mail
    assert found.references == ("<b@x.example>", "<a@x.example>")
    assert (found.numbers, found.summary) == (("T-2026-000123",), "t-2026-000123 : panne")
    assert found.verdicts == (
        *(("mx.firm.example", "spf", "fail"), ("mx.firm.example", "dkim", "fail")),
        ("mx.firm.example", "dmarc", "none"),
    )
    assert found.reply_to == "<CA+x@mail.example>"


def test_a_message_id_that_tells_of_its_sender_is_not_passed_on() -> None:
    found = read(mail("Léa Martin <lm@acme.example>", "x", "y", "<2026.MARTIN@pc7.acme.example>"), "i").mail
    assert found.reply_to is None


_HEADERS = st.sampled_from(
    ["From", "Subject", "Content-Type", "Content-Transfer-Encoding", "Message-ID", "Date", "References", "To"]
)
_LINE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
_VALUE = st.one_of(
    _LINE,
    st.sampled_from(
        [
            *(
                "lea@acme.example",
                'multipart/mixed; boundary="b"',
                "multipart/alternative; boundary=b",
                "base64",
            ),
            *("message/rfc822", "text/html; charset=utf-16", "=?utf-8?b?w6k?=", "quoted-printable", "text/"),
        ]
    ),
)
_MAILS = st.builds(
    lambda headers, body: "".join(f"{n}: {v}\r\n" for n, v in headers).encode("latin-1") + b"\r\n" + body,
    st.lists(st.tuples(_HEADERS, _VALUE), max_size=8),
    st.one_of(
        st.binary(max_size=300),
        st.sampled_from([b"--b\r\n\r\nx\r\n--b--", b"--b\r\nContent-Type: text/html\r\n\r\n<p"]),
    ),
)


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.binary(max_size=400), _MAILS))
def test_whatever_the_bytes_they_are_read_or_said_to_be_unreadable(raw: bytes) -> None:
    found = _read_or_refused(raw)
    if found is None:
        return
    assert "@" in found.mail.sender
    found.mail.words().encode()
    found.mail.summary.encode()
    assert 1 <= len(found.mail.summary) <= 160


def _read_or_refused(raw: bytes) -> ReadMail | None:
    """None where it is said to be unreadable; any other error is one."""
    try:
        return read(raw, "inbox 1 1")
    except Refusal as refused:
        if refused.slug == "mail-unreadable":
            return None
        raise
