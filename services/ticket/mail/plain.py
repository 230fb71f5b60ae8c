"""The text of an HTML part: no script is run, nothing is fetched, and where a link leads is written out."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_LETTERS = 1_000_000
MAX_UNCLOSED = 4_000
_UNSEEN = frozenset(("script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg"))
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *(
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "p",
        ),
        *("pre", "section", "table", "tr", "ul"),
    )
)
_QUOTED = frozenset(("gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix"))
QUOTE_MARK = "\N{INFORMATION SEPARATOR TWO}"
"""Stands where a mail program says that what follows is the mail that is answered."""


def text_of(html: str) -> str:
    """What a reader sees of it, a block on lines of its own."""
    html = html[:MAX_LETTERS]
    if html.count("<") - 2 * html.count("</") > MAX_UNCLOSED:
        # Elements in elements in elements: each is looked for in all that are open.
        return _lines(re.sub(r"<[^<>]*>", " ", html))
    root = LexborHTMLParser(html).body
    return "" if root is None else _lines("".join(_pieces(root)))


def _pieces(root: LexborNode) -> Iterator[str]:
    # A stack of our own: mails nest deeper than Python calls.
    stack: list[LexborNode | str] = [root]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            yield each
            continue
        tag = each.tag
        if tag == "-text":
            yield each.text_content or ""
            continue
        if tag in _UNSEEN or tag is None or tag.startswith("!") or tag == "-comment":
            continue
        if tag == "br":
            yield "\n"
            continue
        attributes = each.attributes
        if _is_quote(attributes):
            yield f"\n{QUOTE_MARK}\n"
        if tag == "img":
            yield attributes.get("alt") or ""
            continue
        if tag in _BLOCKS:
            yield "\n"
            stack.append("\n\n" if tag == "p" else "\n")
        elif tag in ("td", "th"):
            stack.append(" ")
        if tag == "a" and (link := _link(each, attributes.get("href") or "")):
            stack.append(f" <{link}>")
        if tag == "li":
            yield "- "
        stack.extend(reversed(list(each.iter(include_text=True))))


def _is_quote(attributes: "dict[str, str | None]") -> bool:
    classes = (attributes.get("class") or "").split()
    return bool(_QUOTED.intersection(classes)) or attributes.get("id") in ("divRplyFwdMsg", "appendonsend")


def _link(node: LexborNode, href: str) -> str | None:
    """Where it leads, unless the text says so already."""
    href = "".join(href.split())
    if not href.lower().startswith(("http://", "https://", "mailto:", "tel:")):
        return None
    shown = "".join((node.text() or "").split()).rstrip("/")
    bare = href.rstrip("/")
    return None if shown in (bare, bare.partition(":")[2].lstrip("/")) else href[:500]


def _lines(text: str) -> str:
    lines: list[str] = []
    for line in text.replace("\r", "\n").split("\n"):
        seen = " ".join(line.replace("\N{ZERO WIDTH SPACE}", "").split(None))
        if seen or (lines and lines[-1]):
            lines.append(seen)
    return "\n".join(lines).strip()
