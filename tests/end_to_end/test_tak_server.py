"""The line through another program's TAK server, and read by a third one's library.

The server is taky, in an environment of its own, over TLS with certificates of both
sides; what its second client gets is read by node-cot. `make test` installs both.
"""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.faces.conftest import (
    ALPHA,
    BRAVO,
    LINE,
    do,
    is_up,
    make_line,
    running,
    say,
    wait_until,
)
from tests.ports import free_port

TAKY: Final = Path(sys.prefix) / "taky" / "bin" / "python"
NODE_COT: Final = Path(sys.prefix) / "node_cot"
READ: Final = """
import { CoTParser } from "@tak-ps/node-cot";
import { text } from "node:stream/consumers";
const found = [];
for (const event of JSON.parse(await text(process.stdin)))
  found.push(await CoTParser.to_geojson(await CoTParser.from_xml(event)));
console.log(JSON.stringify(found));
"""
RADIO: Final = (
    '<event version="2.0" uid="RADIO-1" type="a-f-G-U-C" how="m-g" time="2100-01-01T00:00:00Z" '
    'start="2100-01-01T00:00:00Z" stale="2100-01-02T00:00:00Z"><point lat="34.4" lon="36.8" '
    'hae="600" ce="10" le="10"/><detail><contact callsign="VIPER 1"/></detail></event>'
)
AIRCRAFT: Final = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [36.9, 34.79]},
    "properties": {
        "id": "icao:4ca7b5", "callsign": "RFF7033", "altitude_m": 3_000, "datum": "WGS84",
        "course_deg": 84, "speed_mps": 120, "accuracy_m": 245,
    },
}  # fmt: skip
MIDDLE: Final = (36.909, 34.49)
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.process


def need(path: Path) -> Path:
    """A program of another; the test is skipped, in CI failed, without it."""
    if path.exists():
        return path
    says = f"{path} is not there: make test installs it."
    if os.environ.get("CI") == "true":
        pytest.fail(says)
    pytest.skip(says)


