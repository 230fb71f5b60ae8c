"""Pages that a link in a mail leads to: a browser runs and loads what they bring, and nothing else."""

import base64
import hashlib
import re

import pytest

from infra.chassis.web.linked import linked_headers, linked_page, said

SCRIPT = 'document.title = "here";'


@pytest.mark.parametrize(("tag", "directive"), [("style", "style-src"), ("script", "script-src")])
def test_the_policy_permits_what_the_page_brings_and_nothing_else(tag: str, directive: str) -> None:
    page = linked_page("Title", "en", "INC-1", "", script=SCRIPT)
    [brought] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(brought.encode()).digest()).decode()
    policy = linked_headers(SCRIPT)["Content-Security-Policy"]
    assert f"{directive} 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


def test_a_page_without_a_script_permits_none() -> None:
    assert "script-src" not in linked_headers()["Content-Security-Policy"]
    assert "<script>" not in linked_page("Title", "en", "INC-1", "")


def test_what_people_typed_is_text() -> None:
    page = linked_page("<b>Title</b>", "fr", "<i>site</i>", said("<u>done</u>"))
    assert not re.search(r"<(b|i|u)>", page)
    assert 'lang="fr"' in page
