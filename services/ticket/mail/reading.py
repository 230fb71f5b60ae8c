"""From the bytes of a mail to what it says. Whatever the bytes, it is read, or a ``Refusal`` says why not."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

from contracts.refusal import Refusal
from services.ticket.domain.contact import normal_email
from services.ticket.domain.mail import MAX_BYTES, MAX_PARTS, Automatic, Mail, key_of, unreadable
from services.ticket.mail.cutting import fresh
from services.ticket.mail.plain import QUOTE_MARK, text_of

MAX_HEADERS = 128 * 1024
MAX_REFERENCES = 30
MAX_TEXT = 200_000
_POLICY = default.clone(max_line_length=998)
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,240}>")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]{1,190}")
_CHARSETS = ("utf-8", "windows-1252")
_SAFE = frozenset(
    (
        *("utf8", "ascii", "usascii", "windows1252", "cp1252", "latin1", "iso88591", "iso885915", "iso88592"),
        *(
            "windows1250",
            "windows1251",
            "koi8r",
            "shiftjis",
            "eucjp",
            "iso2022jp",
            "gb2312",
            "gbk",
            "gb18030",
        ),
        *("big5", "euckr", "utf16", "utf16le", "utf16be", "macroman"),
    )
)
"""What a declared charset is believed in; ``utf-7`` and Python's own codecs say what nobody sees."""


@dataclass(frozen=True)
class ReadMail:
    """``files`` are names and bytes, in the mail's order."""

    mail: Mail
    files: tuple[tuple[str, bytes], ...]


def read(raw: bytes, place: str) -> ReadMail:
    """Read a whole mail. ``place`` names where it lies: what it is known by where it has no Message-ID."""
    if len(raw) > MAX_BYTES:
        raise unreadable(f"It has more than {MAX_BYTES // 2**20} MB", f"Il a plus de {MAX_BYTES // 2**20} Mo")
    if len(re.split(rb"\r?\n\r?\n", raw[: MAX_HEADERS + 1], maxsplit=1)[0]) > MAX_HEADERS:
        raise unreadable("Its headers have no end", "Ses en-têtes n'en finissent pas")
    try:
        return _read(raw, place)
    except Refusal:
        raise
    except Exception as error:
        # The email package has bugs that some headers find; nobody behind this mail waits for them.
        kind = type(error).__name__
        raise unreadable(f"It cannot be taken apart ({kind})", f"Il est illisible ({kind})") from error


def _read(raw: bytes, place: str) -> ReadMail:
    whole = message_from_bytes(raw, policy=_POLICY)
    if not isinstance(whole, EmailMessage):
        raise TypeError(type(whole))
    senders = [each for each in _addresses(whole, "From") if _ADDRESS.fullmatch(each[1])]
    if len({address for _, address in senders}) != 1:
        raise unreadable("It does not name one sender", "Il ne nomme pas un expéditeur")
    name, sender = senders[0]
    ids = _ids(whole, "Message-ID")
    digest = _digest(whole, raw)
    known_by = (ids[0], sender) if ids else (place, digest)
    text, files = _content(whole)
    seen = _tidy(text.replace(QUOTE_MARK, ""))
    new = fresh(text[:MAX_TEXT])
    mail = Mail(
        id=key_of(*known_by),
        digest=digest,
        message_id=ids[0] if ids else None,
        sender=sender,
        sender_name=_line(name)[:200],
        subject=_line(_header(whole, "Subject"))[:500],
        text=new,
        whole=seen if _words(seen) != _words(new) else None,
        references=_references(whole),
        automatic=automatic(whole),
        verdicts=tuple(_verdicts(whole)),
    )
    return ReadMail(mail, tuple(files))


def otherwise(mail: Mail) -> Mail:
    """The same mail under another id: its Message-ID was somebody else's already."""
    return replace(mail, id=key_of(mail.id, mail.digest))


def _digest(whole: Message, raw: bytes) -> str:
    """Of what it says: servers on its way add lines before."""
    said = "\n".join(_header(whole, name) for name in ("From", "Date", "Subject", "Message-ID"))
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").strip()
    return hashlib.sha256(said.encode("utf-8", "surrogatepass") + b"\n" + body).hexdigest()


def _header(part: Message, name: str) -> str:
    """A header's text whatever it is made of; of several the first, as servers that judge a mail do."""
    values = part.get_all(name, [])
    return "" if not values else _clean(str(values[0]))


def _clean(text: str) -> str:
    """What UTF-8 can say, and no character that nobody sees but line ends and tabs."""
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c for c in decoded if c in "\n\t" or c == QUOTE_MARK or (c.isprintable() or c.isspace()))


def _line(text: str) -> str:
    return " ".join(text.split())


def _addresses(whole: Message, name: str) -> list[tuple[str, str]]:
    values = [_clean(str(value)) for value in whole.get_all(name, [])]
    return [(shown, normal_email(address)) for shown, address in getaddresses(values)]


def _ids(part: Message, name: str) -> list[str]:
    return [each for value in part.get_all(name, []) for each in _MESSAGE_ID.findall(_clean(str(value)))]


def _references(whole: Message) -> tuple[str, ...]:
    """What it answers first, then the conversation before, the latest first."""
    named = [*_ids(whole, "In-Reply-To"), *reversed(_ids(whole, "References"))]
    return tuple(dict.fromkeys(named))[:MAX_REFERENCES]


_AWAY = re.compile(
    r"^\s*(?:automatic reply|réponse automatique|absence du bureau|out of (?:the )?office|absent du bureau"
    r"|auto(?:matic)?[ -]?reply|message d'absence)\b",
    re.IGNORECASE,
)


