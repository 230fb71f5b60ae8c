"""Posting to strangers' addresses: public ones, and those that the firm permits."""

import ipaddress
from collections.abc import AsyncIterator

import httpcore
import pytest

from services.notify.webhooks.posting import NotThere, Poster, check_url, is_public, networks_of
from tests.services.notify.sms_witness import Witness

HERE = networks_of("127.0.0.0/8")
JSON = {"content-type": "application/json"}


@pytest.fixture
async def receiver() -> AsyncIterator[Witness]:
    async with Witness() as made:
        yield made


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_what_only_a_network_of_ones_own_reaches_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_what_the_internet_reaches_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://clinic.example/", "is no address"),
        ("https:///hook", "is no address"),
        ("https://clinic.example/#here", "is no address"),
        ("http://clinic.example/hook", "is not encrypted"),
        ("https://me:word@clinic.example/", "user or a password"),
        ("https://10.0.0.1/hook", "no public address"),
        ("https://[::ffff:127.0.0.1]/hook", "no public address"),
        ("https://clinic.example:99999/", "port"),
        ("https://clinique-été.example/", "ASCII"),
    ],
)
def test_an_address_that_nothing_is_ever_sent_to_is_refused_with_why(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_url(url, ())


async def test_a_name_that_leads_to_this_machine_is_refused_once_it_is_resolved(receiver: Witness) -> None:
    poster = Poster(())
    with pytest.raises(NotThere, match="no public address"):
        await poster.post(f"https://localhost:{receiver.port}/hook", JSON, b"{}")
    await poster.close()
    assert receiver.got == []


async def test_unencrypted_it_goes_to_permitted_networks_only(receiver: Witness) -> None:
    poster = Poster(networks_of("10.0.0.0/8"))
    with pytest.raises(NotThere, match="only encrypted"):
        await poster.post(f"http://localhost:{receiver.port}/hook", JSON, b"{}")
    await poster.close()


async def test_a_permitted_address_gets_the_very_bytes(receiver: Witness) -> None:
    poster = Poster(HERE)
    answer = await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b'{"a":  1}')
    await poster.close()
    assert answer.status == 202
    assert receiver.got[0].content == b'{"a":  1}'
    assert receiver.got[0].headers["host"] == f"127.0.0.1:{receiver.port}"


async def test_a_redirect_to_a_private_address_is_not_followed(receiver: Witness) -> None:
    receiver.then, receiver.leads_to = (307, ""), "https://169.254.169.254/latest/meta-data"
    poster = Poster(HERE)
    with pytest.raises(NotThere, match=r"leads to https://169\.254"):
        await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b"{}")
    await poster.close()


async def test_redirects_that_keep_the_request_are_followed_and_never_for_ever(receiver: Witness) -> None:
    receiver.leads_to = f"http://127.0.0.1:{receiver.port}/elsewhere"
    receiver.first = [(308, "")]
    poster = Poster(HERE)
    assert (await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b"{}")).status == 202
    receiver.then = (307, "")
    with pytest.raises(NotThere, match="more than"):
        await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b"{}")
    receiver.then = (302, "")
    assert (await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b"{}")).status == 302
    await poster.close()


async def test_nobody_there_is_an_error_that_says_so(receiver: Witness) -> None:
    await receiver.close()
    poster = Poster(HERE)
    with pytest.raises(httpcore.ConnectError):
        await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b"{}")
    await poster.close()


async def test_a_long_answer_is_cut(receiver: Witness) -> None:
    receiver.then = (500, '"' + "x" * 100_000 + '"')
    poster = Poster(HERE)
    answer = await poster.post(f"http://127.0.0.1:{receiver.port}/hook", JSON, b"{}")
    await poster.close()
    assert (answer.status, len(answer.words)) == (500, 200)
