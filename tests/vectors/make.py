"""Makes the vector files anew: `python -m tests.vectors.make` in the repository.

Everything follows from the words below, so a second run changes nothing. Only
ML-DSA-44 signatures are random by nature: those in the present files are kept
as long as they verify. A file here changes only when the format does.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from openline.domain.record import merkle
from openline.domain.record.cbor import Value, encode
from openline.domain.record.checkpoint import Checkpoint, mldsa_message, sign_checkpoint
from openline.domain.record.cosignature import cosign, ed25519_message
from openline.domain.record.note import (
    Note,
    NoteSignature,
    SignatureType,
    VerifierKey,
    format_base64,
    parse_base64,
    sign_note,
)
from openline.domain.record.proof import LogProof
from openline.domain.record.signing import verify_mldsa44
from tests.vectors.signers import SeedSigner

HERE = Path(__file__).resolve().parent

LOG_ORIGIN = "alpha.example/syria-air/out"
MIRROR_NAME = "bravo.example/mirror"
COSIGNED_AT_S = 1491530400

_MLDSA_ROW = re.compile(r"— \S+ (\S{3244})")


class _ThriftySigner(SeedSigner):
    """Makes one ML-DSA-44 signature for each message, or keeps that of an earlier run."""

    def __init__(self, word: str, earlier: Sequence[bytes]) -> None:
        super().__init__(word)
        self._earlier = list(earlier)

    def sign_mldsa44(self, message: bytes) -> bytes:
        for signature in self._earlier:
            if verify_mldsa44(self.public.mldsa44, message, signature):
                return signature
        self._earlier.append(super().sign_mldsa44(message))
        return self._earlier[-1]


# --- CBOR ----------------------------------------------------------------------------------------


def describe(value: Value) -> Any:
    """The value in JSON without loss: each integer, text and byte string says what it is."""
    match value:
        case None | bool():
            return value
        case int():
            return {"int": str(value)}
        case bytes():
            return {"bytes": value.hex()}
        case str():
            return {"text": value}
        case list():
            return {"array": [describe(item) for item in value]}
        case _:
            return {"map": [[str(key), describe(item)] for key, item in sorted_map(value)]}


def sorted_map(value: dict[int, Value]) -> list[tuple[int, Value]]:
    """Entries in the order in which they are encoded."""
    return sorted(value.items(), key=lambda entry: encode(entry[0]))


_INTEGERS = [0, 1, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63, 2**64 - 1]

_NOTICE: dict[int, Value] = {
    0: bytes(range(16)),
    1: {
        0: ["air-desk", "A. Petrov"],
        1: "предупреждение",
        2: [[3, [[353000000, 383000000], [353100000, 384000000], [352900000, 385000000]], 500]],
        3: [1491529200000, 1491532800000],
        4: [1, -30480],
        5: False,
        6: None,
    },
}

_ACCEPTED: list[tuple[str, Value]] = [
    *((f"integer {number}", number) for number in _INTEGERS),
    *((f"integer {~number}", ~number) for number in _INTEGERS),
    ("false", False),
    ("true", True),
    ("null", None),
    ("empty byte string", b""),
    ("byte string of 23", bytes(23)),
    ("byte string of 24", bytes(24)),
    ("byte string of 256", bytes(range(256))),
    ("empty text", ""),
    ("text in three scripts", "Deir ez-Zor, Дейр-эз-Зор, دير الزور"),
    ("text in normal form C", "\u00e9"),
    ("text beyond the basic plane", "\U0001f6e9"),
    ("empty array", []),
    ("array of 24", list(range(24))),
    ("empty map", {}),
    ("map sorted by the size of keys", {0: 0, 23: 1, 24: 2, 255: 3, 256: 4, 65536: 5}),
    ("map with a map and arrays inside", {1: {2: [3, [4]]}, 5: []}),
    ("arrays 16 deep", [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
    ("a content with salt and body", _NOTICE),
]

_NEGATIVE_KEYS: list[tuple[str, Value]] = [
    ("unsigned keys before negative ones", {1: -19, 24: 0, -1: 1, -2: 2, -70001: 3}),
]

_REFUSED: list[tuple[str, str]] = [
    ("nothing", ""),
    ("a second value", "0000"),
    ("a byte after the map", "a000"),
    ("integer 23 in two bytes", "1817"),
    ("integer 255 in three bytes", "1900ff"),
    ("integer 65535 in five bytes", "1a0000ffff"),
    ("integer 2^32 - 1 in nine bytes", "1b00000000ffffffff"),
    ("integer -1 in two bytes", "3800"),
    ("length 1 in two bytes", "580161"),
    ("text length 1 in two bytes", "780161"),
    ("array length 1 in two bytes", "980100"),
    ("map length 0 in two bytes", "b800"),
    ("head cut", "1b00000001"),
    ("byte string cut", "4300"),
    ("text cut", "6361"),
    ("array cut", "8200"),
    ("map without its value", "a100"),
    ("array that claims 2^32 items", "9b0000000100000000"),
    ("byte string that claims 2^64 - 1 bytes", "5bffffffffffffffff00"),
    ("duplicate key", "a200000001"),
    ("keys not sorted", "a201000000"),
    ("text as a key", "a1616100"),
    ("true as a key", "a1f500"),
    ("null as a key", "a1f600"),
    ("byte string as a key", "a1410000"),
    ("array as a key", "a18000"),
    ("negative key where none is allowed", "a12000"),
    ("float of 16 bits", "f93c00"),
    ("float of 32 bits", "fa3f800000"),
    ("float of 64 bits", "fb3ff0000000000000"),
    ("undefined", "f7"),
    ("simple value 16", "f0"),
    ("simple value 20 in two bytes", "f814"),
    ("simple value 255", "f8ff"),
    ("tag 0", "c06161"),
    ("tag 2, a big integer", "c249010000000000000000"),
    ("tag 35, a regular expression", "d8236161"),
    ("array of indefinite length", "9fff"),
    ("map of indefinite length", "bfff"),
    ("byte string of indefinite length", "5f4100ff"),
    ("text of indefinite length", "7f6161ff"),
    ("break code", "ff"),
    ("reserved additional information 28", "1c"),
    ("reserved additional information 30", "fe"),
    ("text with an invalid byte", "61ff"),
    ("text with an overlong zero", "62c080"),
    ("text with a lone surrogate", "63eda080"),
    ("text cut inside a character", "61c3"),
    ("text not in normal form C", "6365cc81"),
    ("arrays 17 deep", "81" * 16 + "80"),
]

_REFUSED_WITH_NEGATIVE_KEYS: list[tuple[str, str]] = [
    ("negative keys before unsigned ones", "a220000000"),
    ("keys sorted by length first", "a22000181800"),
    ("negative keys not by magnitude", "a221002000"),
    ("duplicate negative key", "a220002000"),
]


def cbor_vectors() -> dict[str, Any]:
    """What must be encoded and decoded, and what must be refused."""
    accepted = [(name, value, False) for name, value in _ACCEPTED]
    accepted += [(name, value, True) for name, value in _NEGATIVE_KEYS]
    refused = [(name, data, False) for name, data in _REFUSED]
    refused += [(name, data, True) for name, data in _REFUSED_WITH_NEGATIVE_KEYS]
    return {
        "accepted": [
            {
                "name": name,
                "hex": encode(value).hex(),
                "value": describe(value),
                "negative_keys": negative_keys,
            }
            for name, value, negative_keys in accepted
        ],
        "refused": [
            {"name": name, "hex": data, "negative_keys": negative_keys}
            for name, data, negative_keys in refused
        ],
    }


# --- Merkle trees --------------------------------------------------------------------------------

TREE_SIZE = 11
LARGE_SIZES = (255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000)
LARGE_TILES = ((0, 0, 256), (0, 272, 256), (0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1))
TILE_PATHS = (
    (0, 0, 256),
    (0, 5, 1),
    (1, 999, 255),
    (2, 1000, 256),
    (0, 1234067, 256),
    (63, 0, 12),
    (None, 0, 256),
    (None, 1234067, 44),
)
TILE_PATHS_REFUSED = (
    "",
    "tile/0/0",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/x000/000",
    "tile/0/x000/x001/000",
    "tile/0/001/000",
    "tile/0/x001",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/data/000",
    "tile/0/000.p/0",
    "tile/0/000.p/01",
    "tile/0/000.p/256",
    "tile/0/000.p/",
    "tile/0/000/",
    "/tile/0/000",
    "tile/0/000\n",
    "tile/0/٠٠٠",
    "tile/0/../000",
)


def entry(index: int) -> bytes:
    """The entry of the small tree at this index."""
    return b"" if index == 0 else f"entry {index} ".encode() * index


def large_tree() -> merkle.Tree:
    """The tree of 70,000 entries, each the decimal digits of its index."""
    return merkle.Tree(merkle.leaf_hash(str(index).encode()) for index in range(70_000))


def merkle_vectors() -> dict[str, Any]:
    """Hashes, roots, proofs right and wrong, tiles and bundles."""
    entries = [entry(index) for index in range(TREE_SIZE)]
    tree = merkle.Tree(map(merkle.leaf_hash, entries))
    return {
        "empty_root": merkle.EMPTY_ROOT.hex(),
        "entries": _hex(entries),
        "leaves": _hex(map(merkle.leaf_hash, entries)),
        "roots": _hex(tree.root(size) for size in range(TREE_SIZE + 1)),
        "inclusion": [
            {"index": index, "size": size, "proof": _hex(tree.inclusion_proof(index, size))}
            for size in range(1, TREE_SIZE + 1)
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": new, "proof": _hex(tree.consistency_proof(old, new))}
            for new in range(TREE_SIZE + 1)
            for old in range(new + 1)
        ],
        "inclusion_refused": list(_wrong_inclusion(tree)),
        "consistency_refused": list(_wrong_consistency(tree)),
        "large": _large_vectors(),
        "tile_paths": [
            {
                "path": merkle.tile_path(level, number, width),
                "level": "entries" if level is None else level,
                "number": number,
                "width": width,
            }
            for level, number, width in TILE_PATHS
        ],
        "tile_paths_refused": list(TILE_PATHS_REFUSED),
        "bundles": [
            {"hex": merkle.entry_bundle(some).hex(), "entries": _hex(some)}
            for some in (entries[:1], entries[1:4], [bytes(300)])
        ],
        "bundles_refused": [
            {"name": "nothing", "hex": ""},
            {"name": "half a length", "hex": "00"},
            {"name": "an entry cut", "hex": "000261"},
            {"name": "257 entries", "hex": "0000" * 257},
        ],
    }


def _hex(values: Iterable[bytes]) -> list[str]:
    return [value.hex() for value in values]


def _large_vectors() -> dict[str, Any]:
    """Few numbers that only a right tree of 70,000 entries gives."""
    tree = large_tree()
    return {
        "entry": "the decimal digits of the index, in ASCII",
        "size": tree.size,
        "roots": [{"size": size, "root": tree.root(size).hex()} for size in LARGE_SIZES],
        "inclusion": [
            {"index": index, "size": size, "proof": _hex(tree.inclusion_proof(index, size))}
            for index, size in ((0, 70_000), (69_999, 70_000), (65_535, 65_537), (256, 512))
        ],
        "consistency": [
            {"old": old, "new": new, "proof": _hex(tree.consistency_proof(old, new))}
            for old, new in ((1, 70_000), (65_536, 70_000), (65_535, 70_000), (256, 257))
        ],
        "tiles": [
            {
                "path": merkle.tile_path(level, number, width),
                "sha256": sha256(tree.tile(level, number, width)).hexdigest(),
            }
            for level, number, width in LARGE_TILES
        ],
    }


def _wrong_inclusion(tree: merkle.Tree) -> Iterable[dict[str, Any]]:
    """Ways to break the proof of entry 6 among 11."""
    leaf, root, proof = tree.leaf(6), tree.root(), tree.inclusion_proof(6, TREE_SIZE)
    flipped = bytes([proof[0][0] ^ 1]) + proof[0][1:]
    smaller, pair = tree.inclusion_proof(6, 8), (tree.leaf(0), tree.leaf(1))
    for name, index, size, leaf_, proof_, root_ in (
        ("another index", 7, TREE_SIZE, leaf, proof, root),
        ("another size", 6, 7, leaf, proof, root),
        ("index at the size", TREE_SIZE, TREE_SIZE, leaf, proof, root),
        ("size zero", 0, 0, leaf, [], root),
        ("another leaf", 6, TREE_SIZE, tree.leaf(5), proof, root),
        ("another root", 6, TREE_SIZE, leaf, proof, tree.root(10)),
        ("a bit flipped", 6, TREE_SIZE, leaf, [flipped, *proof[1:]], root),
        ("the last hash absent", 6, TREE_SIZE, leaf, proof[:-1], root),
        ("a hash too many", 6, TREE_SIZE, leaf, [*proof, root], root),
        ("the order reversed", 6, TREE_SIZE, leaf, proof[::-1], root),
        ("no proof", 6, TREE_SIZE, leaf, [], root),
        ("the proof and root of a smaller tree", 6, TREE_SIZE, leaf, smaller, tree.root(8)),
        ("a root above the tree", 6, TREE_SIZE, leaf, [*proof, leaf], merkle.node_hash(leaf, root)),
        ("a leaf of no bytes", 1, 2, b"", [b"".join(pair)], merkle.node_hash(*pair)),
        ("two hashes in one", 6, TREE_SIZE, leaf, [proof[0] + proof[1], *proof[2:]], root),
    ):
        yield {
            "name": name,
            "index": index,
            "size": size,
            "leaf": leaf_.hex(),
            "proof": _hex(proof_),
            "root": root_.hex(),
        }


def _wrong_consistency(tree: merkle.Tree) -> Iterable[dict[str, Any]]:
    """Ways to break the proof from 6 entries to 11, and cases at the edges."""
    old_root, new_root, proof = tree.root(6), tree.root(), tree.consistency_proof(6, TREE_SIZE)
    four, eight = tree.root(4), tree.root(8)
    above = merkle.node_hash(four, old_root), merkle.node_hash(four, new_root)
    smaller, pair = tree.consistency_proof(6, 8), (tree.leaf(0), tree.leaf(1))
    for name, old, new, old_root_, new_root_, proof_ in (
        ("another old size", 5, TREE_SIZE, old_root, new_root, proof),
        ("another new size", 6, 20, old_root, new_root, proof),
        ("sizes swapped", TREE_SIZE, 6, new_root, old_root, proof),
        ("roots swapped", 6, TREE_SIZE, new_root, old_root, proof),
        ("another old root", 6, TREE_SIZE, tree.root(5), new_root, proof),
        ("another new root", 6, TREE_SIZE, old_root, tree.root(10), proof),
        ("the last hash absent", 6, TREE_SIZE, old_root, new_root, proof[:-1]),
        ("a hash too many", 6, TREE_SIZE, old_root, new_root, [*proof, new_root]),
        ("no proof", 6, TREE_SIZE, old_root, new_root, []),
        ("roots above the trees", 6, TREE_SIZE, *above, [*proof, four]),
        ("the proof and root of a smaller tree", 6, TREE_SIZE, old_root, eight, smaller),
        ("an old root of no bytes", 1, 2, b"", merkle.node_hash(*pair), [b"".join(pair)]),
        ("the old root before the proof", 4, 8, four, eight, [four, eight]),
        ("a proof between equal sizes", 6, 6, old_root, old_root, proof),
        ("equal sizes, other roots", 6, 6, old_root, new_root, []),
        ("from nothing with a proof", 0, 6, merkle.EMPTY_ROOT, old_root, proof),
        ("from nothing with a root", 0, 6, old_root, old_root, []),
        ("nothing with a root", 0, 0, old_root, old_root, []),
        ("nothing with two roots", 0, 0, merkle.EMPTY_ROOT, old_root, []),
    ):
        yield {
            "name": name,
            "old": old,
            "new": new,
            "old_root": old_root_.hex(),
            "new_root": new_root_.hex(),
            "proof": _hex(proof_),
        }


# --- Notes ---------------------------------------------------------------------------------------


def note_vectors(earlier: str = "") -> dict[str, Any]:
    """Notes, heads, cosignatures and log proofs, right and wrong.

    Args:
        earlier: The present file, whose ML-DSA-44 signatures are kept.
    """
    kept = [parse_base64(found)[12:] for found in _MLDSA_ROW.findall(earlier)]
    signers = {word: _ThriftySigner(word, kept) for word in ("node", "mirror", "stranger")}
    return {
        "signers": {word: _describe_signer(signer) for word, signer in signers.items()},
        "verifier_keys": [_describe_key(key) for key in _keys(signers)],
        "verifier_keys_refused": _wrong_keys(signers["node"]),
        "notes": [_describe_note(note, names) for note, names in _notes(signers)],
        "notes_refused": _wrong_notes(signers["node"]),
        "heads": [_describe_head(head) for head in _heads()],
        "heads_refused": _wrong_heads(),
        "signed_heads": [_describe_signed(head, signers["node"]) for head in _heads()],
        "signed_heads_refused": _wrong_signed_heads(signers),
        "cosigned_heads": [_describe_cosigned(head, signers) for head in _heads()],
        "cosigned_heads_refused": _wrong_cosigned_heads(signers),
        "proofs": _proofs(signers["node"]),
        "proofs_refused": _wrong_proofs(signers["node"]),
    }


def _heads() -> list[Checkpoint]:
    tree = merkle.Tree(merkle.leaf_hash(entry(index)) for index in range(TREE_SIZE))
    return [Checkpoint(LOG_ORIGIN, size, tree.root(size)) for size in (0, 1, TREE_SIZE)]


def _describe_signer(signer: SeedSigner) -> dict[str, str]:
    return {
        "ed25519_seed": signer.ed25519_seed.hex(),
        "mldsa44_seed": signer.mldsa44_seed.hex(),
        "ed25519_public": signer.public.ed25519.hex(),
        "mldsa44_public": signer.public.mldsa44.hex(),
    }


def _keys(signers: dict[str, _ThriftySigner]) -> list[VerifierKey]:
    node, mirror = signers["node"].public, signers["mirror"].public
    return [
        VerifierKey(LOG_ORIGIN, SignatureType.ED25519, node.ed25519),
        VerifierKey(LOG_ORIGIN, SignatureType.MLDSA44, node.mldsa44),
        VerifierKey(MIRROR_NAME, SignatureType.COSIGNATURE_ED25519, mirror.ed25519),
        VerifierKey(MIRROR_NAME, SignatureType.MLDSA44, mirror.mldsa44),
    ]


def _describe_key(key: VerifierKey) -> dict[str, Any]:
    return {
        "vkey": key.format(),
        "name": key.name,
        "type": int(key.type),
        "public": key.public.hex(),
        "key_id": key.key_id.hex(),
    }


def _wrong_keys(node: SeedSigner) -> list[dict[str, str]]:
    good = VerifierKey("alpha.example", SignatureType.ED25519, node.public.ed25519).format()
    name, key_id, data = good.split("+", 2)
    low_order = VerifierKey("alpha.example", SignatureType.ED25519, bytes(32)).format()
    short = VerifierKey("alpha.example", SignatureType.ED25519, bytes(31)).format()
    other_type = format_base64(b"\x02" + node.public.ed25519)
    return [
        {"name": "no parts", "vkey": "alpha.example"},
        {"name": "another key id", "vkey": f"{name}+00000000+{data}"},
        {"name": "key id in capitals", "vkey": f"{name}+{key_id.upper()}+{data}"},
        {"name": "name with a space", "vkey": f"alpha example+{key_id}+{data}"},
        {"name": "no name", "vkey": f"+{key_id}+{data}"},
        {"name": "padding where none belongs", "vkey": good + "="},
        {"name": "newline at the end", "vkey": good + "\n"},
        {"name": "unknown type", "vkey": f"{name}+{key_id}+{other_type}"},
        {"name": "key of 31 bytes", "vkey": short},
        {"name": "key of low order", "vkey": low_order},
    ]


def _notes(signers: dict[str, _ThriftySigner]) -> list[tuple[Note, list[str]]]:
    """Notes, with the signers in the order of the rows; the key name is `<word>.example`."""
    texts = {
        "Shayrat 0140Z\n": ["node"],
        "first paragraph\n\nsecond paragraph\n": ["node", "mirror"],
        "\n": ["node"],
        "حماة, Хама — 07.04\n": ["stranger", "node"],
    }
    notes = []
    for text, words in texts.items():
        rows = tuple(sign_note(text, f"{word}.example", signers[word]) for word in words)
        notes.append((Note(text, rows), words))
    return notes


def _describe_note(note: Note, words: list[str]) -> dict[str, Any]:
    return {
        "note": note.format(),
        "text": note.text,
        "signatures": [
            {
                "signer": word,
                "name": row.name,
                "key_id": row.key_id.hex(),
                "signature": row.signature.hex(),
            }
            for word, row in zip(words, note.signatures, strict=True)
        ],
    }


def _wrong_notes(node: SeedSigner) -> list[dict[str, str]]:
    good = Note("text\n", (sign_note("text\n", "node.example", node),)).format()
    row = good.split("\n")[2]
    data = row.split(" ")[2]
    raw = parse_base64(data)
    wrong: dict[str, str | bytes] = {
        "nothing": "",
        "text only": "text\n",
        "no empty row": f"text\n{row}\n",
        "no signature": "text\n\n",
        "no newline at the end": good[:-1],
        "empty row at the end": good + "\n",
        "text after the signatures": good + "text\n",
        "carriage returns": good.replace("\n", "\r\n"),
        "tab in the text": good.replace("text", "te\tt"),
        "zero byte in the text": good.replace("text", "te\0t"),
        "not UTF-8": b"\xff" + good.encode(),
        "lone surrogate": b"\xed\xa0\x80" + good.encode(),
        "hyphen for the dash": good.replace("—", "-"),
        "two spaces": good.replace("— ", "—  "),
        "space at the end of the row": good[:-1] + " \n",
        "no name": f"text\n\n—  {data}\n",
        "plus in the name": f"text\n\n— no+de {data}\n",
        "no-break space in the name": f"text\n\n— no\u00a0de {data}\n",
        "no padding": good.replace("=", ""),
        "padding bits set": good.replace(data, data[:-3] + _next_char(data[-3]) + "=="),
        "base64 of the URL alphabet": f"text\n\n— node {data[:8]}_-{data[10:]}\n",
        "row broken inside": f"text\n\n— node {data[:20]}\n{data[20:]}\n",
        "key id without a signature": f"text\n\n— node {format_base64(raw[:4])}\n",
        "81 signatures": good + f"{row}\n" * 80,
    }
    return [
        {"name": name, "hex": (note if isinstance(note, bytes) else note.encode()).hex()}
        for name, note in wrong.items()
    ]


def _next_char(char: str) -> str:
    """The next one in the base64 alphabet: the same bytes with other padding bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(char) ^ 1]