class Authority:
    """The authority of the server, which certifies its clients too."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tak authority")])
        self.file = self._write("ca", self._certificate("tak authority", self.key, None), None)

    def certify(self, name: str) -> tuple[Path, Path]:
        """A certificate and its key, in one file; and the key alone."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._certificate(name, key, "127.0.0.1")
        return self._write(name, made, key), self._write(f"{name}-key", None, key)

    def _certificate(
        self, name: str, key: ec.EllipticCurvePrivateKey, address: str | None
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        number = x509.random_serial_number()
        made = (
            x509.CertificateBuilder(self.name, subject, key.public_key(), number)
            .not_valid_before(ALWAYS[0])
            .not_valid_after(ALWAYS[1])
            .add_extension(x509.BasicConstraints(address is None, None), critical=True)
        )
        if address is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
            made = made.add_extension(names, critical=False)
        return made.sign(self.key, hashes.SHA256())

    def _write(
        self, name: str, made: x509.Certificate | None, key: ec.EllipticCurvePrivateKey | None
    ) -> Path:
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem = serialization.Encoding.PEM
        text = b"" if made is None else made.public_bytes(pem)
        text += b"" if key is None else key.private_bytes(pem, *form)
        path = self.directory / f"{name}.pem"
        path.write_bytes(text)
        return path


@dataclass
class Server:
    """A running taky, with its authority."""

    authority: Authority
    port: int

    def listen(self) -> "Listener":
        """A second client."""
        file, _ = self.authority.certify("second")
        context = ssl.create_default_context(cafile=self.authority.file)
        context.load_cert_chain(file)
        return Listener(
            context.wrap_socket(
                socket.create_connection(("127.0.0.1", self.port)), server_hostname="127.0.0.1"
            )
        )


class Listener:
    """What the server sends on to another client."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self.connection = connection
        self.connection.settimeout(0.02)
        self.held = b""
        self.events: list[str] = []

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def has(self, *words: str) -> bool:
        """Whether an event with these words has come."""
        with contextlib.suppress(TimeoutError):
            self.held += self.connection.recv(1 << 16)
        *whole, self.held = self.held.split(b"</event>")
        self.events += [f"{event.decode()}</event>" for event in whole]
        return any(all(word in event for word in words) for event in self.events)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """taky, listening with TLS and asking for certificates."""
    python = need(TAKY)
    authority, port = Authority(tmp_path), free_port()
    file, key = authority.certify("server")
    (tmp_path / "taky.conf").write_text(
        f"[taky]\nhostname = 127.0.0.1\nbind_ip = 127.0.0.1\nroot_dir = {tmp_path}\n"
        f"[cot_server]\nport = {port}\n[dp_server]\nupload_path = {tmp_path}\n"
        f"[ssl]\nenabled = true\nclient_cert_required = true\nca = {authority.file}\n"
        f"ca_key =\ncert = {file}\nkey = {key}\ncert_db = {tmp_path / 'certificates.txt'}\n"
    )
    with (
        (tmp_path / "taky.log").open("w") as log,
        subprocess.Popen(
            [python, "-m", "taky.cot", "-c", tmp_path / "taky.conf"],
            stdout=log, stderr=log, cwd=tmp_path,
        ) as process,
    ):  # fmt: skip
        try:
            wait_until(lambda: process.poll() is not None or is_listening(port))
            assert process.poll() is None, (tmp_path / "taky.log").read_text()
            yield Server(authority, port)
        finally:
            process.send_signal(signal.SIGKILL)


def is_listening(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def read(events: list[str]) -> dict[str, dict[str, Any]]:
    """The events as node-cot reads them: features by their names."""
    need(NODE_COT / "node_modules")
    node = Path(sys.prefix) / "bin" / "node"
    done = subprocess.run(
        [need(node), "--input-type=module", "--eval", READ],
        input=json.dumps(events), capture_output=True, text=True, cwd=NODE_COT, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {feature["id"]: feature for feature in json.loads(done.stdout)}


def test_the_line_is_seen_through_a_tak_server(server: Server, tmp_path: Path) -> None:
    """Another client sees what is on the line, where it is; and where it is itself, we see."""
    line = make_line(tmp_path)
    own, _ = server.authority.certify("alpha")
    with (line.alpha / "node.toml").open("a") as file:
        file.write(
            f'[[outlet]]\nname = "room"\naddress = "tls://127.0.0.1:{server.port}"\n'
            f'certificate = "{own}"\ntrusted = "{server.authority.file}"\ntracks = "all"\n'
            '[air]\nours = "4ca7b5"\n[[feed]]\nname = "mast"\nkind = "geojson"\n'
            'source = "file:seen.rows"\n'
            f'[[feed]]\nname = "radios"\nkind = "cot"\nsource = "tls:127.0.0.1:{server.port}"\n'
            f'certificate = "{own}"\ntrusted = "{server.authority.file}"\n'
        )
    seen = line.alpha / "seen.rows"
    seen.touch()
    circle = ("--circle", "34.490,36.909", "--radius", "9km", "--upper", "FL150")
    with running(line.alpha, line.bravo), server.listen() as second:
        for name in ("alpha", "bravo"):
            wait_until(lambda name=name: is_up(line.client(name)))
        wait_until(lambda: line.client().get("/outlets")["outlets"][0]["is_open"])
        for party in ("alpha", "bravo"):
            do(
                "notice", "issue", "--dir", getattr(line, party), *circle,
                "--from", "2100-01-01T00:00:00Z", "--until", "2100-01-01T02:00:00Z",
                "--place", "at Shayrat airfield", "--category", "strike", "--kind", "missile",
                "--activity", "Strike <&>.", "--precedence", "priority", "--wait", "20",
            )  # fmt: skip
        route = [
            {
                "position": {"lat": lat, "lon": "36.7"}, "name": name,
                "arrives_at": f"2100-01-01T{hour}:00:00Z", "leaves_at": f"2100-01-01T{hour}:00:00Z",
            }
            for lat, name, hour in (("34.4", "Homs", "06"), ("35.1", "Hama", "07"))
        ]  # fmt: skip
        place = {"words": "35 km north-north-west of Shayrat airfield"}
        say(line.client("bravo"), "MOVEMENT", {"route": route, "purpose": "Aid.", "place": place})
        wait_until(lambda: second.has(f".notice.{ALPHA}.") and second.has(f".notice.{BRAVO}."))
        wait_until(lambda: second.has(".movement."))
        wait_until(lambda: second.has('type="b-a-g"'))
        do("notice", "cancel", "--dir", line.bravo, "BRAVO-N-0001", "--wait", "20")
        wait_until(lambda: second.has('type="t-x-d-d"', f".notice.{BRAVO}.BRAVO-N-0001.1"))
        wait_until(lambda: second.has('type="t-x-d-d"', ".conflict."))
        wait_until(lambda: line.client().get("/feeds")["feeds"][1]["is_up"])
        second.connection.sendall(RADIO.encode())
        wait_until(lambda: line.client().get("/feeds")["feeds"][1]["positions"] == 1)
        with seen.open("a") as rows:
            rows.write(json.dumps(AIRCRAFT) + "\n")
        wait_until(lambda: second.has('type="a-f-A"', ".track.icao:4ca7b5"))
        tracks = line.client().get("/air/tracks")["tracks"]
        assert {one["address"] for one in tracks} == {"icao:4ca7b5", "cot:RADIO-1"}
        assert not second.has("openline.", "RADIO-1")
    shown = read(second.events)
    notice = shown[f"openline.{LINE}.notice.{ALPHA}.ALPHA-N-0001.1"]
    assert notice["properties"]["type"] == "u-d-c-c"
    assert notice["properties"]["shape"]["ellipse"]["major"] == 9_000
    assert notice["properties"]["center"][:2] == list(MIDDLE)
    assert notice["properties"]["stroke-style"] == "dashed"
    assert "Strike <&>." in notice["properties"]["remarks"]
    [way] = [one for name, one in shown.items() if f".movement.{BRAVO}." in name]
    assert way["geometry"]["coordinates"] == [[36.7, 34.4], [36.7, 35.1]]
    [breach] = [one for one in shown.values() if one["properties"]["type"] == "b-a-g"]
    assert breach["geometry"]["type"] == "Point"
    aircraft = shown["openline.alpha.example.track.icao:4ca7b5"]
    assert aircraft["geometry"]["coordinates"][:2] == [36.9, 34.79]
    assert aircraft["properties"]["callsign"] == "RFF7033"
    assert aircraft["properties"]["speed"] == 120
    assert "ours" in aircraft["properties"]["remarks"]
