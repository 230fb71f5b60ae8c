"""What a browser that is refused shows."""

import html
from pathlib import Path

import pytest

from tests.infra.local.test_gateway import Hall


@pytest.mark.parametrize(
    ("path", "status", "french", "english"),
    [
        ("/nothing", 404, "Rien n'est servi à cette adresse.", "Nothing is served at this address."),
        ("/v1/clock", 401, "Cette adresse est pour les programmes", "This address is for programs"),
    ],
)
async def test_a_browser_is_told_on_a_page_in_its_language(
    tmp_path: Path, path: str, status: int, french: str, english: str
) -> None:
    async with Hall(tmp_path).client(Accept="text/html,*/*;q=0.8") as browser:
        for language, words in (("fr", french), ("en", english)):
            answer = await browser.get(path, headers={"Accept-Language": language})
            assert (answer.status_code, answer.headers["content-language"]) == (status, language)
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert words in html.unescape(answer.text)
            assert answer.headers["x-correlation-id"] in answer.text
            assert ("www-authenticate" in answer.headers) == (status == 401)
        assert french in html.unescape((await browser.get(f"{path}?lang=fr")).text)


async def test_a_program_is_told_in_json_whatever_else_it_takes(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    async with hall.client() as anything, hall.client("admin", Accept="text/html") as with_a_token:
        for client in (anything, with_a_token):
            answer = await client.get("/nothing")
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_browser_is_shown_what_is_there_as_it_is(tmp_path: Path) -> None:
    async with Hall(tmp_path).client(Accept="text/html") as browser:
        assert (await browser.get("/v1/tickets")).json() == "ticket"
