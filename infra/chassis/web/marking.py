"""The form by which somebody who followed a link says how it was, from 1 to 5.

Scanners of mails open every link, and some run the page: so opening it records nothing. The page sends the
mark of the link that was opened at the first sign of a person (the pointer moves, a finger or a key comes
down), which scripts cannot make: one click in the mail is enough. Without scripts the five buttons do it.
"""

from collections.abc import Mapping
from html import escape

from infra.chassis.web.linked import linked_headers, linked_page, said

MARKS = (1, 2, 3, 4, 5)
_ASKED = ' class="asked" autofocus'

_SCRIPT = """
const form = document.querySelector("form[data-mark]");
const signs = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel"];
function sent(event) {
  if (!event.isTrusted || document.visibilityState !== "visible") return;
  signs.forEach((sign) => removeEventListener(sign, sent));
  if (!form.dataset.done) { form.dataset.done = "1"; form.requestSubmit(form.querySelector("[autofocus]")); }
}
if (form) signs.forEach((sign) => addEventListener(sign, sent));
"""
PAGE_HEADERS = linked_headers(_SCRIPT)


def marking_page(
    about: str,
    language: str,
    words: Mapping[str, str],
    *,
    asked: int | None,
    given: tuple[int, str | None] | None,
) -> str:
    """``words``: ``title``, ``ask``, ``comment`` and ``thanks`` with its ``{mark}``. ``asked`` is the mark of
    the link that was opened, ``given`` the mark and the comment that are recorded."""
    asked = asked if given is None or given[0] != asked else None
    thanks = "" if given is None else said(words["thanks"].format(mark=given[0]))
    buttons = "".join(
        f'<button name="mark" value="{mark}"{_ASKED if mark == asked else ""}>{mark}</button>'
        for mark in MARKS
    )
    comment = escape((given[1] if given is not None else None) or "")
    is_chosen = f' data-mark="{asked}"' if asked is not None else ""
    form = (
        f'<form method="post" action="?"{is_chosen}><p id="ask">{words["ask"]}</p>'
        f'<div class="marks" role="group" aria-labelledby="ask">{buttons}</div><label>{words["comment"]}'
        f'<textarea name="comment" maxlength="1000">{comment}</textarea></label></form>'
    )
    return linked_page(words["title"], language, about, thanks + form, script=_SCRIPT)
