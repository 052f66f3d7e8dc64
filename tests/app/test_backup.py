"""A back-up and its faults: each is named, and nothing is left where it was put back."""

import io
import shutil
import tarfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.chance import SystemChance
from openline.adapters.keys import FileKeys
from openline.adapters.sealed import make_key_file, parse_recipient, read_key_file
from openline.adapters.sqlite import SqliteStore
from openline.adapters.statements.store import (
    Capture,
    Look,
    Source,
    Statement,
    StatementStore,
)
from openline.adapters.webhook.waiting import Waiting
from openline.app import backup as backups
from openline.app.config import load_config
from openline.app.manifest import Manifest, PackedFile, is_signed_by, parse_manifest
from openline.app.store_copies import (
    COPIED_AT,
    IDENTITY,
    copy_beside,
    copy_store,
    faults_beside,
    remove_copy,
    store_identity,
)
from openline.domain.errors import OurError
from openline.domain.statements.verdict import Verdict
from openline.engine.ports import PutValue
from openline.faces.cli.main import run

AT = 1_798_549_200_000
Members = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that never ran, with a store, a key for its back-up, and the back-up."""
    root = tmp_path_factory.mktemp("made")
    node = root / "alpha"
    assert run(["init", "--dir", str(node), "--party", "alpha.example", "--json"]) == 0
    (node / "code-books").mkdir()
    (node / "code-books" / "ours.toml").write_text("not read here")
    (node / "anchor").write_text("never packed")
    with SqliteStore.open(node / "store.sqlite") as store:
        store_identity(store)
        store.commit([PutValue("a", b"1" * 9_000)])
    with closing(StatementStore.open(node / "statements.sqlite")) as statements:
        statements.put_source(Source("press", "https://ministry.example/"))
    with Waiting.open(node / "outlets" / "logbook.sqlite") as waiting:
        waiting.put([b"an event"], {"syria-air": 7})
    public = make_key_file(root / "key")
    pack(node, root / "backup", public)
    return root


def pack(node: Path, out: Path, public: str) -> None:
    """Back a stopped node up."""
    config = load_config(node)
    with SqliteStore.open_read_only(config.store) as store:
        beside = copy_beside(config)
        copy = copy_store(store, config.store, AT)
    with out.open("wb") as file:
        backups.pack(config, copy, AT, file, [parse_recipient(public)], beside)
    for one in (copy, *beside.values()):
        remove_copy(one)


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below a directory, by its path."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_what_is_packed_comes_back(made: Path, tmp_path: Path) -> None:
    """Keys, cards, books and settings are as they were; roots and anchor are not in it."""
    restored = backups.restore(made / "backup", made / "key", tmp_path / "alpha")
    assert restored.manifest.at == AT
    before, after = contents(made / "alpha"), contents(tmp_path / "alpha")
    left_out = {"anchor", "keys/root/1.key"}
    assert {name: data for name, data in after.items() if ".sqlite" not in name} == {
        name: data for name, data in before.items() if not (name in left_out or ".sqlite" in name)
    }
    files = {name for name in after if ".sqlite" in name}
    assert files == {"store.sqlite", "statements.sqlite", "outlets/logbook.sqlite"}
    assert (tmp_path / "alpha").stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == [tmp_path / "alpha"]


def test_the_store_that_comes_back_is_a_copy(made: Path, tmp_path: Path) -> None:
    """It has the content, right checksums, no identity, and says when it was made."""
    restored = backups.restore(made / "backup", made / "key", tmp_path / "alpha")
    with SqliteStore.open_read_only(restored.config.store) as store:
        assert store.damage() == []
        assert store.value("a") == b"1" * 9_000
        assert store.value(IDENTITY) is None
        assert store.value(COPIED_AT) == str(AT).encode()


def test_what_lies_beside_the_store_comes_back(made: Path, tmp_path: Path) -> None:
    """What was seen on public pages and what waits for a webhook are as they were."""
    restored = backups.restore(made / "backup", made / "key", tmp_path / "alpha")
    with closing(StatementStore.open(restored.config.statement_store)) as statements:
        assert [one.name for one in statements.sources()] == ["press"]
    with Waiting.open(restored.config.outlet_states / "logbook.sqlite") as waiting:
        event = waiting.first()
        assert event is not None
        assert (event.body, waiting.places()) == (b"an event", {"syria-air": 7})
    packed = {one.path for one in restored.manifest.files}
    assert {"statements.sqlite", "outlets/logbook.sqlite"} <= packed
    assert not [path for path in (made / "alpha").rglob("*") if ".copy-" in path.name]


@pytest.mark.parametrize("name", ["statements.sqlite", "outlets/logbook.sqlite"])
def test_a_damaged_neighbour_of_the_store_is_named(made: Path, tmp_path: Path, name: str) -> None:
    """A file beside the store that is not sound stops the node from being put back."""
    node = tmp_path / "alpha"
    shutil.copytree(made / "alpha", node)
    config = load_config(node)
    assert faults_beside(node, config) == []
    data = bytearray((node / name).read_bytes())
    data[4_096:4_160] = b"\xff" * 64
    (node / name).write_bytes(bytes(data))
    assert faults_beside(node, config) != []


def test_neighbours_are_copied_while_they_are_written(tmp_path: Path) -> None:
    """A copy under load holds what one commit left: all of a look, or nothing of it."""
    node = tmp_path / "alpha"
    assert run(["init", "--dir", str(node), "--party", "alpha.example", "--json"]) == 0
    config = load_config(node)
    stopping = threading.Event()

    def write() -> None:
        with (
            closing(StatementStore.open(config.statement_store)) as store,
            Waiting.open(config.outlet_states / "logbook.sqlite") as waiting,
        ):
            for number in range(100_000):
                if stopping.is_set():
                    return
                one = Statement(f"{number:012x}", "press", "https://b.example/", "x" * 500, AT)
                look = Look(one, Capture(AT, one.address, 200, {}, Verdict.UNCHANGED))
                store.record(look)
                waiting.put([b"%d" % number], {"syria-air": number})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not (config.outlet_states / "logbook.sqlite").exists():
            time.sleep(0.01)
        time.sleep(0.1)
        copies = [copy_beside(config) for _ in range(5)]
    finally:
        stopping.set()
        writer.join()
    counts = []
    for copy in copies:
        with closing(StatementStore.open(copy["statements.sqlite"])) as store:
            counts.append(store.count())
            assert all(len(store.captures(one.id)) == 1 for one in store.statements())
        with Waiting.open(copy["outlets/logbook.sqlite"]) as waiting:
            assert waiting.places()["syria-air"] == waiting.count - 1
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1]


def test_it_is_read_by_any_program_of_age(made: Path) -> None:
    """Opened with the key it is a tar archive that begins with a signed text."""
    with tarfile.open(fileobj=io.BytesIO(opened(made))) as archive:
        first = archive.next()
        assert first is not None
        file = archive.extractfile(first)
        assert file is not None
        assert file.read().startswith(b"openline backup 1\nparty alpha.example\n")


def opened(made: Path) -> bytes:
    """What is in the back-up, unsealed."""
    out = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO((made / "backup").read_bytes()), out, read_key_file(made / "key"))
    return out.getvalue()


def sealed_again(made: Path, change: Callable[[Members], Members], path: Path) -> Path:
    """The back-up with other members in the archive, sealed for the same key."""
    members: Members = []
    with tarfile.open(fileobj=io.BytesIO(opened(made))) as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            members.append((member.name, file.read()))
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, data in change(members):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    [key] = read_key_file(made / "key")
    path.write_bytes(pyrage.encrypt(plain.getvalue(), [key.to_public()]))
    return path


def other_bytes(members: Members) -> Members:
    return [(name, data[:-1] + b"!" if name == "node.toml" else data) for name, data in members]


def one_missing(members: Members) -> Members:
    return [one for one in members if one[0] != "keys/tls.pem"]


def one_more(members: Members) -> Members:
    return [*members, ("../outside", b"x")]


def no_manifest(members: Members) -> Members:
    return members[1:]


def forged_manifest(members: Members) -> Members:
    name, data = members[0]
    return [(name, data.replace(b"at 17985", b"at 17984")), *members[1:]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_bytes, r"node\.toml is not the file that was packed"),
        (one_missing, r"keys/tls\.pem is missing"),
        (one_more, r"\.\./outside is not in the manifest"),
        (no_manifest, "has no manifest"),
        (forged_manifest, "is not signed by the node key"),
    ],
)
def test_what_somebody_altered_is_named(
    made: Path, tmp_path: Path, change: Callable[[Members], Members], words: str
) -> None:
    """Whoever can seal for the key can still not alter what was packed."""
    altered = sealed_again(made, change, tmp_path / "altered")
    with pytest.raises(OurError, match=words):
        backups.restore(altered, made / "key", tmp_path / "alpha")
    assert list(tmp_path.iterdir()) == [altered]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_at_the_end(data: bytes) -> bytes:
    return data[:-1]


def flipped(data: bytes) -> bytes:
    return data[:-3_000] + bytes([data[-3_000] ^ 1]) + data[-2_999:]


def of_another_sort(data: bytes) -> bytes:
    return b"rubbish" * 100


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut, "changed or cut short near byte"),
        (cut_at_the_end, "changed or cut short near byte"),
        (flipped, "changed or cut short near byte"),
        (of_another_sort, "is no whole sealed file"),
    ],
)
def test_a_spoilt_file_is_named(
    made: Path, tmp_path: Path, spoil: Callable[[bytes], bytes], words: str
) -> None:
    """A file that is cut short, changed or no back-up is refused, and nothing is left."""
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(spoil((made / "backup").read_bytes()))
    with pytest.raises(OurError, match=words) as refusal:
        backups.restore(spoilt, made / "key", tmp_path / "alpha")
    assert refusal.value.remedy
    assert list(tmp_path.iterdir()) == [spoilt]


def test_wrong_keys_places_and_cards_are_named(made: Path, tmp_path: Path) -> None:
    """Another key, no key, a full directory, a store that is there, another party's card."""
    make_key_file(tmp_path / "other")
    backup, target = made / "backup", tmp_path / "alpha"
    with pytest.raises(OurError, match="is not sealed for this key"):
        backups.restore(backup, tmp_path / "other", target)
    with pytest.raises(OurError, match="holds no key of age"):
        backups.restore(backup, made / "alpha" / "node.toml", target)
    with pytest.raises(OurError, match="cannot be put back"):
        backups.restore(tmp_path / "absent", made / "key", target)
    with pytest.raises(OurError, match="is not empty"):
        backups.restore(backup, made / "key", made / "alpha")
    with pytest.raises(OurError, match="is not there"):
        backups.restore(backup, made / "key", tmp_path / "absent" / "alpha")
    other = tmp_path / "bravo"
    assert run(["init", "--dir", str(other), "--party", "bravo.example", "--json"]) == 0
    words = ["restore", str(backup), "--key", str(made / "key"), "--dir", str(target), "--card"]
    assert run([*words, str(other / "cards" / "bravo.example.card")]) == 1
    assert run([*words, str(made / "alpha" / "cards" / "alpha.example.card")]) == 0
    with pytest.raises(OurError, match="is there already"):
        make_key_file(tmp_path / "other")
    with pytest.raises(OurError, match="is no public key of age"):
        parse_recipient("age1nobody")


