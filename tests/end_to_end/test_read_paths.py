"""The C2SP read paths of the node port: what a log client of the counterpart reads."""

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.domain.line.understanding import parse_signed_understanding, verify_understanding
from openline.domain.record.checkpoint import Checkpoint, verify_checkpoint
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.merkle import Tree, leaf_hash, parse_entry_bundle
from openline.domain.record.note import parse_note
from tests.end_to_end.nodes import Node, wait_signing

TILE = 256


@pytest.fixture(scope="module")
def pair(running_pair: tuple[Node, Node]) -> tuple[Node, Node]:
    """Two running nodes; alpha has said more than one tile holds."""
    alpha, bravo = running_pair
    wait_signing(alpha)
    for number in range(TILE + 20 - alpha.state()["out_size"]):
        alpha.say(f"Sentence {number}.")
    alpha.deliver("The last one.")
    return alpha, bravo


class Reader:
    """A client that shows the counterpart's certificate and pins the node's."""

    def __init__(self, node: Node, counterpart: Node) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        pem = ssl.DER_cert_to_PEM_cert(_certificate(node))
        context.load_verify_locations(cadata=pem)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        context.load_cert_chain(counterpart.directory / "keys" / "tls.pem")
        [listener] = node.config.listeners
        self.connection = http.client.HTTPSConnection(
            listener.host, listener.port, timeout=20, context=context
        )

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of one path; the connection is used again."""
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read()


def _certificate(node: Node) -> bytes:
    """The node's certificate in DER, from the PEM file that holds its key too."""
    pem = (node.directory / "keys" / "tls.pem").read_text()
    return ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERTIFICATE") :])


@pytest.fixture
def reader(pair: tuple[Node, Node]) -> Iterator[Reader]:
    """Bravo's log client at alpha's port."""
    reading = Reader(*pair)
    yield reading
    reading.connection.close()


def prefix(node: Node) -> str:
    """Where a node's outbox is read."""
    return f"/{node.party}/{node.line}/out"


def checkpoint(node: Node, reader: Reader) -> Checkpoint:
    """The checkpoint, verified with the keys of the Understanding."""
    status, body = reader.get(f"{prefix(node)}/checkpoint")
    assert status == 200
    signed = (node.directory / "lines" / f"{node.line}.understanding").read_bytes()
    keys = verify_understanding(parse_signed_understanding(signed)).party(node.party).node
    origin = f"{node.party}/{node.line}/out"
    return verify_checkpoint(parse_note(body.decode()), origin, keys)


def test_tiles_and_bundles_recompute_the_signed_root(
    pair: tuple[Node, Node], reader: Reader
) -> None:
    """The root of the checkpoint follows from the hash tiles, and from the entry bundles."""
    alpha, _ = pair
    head = checkpoint(alpha, reader)
    assert TILE < head.size == alpha.state()["out_size"] <= 2 * TILE
    rest = head.size - TILE
    leaves, entries = [], []
    for number, width in (("000", TILE), (f"001.p/{rest}", rest)):
        status, tile = reader.get(f"{prefix(alpha)}/tile/0/{number}")
        assert (status, len(tile)) == (200, 32 * width)
        leaves += [tile[i : i + 32] for i in range(0, len(tile), 32)]
        status, bundle = reader.get(f"{prefix(alpha)}/tile/entries/{number}")
        assert status == 200
        entries += parse_entry_bundle(bundle)
    assert [leaf_hash(entry) for entry in entries] == leaves
    assert [parse_envelope(entry).header.index for entry in entries] == list(range(head.size))
    assert Tree(leaves).root() == head.root
    status, upper = reader.get(f"{prefix(alpha)}/tile/1/000.p/1")
    assert (status, upper) == (200, Tree(leaves[:TILE]).root())


def test_what_is_not_the_counterparts_to_read_is_not_served(
    pair: tuple[Node, Node], reader: Reader, tmp_path: Path
) -> None:
    """Journals, other parties' logs, sizes not reached and other paths give 404 and no more."""
    alpha, bravo = pair
    for path in (
        "/",
        "/checkpoint",
        f"/{alpha.party}/{alpha.line}/journal/checkpoint",
        f"/{bravo.party}/{alpha.line}/out/checkpoint",
        f"/{alpha.party}/another-line/out/checkpoint",
        f"{prefix(alpha)}/tile/0/001",
        f"{prefix(alpha)}/tile/0/000.p/0",
        f"{prefix(alpha)}/tile/entries/002",
        f"{prefix(alpha)}/tile/entries/x-1",
        f"{prefix(alpha)}/tile/64/000",
        f"{prefix(alpha)}/../../node.toml",
        f"{prefix(alpha)}/%2e%2e/%2e%2e/node.toml",
        f"{prefix(alpha)}/tile/0/" + "x001/" * 200 + "000",
    ):
        assert reader.get(path) == (404, b""), path
    assert checkpoint(alpha, reader).size > TILE, "the connection still serves"