def _describe_head(head: Checkpoint) -> dict[str, Any]:
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "text": head.text(),
        "cosignature_ed25519_message": ed25519_message(head, COSIGNED_AT_S).hex(),
        "cosignature_mldsa44_message": mldsa_message(head, MIRROR_NAME, COSIGNED_AT_S).hex(),
        "log_mldsa44_message": mldsa_message(head, head.origin, 0).hex(),
    }


def _wrong_heads() -> list[dict[str, str]]:
    root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    return [
        {"name": name, "text": text}
        for name, text in {
            "nothing": "",
            "no newline at the end": f"{LOG_ORIGIN}\n5\n{root}",
            "no root": f"{LOG_ORIGIN}\n5\n",
            "no origin": f"\n5\n{root}\n",
            "extension row": f"{LOG_ORIGIN}\n5\n{root}\nmore\n",
            "empty row": f"{LOG_ORIGIN}\n5\n{root}\n\n",
            "leading zero": f"{LOG_ORIGIN}\n05\n{root}\n",
            "double zero": f"{LOG_ORIGIN}\n00\n{root}\n",
            "plus": f"{LOG_ORIGIN}\n+5\n{root}\n",
            "minus": f"{LOG_ORIGIN}\n-5\n{root}\n",
            "underscore": f"{LOG_ORIGIN}\n1_0\n{root}\n",
            "space": f"{LOG_ORIGIN}\n 5\n{root}\n",
            "hexadecimal": f"{LOG_ORIGIN}\n0x5\n{root}\n",
            "Arabic digit": f"{LOG_ORIGIN}\n٥\n{root}\n",
            "full-width digit": f"{LOG_ORIGIN}\n５\n{root}\n",
            "size 2^63": f"{LOG_ORIGIN}\n9223372036854775808\n{root}\n",
            "size of 20 digits": f"{LOG_ORIGIN}\n10000000000000000000\n{root}\n",
            "root of 1 byte": f"{LOG_ORIGIN}\n5\nCg==\n",
            "root of 33 bytes": f"{LOG_ORIGIN}\n5\n{format_base64(bytes(33))}\n",
            "root without padding": f"{LOG_ORIGIN}\n5\n{root[:-1]}\n",
            "root with padding bits": f"{LOG_ORIGIN}\n5\n{root[:-2]}J=\n",
            "space after the root": f"{LOG_ORIGIN}\n5\n{root} \n",
            "carriage returns": f"{LOG_ORIGIN}\r\n5\r\n{root}\r\n",
            "origin with a space": f"alpha example\n5\n{root}\n",
            "origin with a plus": f"alpha+example\n5\n{root}\n",
            "origin of 256 bytes": f"{'a' * 256}\n5\n{root}\n",
            "a root at size 0": f"{LOG_ORIGIN}\n0\n{root}\n",
        }.items()
    ]