def test_a_store_outside_the_directory_goes_back_there(made: Path, tmp_path: Path) -> None:
    """node.toml names its place; a store that is there already is not written over."""
    node, disk = tmp_path / "alpha", tmp_path / "disk"
    shutil.copytree(made / "alpha", node)
    disk.mkdir()
    (node / "store.sqlite").rename(disk / "store")
    settings = (node / "node.toml").read_text()
    (node / "node.toml").write_text(
        settings.replace('# store = "store.sqlite"', f'store = "{disk}/store"')
    )
    public = str(read_key_file(made / "key")[0].to_public())
    pack(node, tmp_path / "backup", public)
    shutil.rmtree(node)
    with pytest.raises(OurError, match="There is a store at"):
        backups.restore(tmp_path / "backup", made / "key", node)
    assert not node.exists()
    (disk / "store").unlink()
    restored = backups.restore(tmp_path / "backup", made / "key", node)
    assert restored.config.store == disk / "store"
    with SqliteStore.open_read_only(restored.config.store) as store:
        assert store.value("a") == b"1" * 9_000


def test_a_copy_is_whole_while_the_store_is_written(tmp_path: Path) -> None:
    """A copy holds what one commit left, with right checksums, and stays when tidied."""
    from openline.engine.ports import AppendEntries, StoredEntry

    with SqliteStore.open(tmp_path / "store") as store:
        for start in range(0, 4_000, 500):
            entries = tuple(StoredEntry(b"%500d" % i, b"") for i in range(500))
            store.commit([AppendEntries("alpha.example/syria-air/out", start, entries, b"r" * 32)])
        store.copy_to(tmp_path / "copy")
        store.commit([PutValue("later", b"1")])
        with pytest.raises(OurError, match="cannot be made"):
            store.copy_to(tmp_path / "absent" / "copy")
    with SqliteStore.open(tmp_path / "copy") as copy:
        assert copy.damage() == []
        assert copy.value("later") is None
        assert copy.origins()[0][1] == 4_000


