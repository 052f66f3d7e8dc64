"""Addresses have one form, and only public machines, or listed ones, may be asked."""

import pytest

from openline.adapters.statements.address import Reachable, canonical
from openline.domain.errors import OurError


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("HTTPS://Ministry.Example:443/a?utm_source=x&id=7#top", "https://ministry.example/a?id=7"),
        ("http://ministry.example", "http://ministry.example/"),
        ("http://ministry.example:8080/?fbclid=1", "http://ministry.example:8080/"),
        ("https://минобороны.example/7", "https://xn--90anlfbebar6i.example/7"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
    ],
)
def test_addresses_have_one_form(written: str, form: str) -> None:
    """Case, default ports, fragments and marks of who sent the reader do not count."""
    assert canonical(written) == form
    assert canonical(form) == form


def test_relative_addresses_stand_beside_their_page() -> None:
    """A link of a page is completed by the page's own address."""
    assert canonical("../7", beside="https://m.example/news/1/") == "https://m.example/news/7"


@pytest.mark.parametrize(
    "written",
    ["ftp://m.example/", "file:///etc/passwd", "javascript:alert(1)", "https://", "x" * 3_000,
     "https://a:b@m.example/", "https://m.example:99999/", "https://m.example/a b", "//m.example"],
)  # fmt: skip
def test_what_is_no_page_is_refused(written: str) -> None:
    """Other schemes, passwords, bad ports and overlong addresses are refused with a remedy."""
    with pytest.raises(OurError):
        canonical(written)


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1",
     "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "224.0.0.1", "255.255.255.255", "100.64.0.1", "192.0.2.1", "ff02::1", "nonsense"],
)  # fmt: skip
def test_no_machine_of_ones_own_may_be_asked(number: str) -> None:
    """Private, loopback, link-local, shared and disguised addresses are refused."""
    assert not Reachable().admits(number)


def test_public_and_listed_machines_may_be_asked() -> None:
    """Public addresses may be asked, and what the administrator lists."""
    assert Reachable().admits("8.8.8.8")
    assert Reachable().admits("2606:4700::1111")
    listed = Reachable(["10.1.2.0/24", "127.0.0.1"])
    assert listed.admits("10.1.2.9")
    assert listed.admits("127.0.0.1")
    assert not listed.admits("10.1.3.9")
    with pytest.raises(OurError):
        Reachable(["ten"])