def _describe_signed(head: Checkpoint, node: SeedSigner) -> dict[str, Any]:
    return {
        "origin": head.origin,
        "signer": "node",
        "note": sign_checkpoint(head, node).format(),
    }


def _wrong_signed_heads(signers: dict[str, _ThriftySigner]) -> list[dict[str, str]]:
    """Every one is read as a note; none verifies as a head of the node's log."""
    head, other = _heads()[2], _heads()[1]
    note = sign_checkpoint(head, signers["node"])
    first, second = note.signatures
    stranger = sign_checkpoint(head, signers["stranger"])
    timed = cosign(head, LOG_ORIGIN, signers["node"], COSIGNED_AT_S)[1]
    return [
        {"name": name, "note": wrong.format()}
        for name, wrong in {
            "no ML-DSA-44 signature": Note(note.text, (first,)),
            "no Ed25519 signature": Note(note.text, (second,)),
            "a stranger's signatures": stranger,
            "another head": Note(other.text(), note.signatures),
            "Ed25519 signature of another head": Note(
                note.text, (sign_checkpoint(other, signers["node"]).signatures[0], second)
            ),
            "a bit of the ML-DSA-44 signature flipped": Note(note.text, (first, _flip(second))),
            "one signature twice": Note(note.text, (first, first, second)),
            "ML-DSA-44 signature with a time": Note(note.text, (first, timed)),
            "another origin": sign_checkpoint(
                Checkpoint("alpha.example/other/out", head.size, head.root), signers["node"]
            ),
        }.items()
    ]