def manifest(**changes: Any) -> Manifest:
    """A manifest of a party."""
    files = (PackedFile("a", 1, "0" * 64), PackedFile("keys/node.key", 2, "f" * 64))
    values: dict[str, Any] = {"logs": (("alpha.example/syria-air/out", 3, b"r" * 32),)}
    return Manifest(**{"party": "alpha.example", "at": AT, "program": "0.1", "files": files}
                    | values | changes)  # fmt: skip


def test_a_manifest_is_read_back(made: Path) -> None:
    """Its text says what was packed, and only the node key's signature counts."""
    key = FileKeys.open(made / "alpha" / "keys").current("node")
    data = manifest().sign(key)
    found, note = parse_manifest(data)
    assert found == manifest()
    assert is_signed_by(note, "alpha.example", key.public.ed25519)
    assert not is_signed_by(note, "bravo.example", key.public.ed25519)
    assert not is_signed_by(note, "alpha.example", SystemChance().bytes(32))


@pytest.mark.parametrize("path", ["../a", "/a", "a/../b", "a\nb", "", ".", "a//b", " a"])
def test_a_path_that_leads_elsewhere_is_refused(made: Path, path: str) -> None:
    """Neither packed nor put back is a file whose name is not plain and within."""
    key = FileKeys.open(made / "alpha" / "keys").current("node")
    with pytest.raises(OurError, match="cannot be packed"):
        manifest(files=(PackedFile(path, 1, "0" * 64),)).sign(key)
    text = manifest().sign(key).replace(b" a\n", f" {path}\n".encode(), 1)
    with pytest.raises(OurError, match="manifest cannot be read"):
        parse_manifest(text)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_no_manifest(data: bytes) -> None:
    """Whatever is read in place of a manifest is refused in a sentence."""
    with pytest.raises(OurError, match="manifest cannot be read"):
        parse_manifest(data)


def test_a_copy_signs_nobody_in(tmp_path: Path) -> None:
    """Who was signed in when a copy was made is not so where it is put back."""
    with SqliteStore.open(tmp_path / "store") as store:
        store.commit([PutValue("session/ab", b"somebody"), PutValue("other", b"kept")])
        copy = copy_store(store, tmp_path / "store", AT)
        assert store.value("session/ab") == b"somebody"
    with closing(SqliteStore.open_read_only(copy)) as found:
        assert found.value("session/ab") is None
        assert found.value("other") == b"kept"
