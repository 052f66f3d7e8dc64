"""A real coturn gives addresses to who has its secret, and says why to who has not."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from openline.adapters import turn
from openline.adapters.relay import RelayAddress, credential, parse_relay, read_relay_secret
from openline.domain.errors import OurError
from tests.coturn import Coturn, running_coturn
from tests.ports import free_port


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """A relay."""
    with running_coturn(tmp_path_factory.mktemp("coturn")) as one:
        yield one


def _ask(relay: RelayAddress, name: str = "1:a", password: str = "b") -> None:
    with turn.allocation(relay, name, password):
        pass


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_who_has_the_secret_is_given_an_address(coturn: Coturn, transport: str) -> None:
    """By UDP and TCP; set up as in the guide it reaches nothing in an inner network."""
    relay = parse_relay(f"{coturn.url}?transport={transport}")
    with turn.allocation(relay, *coturn.credential()) as found:
        assert found.address == "127.0.0.1"
        assert 49_152 <= found.port <= 65_535
        assert found.may_reach("198.51.100.7")
        for inner in ("10.0.0.1", "172.31.0.1", "192.168.9.9", "100.64.0.1", "169.254.169.254"):
            assert not found.may_reach(inner), inner


def test_a_relay_is_reached_by_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate must be one that this machine trusts."""
    certificate, key, port = tmp_path / "turn.pem", tmp_path / "turn.key", free_port()
    command = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=a"
    )
    files = ["-keyout", str(key), "-out", str(certificate)]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *command.split(), *files, *names], check=True, capture_output=True)
    rows = f"cert={certificate}\npkey={key}\ntls-listening-port={port}\n"
    relay = parse_relay(f"turns:127.0.0.1:{port}")
    with running_coturn(tmp_path / "coturn", rows) as one:
        with pytest.raises(OurError, match=r"cannot be reached: .*certificate"):
            _ask(relay, *one.credential())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with turn.allocation(relay, *one.credential()) as found:
            assert found.address == "127.0.0.1"


def test_an_expired_credential_is_refused(coturn: Coturn) -> None:
    """As is one made with another secret: the relay says 401, and the remedy what to compare."""
    relay = parse_relay(coturn.url)
    other = credential(b"another secret 16", int(time.time()) + 600, b"12345678")
    for name, password in (coturn.credential(-5), other):
        with pytest.raises(turn.RelayRefuses) as caught:
            _ask(relay, name, password)
        assert caught.value.code == turn.UNAUTHORIZED
        assert "Compare relay_secret_file with static-auth-secret" in caught.value.remedy


def test_an_allocation_outlives_its_credential(coturn: Coturn) -> None:
    """The relay looks at the instant when an address is asked for, so calls may last longer."""
    with turn.allocation(parse_relay(coturn.url), *coturn.credential(2)) as found:
        time.sleep(3.5)
        assert found.may_reach("198.51.100.7")


def test_a_relay_can_reach_the_other_sides_alone(tmp_path: Path) -> None:
    """With the rows of the guide that name it, it sends nothing to anybody else."""
    rows = "denied-peer-ip=0.0.0.0-255.255.255.255\nallowed-peer-ip=203.0.113.9\n"
    with (
        running_coturn(tmp_path, rows) as one,
        turn.allocation(parse_relay(one.url), *one.credential()) as found,
    ):
        assert found.may_reach("203.0.113.9")
        assert not found.may_reach("198.51.100.7")


def test_a_relay_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens, or somebody else does."""
    monkeypatch.setattr(turn, "_TRIES_S", (0.1, 0.1))
    for url in (f"turn:127.0.0.1:{free_port()}", f"turn:127.0.0.1:{free_port()}?transport=tcp"):
        with pytest.raises(OurError, match=r"does not answer|cannot be reached"):
            _ask(parse_relay(url))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", free_port()))
        relay = replace(parse_relay("turn:127.0.0.1:1"), port=server.getsockname()[1])
        echo = threading.Thread(target=lambda: server.sendto(*_heard(server)), daemon=True)
        echo.start()
        with pytest.raises(OurError, match="does not answer as a relay"):
            _ask(relay)
        echo.join()


def _heard(server: socket.socket) -> tuple[bytes, object]:
    return server.recvfrom(2_048)


@pytest.mark.parametrize(
    ("url", "port", "is_udp", "is_tls"),
    [
        ("turn:turn.alpha.example", 3_478, True, False),
        ("turn:198.51.100.7:5000?transport=tcp", 5_000, False, False),
        ("turns:turn.alpha.example", 5_349, False, True),
        ("turns:[2001:db8::7]:443?transport=tcp", 443, False, True),
    ],
)
def test_addresses_are_read_as_browsers_read_them(
    url: str, port: int, is_udp: bool, is_tls: bool
) -> None:
    """Scheme, host, port and transport, with the ports that are usual."""
    host = url.partition(":")[2].partition("?")[0].removesuffix(f":{port}").strip("[]")
    assert parse_relay(url) == RelayAddress(url, host, port, is_udp, is_tls)


@pytest.mark.parametrize(
    "url", ["", "turn.alpha.example", "stun:a", "turn:a:0", "turn:a:65536", "turn:a b", "turn:u@a",
            "turns:a?transport=udp", "turn:a?transport=sctp", "turn:a:1:2"],
)  # fmt: skip
def test_what_is_no_relay_is_refused(url: str) -> None:
    """The fault shows what was written."""
    with pytest.raises(ValueError, match=r"is not the address of a relay|by TLS over TCP"):
        parse_relay(url)


def test_a_secret_is_read_from_a_file_of_ones_own(tmp_path: Path) -> None:
    """One that is not there, that others can read, or that is short is refused."""
    path = tmp_path / "relay.secret"
    with pytest.raises(OurError, match="cannot be read: No such file"):
        read_relay_secret(path)
    path.write_text("0123456789abcdef\n")
    path.chmod(0o640)
    with pytest.raises(OurError, match="can be used by others: its mode is 0640"):
        read_relay_secret(path)
    path.chmod(0o600)
    assert read_relay_secret(path) == b"0123456789abcdef"
    path.write_text("short")
    with pytest.raises(OurError, match="holds no secret"):
        read_relay_secret(path)