def _flip(row: NoteSignature) -> NoteSignature:
    """The row with the last bit of its signature flipped."""
    signature = row.signature[:-1] + bytes([row.signature[-1] ^ 1])
    return NoteSignature(row.name, row.key_id, signature)


def _describe_cosigned(head: Checkpoint, signers: dict[str, _ThriftySigner]) -> dict[str, Any]:
    note = sign_checkpoint(head, signers["node"]).with_signatures(
        *cosign(head, MIRROR_NAME, signers["mirror"], COSIGNED_AT_S)
    )
    return {
        "origin": head.origin,
        "log": "node",
        "cosigner": "mirror",
        "cosigner_name": MIRROR_NAME,
        "at_s": COSIGNED_AT_S,
        "note": note.format(),
    }


def _wrong_cosigned_heads(signers: dict[str, _ThriftySigner]) -> list[dict[str, str]]:
    """Every one is a right head of the node's log without the mirror's cosignature."""
    head, other = _heads()[2], _heads()[1]
    note = sign_checkpoint(head, signers["node"])
    first, second = cosign(head, MIRROR_NAME, signers["mirror"], COSIGNED_AT_S)
    later = cosign(head, MIRROR_NAME, signers["mirror"], COSIGNED_AT_S + 1)
    renamed = NoteSignature("charlie.example/mirror", second.key_id, second.signature)
    moved = NoteSignature(
        first.name, first.key_id, (COSIGNED_AT_S + 1).to_bytes(8, "big") + first.signature[8:]
    )
    return [
        {"name": name, "note": note.with_signatures().format() + "".join(r.row() for r in rows)}
        for name, rows in {
            "none": (),
            "Ed25519 only": (first,),
            "ML-DSA-44 only": (second,),
            "two times": (first, later[1]),
            "time changed": (moved, second),
            "another name": (first, renamed),
            "of another head": cosign(other, MIRROR_NAME, signers["mirror"], COSIGNED_AT_S),
            "of a stranger": cosign(head, MIRROR_NAME, signers["stranger"], COSIGNED_AT_S),
            "a bit flipped": (_flip(first), second),
            "one row twice": (first, first, second),
            "no signature after the time": (
                NoteSignature(first.name, first.key_id, first.signature[:8]),
                second,
            ),
        }.items()
    ]