def automatic(whole: Message) -> Automatic:
    """What its headers say of who wrote it (RFC 3834, RFC 3464, and what mail programs did before)."""

    def says(name: str) -> str:
        return _header(whole, name).strip().lower()

    submitted, precedence = says("Auto-Submitted").partition(";")[0].strip(), says("Precedence")
    no_path = "return-path" in whole and says("Return-Path") == "<>"
    if whole.get_content_type() == "multipart/report" or says("From").find("mailer-daemon@") >= 0:
        return Automatic.BOUNCE
    if (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or any(name in whole for name in ("X-Autoreply", "X-Autorespond", "X-Autogenerated-Reply"))
        or _AWAY.match(_header(whole, "Subject"))
    ):
        return Automatic.REPLY
    if (
        submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list")
        or {"all", "oof", "autoreply"} & set(re.split(r"[,\s]+", says("X-Auto-Response-Suppress")))
        or any(name in whole for name in ("List-Id", "List-Post", "List-Unsubscribe", "Feedback-ID"))
        or no_path
    ):
        return Automatic.NOTIFICATION
    return Automatic.NO


def _verdicts(whole: Message) -> Iterator[tuple[str, str, str]]:
    """``(server, method, result)`` of each ``Authentication-Results`` (RFC 8601)."""
    for value in whole.get_all("Authentication-Results", [])[:10]:
        said = re.sub(r"\([^()]*\)", " ", _clean(str(value))[:8000])
        server, *results = said.split(";")
        for result in results:
            if found := re.match(r"\s*([a-z-]+)\s*=\s*([a-z]+)", result.lower()):
                yield server.split()[0].lower() if server.split() else "", found[1], found[2]


# -- the body ------------------------------------------------------------------------------


def _content(whole: EmailMessage) -> tuple[str, list[tuple[str, bytes]]]:
    texts: list[str] = []
    files: list[tuple[str, bytes]] = []
    count = 0
    stack: list[Message] = [whole]
    while stack:
        part = stack.pop()
        count += 1
        if count > MAX_PARTS:
            raise unreadable(f"It has more than {MAX_PARTS} parts", f"Il a plus de {MAX_PARTS} parties")
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            stack.extend(reversed(_best(part)))
        elif part.is_multipart() and part.get_content_maintype() == "multipart":
            stack.extend(reversed(_parts(part)))
        elif kind == "message/rfc822" and part.is_multipart():
            files.append((_name(part, "message.eml"), _forwarded(part)))
        elif _is_text(part):
            text = _text(part)
            texts.append(text_of(text) if kind == "text/html" else text)
        else:
            content = _bytes(part)
            if content:
                files.append((_name(part, _UNNAMED.get(kind, "")), content))
    return "\n\n".join(
        text.replace("\r\n", "\n").replace("\r", "\n") for text in texts if text.strip()
    ), files


_UNNAMED = {
    "text/calendar": "invite.ics",
    "application/ms-tnef": "winmail.dat",
    "message/delivery-status": "status.txt",
}


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _best(part: Message) -> list[Message]:
    """Of several forms of the same the plain text, unless it says nothing; what is no form of it as well."""
    forms = _parts(part)
    plain = next((p for p in forms if p.get_content_type() == "text/plain" and _text(p).strip()), None)
    if plain is None:
        return forms
    others = [p for p in forms if p is not plain and p.get_content_maintype() != "text"]
    invites = [p for p in forms if p.get_content_type() == "text/calendar"]
    return [plain, *(_files_of(others)), *invites]


def _files_of(parts: list[Message]) -> list[Message]:
    """What the other forms hold besides their words: pictures within HTML."""
    found: list[Message] = []
    stack = list(reversed(parts))
    while stack and len(found) <= MAX_PARTS:
        each = stack.pop()
        if each.get_content_maintype() == "multipart":
            stack.extend(reversed(_parts(each)))
        elif not _is_text(each):
            found.append(each)
    return found


def _is_text(part: Message) -> bool:
    named = part.get_content_disposition() == "attachment" or bool(_filename(part))
    return part.get_content_type() in ("text/plain", "text/html", "text/enriched") and not named


def _filename(part: Message) -> str:
    return _line(_clean(str(part.get_filename() or "")))


def _name(part: Message, otherwise: str) -> str:
    fallback = (
        otherwise or f"file.{part.get_content_subtype().rpartition('+')[0] or part.get_content_subtype()}"
    )
    return _filename(part) or fallback


def _forwarded(part: Message) -> bytes:
    inner = part.get_payload(0)
    return inner.as_bytes(policy=default.clone(cte_type="8bit")) if isinstance(inner, Message) else b""


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)[: MAX_TEXT * 4]
    said = part.get_content_charset("") or ""
    plain = re.sub(r"[^a-z0-9]", "", said.lower())
    declared = (said,) if plain in _SAFE and plain not in ("usascii", "ascii") else ()
    if plain in ("latin1", "iso88591"):
        declared = ("windows-1252",)  # as browsers read it: C1 controls are no letters
    for charset in (*(("utf-8",) if _is_utf8(content) else ()), *declared, *_CHARSETS):
        try:
            return _clean(content.decode(charset))
        except (UnicodeDecodeError, LookupError):
            continue
    return _clean(content.decode("utf-8", "replace"))


def _is_utf8(content: bytes) -> bool:
    """Beyond doubt: bytes above ASCII that make UTF-8 are hardly ever anything else."""
    try:
        return not content.isascii() and bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _words(text: str) -> list[str]:
    return text.split()