def _proofs(node: SeedSigner) -> list[dict[str, Any]]:
    return [
        {
            "index": index,
            "entry": entry(index).hex(),
            "extra": None if extra is None else extra.hex(),
            "origin": LOG_ORIGIN,
            "signer": "node",
            "proof": _proof(node, index, size, extra).format(),
        }
        for index, size, extra in ((0, 1, None), (6, TREE_SIZE, None), (10, TREE_SIZE, b"extra"))
    ]


def _proof(node: SeedSigner, index: int, size: int, extra: bytes | None = None) -> LogProof:
    """The proof of an entry of the small tree under a signed head."""
    tree = merkle.Tree(merkle.leaf_hash(entry(number)) for number in range(TREE_SIZE))
    head = Checkpoint(LOG_ORIGIN, size, tree.root(size))
    hashes = tuple(tree.inclusion_proof(index, size))
    return LogProof(index, hashes, sign_checkpoint(head, node), extra)


def _wrong_proofs(node: SeedSigner) -> list[dict[str, str]]:
    """None of these can be read."""
    good = _proof(node, 6, TREE_SIZE).format()
    first_hash = good.split("\n")[2]
    return [
        {"name": name, "proof": text}
        for name, text in {
            "nothing": "",
            "another version": good.replace("@v1", "@v2"),
            "no index": good.replace("index 6\n", ""),
            "leading zero": good.replace("index 6", "index 06"),
            "negative index": good.replace("index 6", "index -6"),
            "index 2^63": good.replace("index 6", "index 9223372036854775808"),
            "Arabic digit": good.replace("index 6", "index ٦"),
            "extra data after the index": good.replace("index 6\n", "index 6\nextra YQ==\n"),
            "empty extra data": good.replace("index 6", "extra \nindex 6"),
            "extra data twice": good.replace("index 6", "extra YQ==\nextra YQ==\nindex 6"),
            "extra data that is no base64": good.replace("index 6", "extra YQ=\nindex 6"),
            "hash of 31 bytes": good.replace(first_hash, format_base64(bytes(31))),
            "hash without padding": good.replace(first_hash, first_hash.rstrip("=")),
            "64 hashes": good.replace(first_hash, "\n".join([first_hash] * 61)),
            "empty row before the hashes": good.replace("index 6\n", "index 6\n\n"),
            "no checkpoint": good.partition("\n\n")[0] + "\n\n",
            "checkpoint without signatures": "\n\n".join(good.split("\n\n")[:2]) + "\n\n",
            "carriage returns": good.replace("\n", "\r\n"),
        }.items()
    ]


# --- Files ---------------------------------------------------------------------------------------

FILES: dict[str, Callable[[str], dict[str, Any]]] = {
    "cbor.json": lambda _: cbor_vectors(),
    "merkle.json": lambda _: merkle_vectors(),
    "notes.json": note_vectors,
}
"""By file name: what makes it, given the present text of the file."""


def make(name: str) -> str:
    """The text of the vector file as it must be."""
    path = HERE / name
    earlier = path.read_text("utf-8") if path.exists() else ""
    return json.dumps(FILES[name](earlier), indent=1, ensure_ascii=False) + "\n"


def load(name: str) -> Any:
    """What the vector file holds."""
    return json.loads((HERE / name).read_text("utf-8"))


def main() -> None:
    """Write every file that is not as it must be."""
    for name in FILES:
        text = make(name)
        path = HERE / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{name} is new\n")


if __name__ == "__main__":
    main()
