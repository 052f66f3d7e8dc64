"""The key directory: what is made, what is read, and what is refused."""

import contextlib
import itertools
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from openline.adapters.chance import SystemChance
from openline.adapters.keys import (
    ROLES,
    SIGNING_ROLES,
    FileKeys,
    FileSigner,
    make_root_keys,
    open_root_keys,
)
from openline.adapters.memory import SeededChance, SeededKeys
from openline.adapters.tls import TlsIdentity, make_identity, read_identity, server_context
from openline.domain.errors import OurError
from openline.domain.record.signing import (
    PublicKeys,
    check_public_keys,
    verify_ed25519,
    verify_mldsa44,
)
from openline.engine.ports import Chance, Keys

PARTY = "alpha.example"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key directory that no test changes."""
    directory = tmp_path_factory.mktemp("made") / "keys"
    FileKeys.make(directory, PARTY, roots=2)
    return directory


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A key directory of the test's own."""
    FileKeys.make(tmp_path / "keys", PARTY)
    return tmp_path / "keys"


@pytest.fixture(params=["files", "seed"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> FileKeys | SeededKeys:
    """The keys of one party, from each adapter."""
    if request.param == "seed":
        return SeededKeys(PARTY)
    return FileKeys.make(tmp_path / "keys", PARTY)


def publics(keys: FileKeys | SeededKeys) -> list[PublicKeys]:
    """The public keys of the three roles that sign."""
    return [keys.current(role).public for role in SIGNING_ROLES]


# --- the contract of the port --------------------------------------------------------------------


def test_each_signer_signs_for_its_public_keys(keys: FileKeys | SeededKeys) -> None:
    """What a signer signs verifies under its public keys, which are fit to be adopted."""
    for role in SIGNING_ROLES:
        signer = keys.current(role)
        check_public_keys(signer.public)
        assert verify_ed25519(signer.public.ed25519, b"m", signer.sign_ed25519(b"m"))
        assert verify_mldsa44(signer.public.mldsa44, b"m", signer.sign_mldsa44(b"m"))


def test_each_role_has_keys_of_its_own(keys: FileKeys | SeededKeys) -> None:
    """No two roles share a public key, and no role finds another's."""
    assert len({public.ed25519 for public in publics(keys)}) == 3
    assert len({public.mldsa44 for public in publics(keys)}) == 3
    node, witness, _ = publics(keys)
    assert keys.find("witness", node) is None
    assert keys.find("node", PublicKeys(node.ed25519, witness.mldsa44)) is None


@pytest.mark.parametrize("role", SIGNING_ROLES)
def test_the_successor_is_the_same_until_it_is_in_use(
    keys: FileKeys | SeededKeys, role: str
) -> None:
    """A key has one successor, which has none before it is asked for."""
    port: Keys = keys
    old = keys.current(role).public
    prepared = port.successor(role, old).public
    assert prepared != old
    assert port.successor(role, old).public == prepared
    assert keys.current(role).public == old
    port.promote(role)
    assert keys.current(role).public == prepared
    assert port.successor(role, old).public == prepared
    assert port.successor(role, prepared).public not in (old, prepared)


def test_promoting_without_a_prepared_key_does_nothing(keys: FileKeys | SeededKeys) -> None:
    """A role without a prepared key keeps its current one."""
    before = publics(keys)
    for role in ROLES:
        keys.promote(role)
    assert publics(keys) == before


def test_a_key_that_was_rotated_out_is_still_found(keys: FileKeys | SeededKeys) -> None:
    """A line on which an older key is in force still finds it, and those after it."""
    used = [keys.current("node").public]
    for _ in range(12):
        used.append(keys.successor("node", used[-1]).public)
        keys.promote("node")
    for public, after in itertools.pairwise(used):
        found = keys.find("node", public)
        assert found is not None
        assert found.public == public
        assert keys.successor("node", public).public == after
    assert keys.current("node").public == used[-1]
    assert len(set(used)) == 13


# --- files ---------------------------------------------------------------------------------------


def test_keys_are_the_same_after_a_restart(made: Path) -> None:
    """A directory that is opened again gives the same public keys and certificate."""
    first, second = FileKeys.open(made), FileKeys.open(made)
    assert publics(first) == publics(second)
    assert first.tls == second.tls
    assert first.party == PARTY


def test_seeded_keys_differ_by_seed() -> None:
    """Two seeds give different keys, the same seed the same."""
    assert publics(SeededKeys("a")) == publics(SeededKeys("a"))
    assert publics(SeededKeys("a")) != publics(SeededKeys("b"))


def test_all_files_are_for_their_owner_alone(made: Path) -> None:
    """Every key file has mode 0600 and every directory 0700."""
    files = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert files == {
        "node.key",
        "witness.key",
        "mirror.key",
        "tls.pem",
        "root/1.key",
        "root/2.key",
    }
    for path in (made, *made.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_every_key_file_says_what_it_is(made: Path) -> None:
    """A key file opens with its role, its party and a warning."""
    for path in made.rglob("*.*"):
        first, second, *_ = path.read_text().splitlines()
        role = "root" if path.parent.name == "root" else path.stem
        assert first == f"# Openline {role} key of {PARTY}."
        assert second.startswith("# Whoever holds ")


def test_root_keys_are_read_in_order(tmp_path: Path) -> None:
    """Root keys come back by number, sign with Ed25519 and need no node keys beside them."""
    make_root_keys(tmp_path / "root", PARTY, 11)
    roots = open_root_keys(tmp_path / "root")
    assert len({root.public for root in roots}) == 11
    assert roots[9].public == open_root_keys(tmp_path / "root")[9].public
    assert all(root.party == PARTY for root in roots)
    assert all(verify_ed25519(root.public, b"m", root.sign(b"m")) for root in roots)
    (tmp_path / "root" / "1.key").unlink()
    assert open_root_keys(tmp_path / "root")[0].public == roots[1].public


def test_a_node_runs_without_its_roots(directory: Path) -> None:
    """A directory from which the roots were moved away opens."""
    for path in (directory / "root").iterdir():
        path.unlink()
    (directory / "root").rmdir()
    assert FileKeys.open(directory).party == PARTY
    with pytest.raises(OurError, match="root cannot be read"):
        open_root_keys(directory / "root")


def test_an_empty_root_directory_is_named(tmp_path: Path) -> None:
    """Roots that are on another medium are asked for."""
    with pytest.raises(OurError, match="There are no root keys"):
        open_root_keys(tmp_path)


def test_keys_are_never_overwritten(directory: Path) -> None:
    """Making keys where there are some is refused, and they stay as they are."""
    before = (directory / "node.key").read_bytes()
    with pytest.raises(OurError, match="is not empty"):
        FileKeys.make(directory, PARTY)
    with pytest.raises(OurError, match="is not empty"):
        make_root_keys(directory / "root", PARTY, 1)
    assert (directory / "node.key").read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644])
@pytest.mark.parametrize("name", ["node.key", "mirror.key", "tls.pem"])
def test_a_key_that_others_can_use_is_refused(directory: Path, name: str, mode: int) -> None:
    """A key file that another user can read or write is refused, with its mode."""
    (directory / name).chmod(mode)
    with pytest.raises(OurError, match=rf"{name} can be used by others: its mode is {mode:04o}"):
        FileKeys.open(directory)


def test_a_root_key_that_others_can_use_is_refused(directory: Path) -> None:
    """A root key that another user can read is refused."""
    (directory / "root" / "1.key").chmod(0o644)
    with pytest.raises(OurError, match="can be used by others"):
        open_root_keys(directory / "root")


def test_a_directory_that_others_can_write_is_refused(directory: Path) -> None:
    """A directory into which others may put keys is refused."""
    directory.chmod(0o777)
    with pytest.raises(OurError, match="Others may put keys"):
        FileKeys.open(directory)


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_key_is_named(directory: Path, role: str) -> None:
    """A key file that is not there is named."""
    (path,) = directory.glob(f"{role}.*")
    path.unlink()
    with pytest.raises(OurError, match=rf"{path.name} cannot be read"):
        FileKeys.open(directory)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("role = node", "role = mirror", "it is a mirror key, not a node key"),
        ("party = alpha", "party = Alpha", "'Alpha.example' is no party"),
        ("ed25519 = ", "ed25519 = A", "ed25519 is not 32 bytes"),
        ("ed25519 = ", "ed25519 = *", "ed25519 is not 32 bytes"),
        ("mldsa44 = ", "mldsa65 = ", "and not party, role, ed25519, mldsa44"),
        ("mldsa44 = ", "mldsa44=", "row 7 is not"),
        ("role = node", "party = node", "row 5 is not"),
        ("# Openline", "\xe9 Openline", "it is not text"),
        ("# Openline", "#" * 20_000, "it is too large"),
    ],
)
def test_a_spoilt_key_is_refused(directory: Path, old: str, new: str, why: str) -> None:
    """A key file that was edited is refused, with the row or field that is wrong."""
    path = directory / "node.key"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="latin-1")
    with pytest.raises(OurError, match=r"node\.key cannot be used: ") as caught:
        FileKeys.open(directory)
    assert why in caught.value.what


def test_the_secret_is_not_in_the_error(directory: Path) -> None:
    """An error about a key file never repeats its secret."""
    path = directory / "node.key"
    secret = path.read_text().split("ed25519 = ")[1].split()[0]
    path.write_text(path.read_text().replace("ed25519 = ", "ed25519 = A"))
    with pytest.raises(OurError) as caught:
        FileKeys.open(directory)
    assert secret not in str(caught.value)


def test_one_key_in_two_roles_is_refused(directory: Path) -> None:
    """A copied key under another role's name is refused."""
    copy = (directory / "node.key").read_text().replace("role = node", "role = witness")
    (directory / "witness.key").write_text(copy)
    with pytest.raises(OurError, match="hold the same key"):
        FileKeys.open(directory)


def test_a_key_of_another_party_is_refused(directory: Path) -> None:
    """Keys of two parties in one directory are refused."""
    path = directory / "mirror.key"
    path.write_text(path.read_text().replace(f"party = {PARTY}", "party = bravo.example"))
    with pytest.raises(OurError, match=r"is a key of bravo\.example"):
        FileKeys.open(directory)


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing key directory, or parent of a new one, is named."""
    with pytest.raises(OurError, match="absent cannot be read"):
        FileKeys.open(tmp_path / "absent")
    with pytest.raises(OurError, match="keys cannot be made"):
        FileKeys.make(tmp_path / "absent" / "keys", PARTY)
    with pytest.raises(OurError, match="is not a party name"):
        FileKeys.make(tmp_path / "keys", "Alpha")


# --- rotation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", SIGNING_ROLES)
def test_a_rotation_survives_a_restart(directory: Path, role: str) -> None:
    """Prepared, used and old keys are what they were after the directory is opened again."""
    keys = FileKeys.open(directory)
    old = keys.current(role).public
    prepared = keys.successor(role, old).public
    keys = FileKeys.open(directory)
    assert keys.successor(role, old).public == prepared
    assert keys.current(role).public == old
    keys.promote(role)
    keys = FileKeys.open(directory)
    assert keys.current(role).public == prepared
    assert isinstance(keys.find(role, old), FileSigner)


def test_a_tls_identity_is_rotated(directory: Path) -> None:
    """A prepared certificate takes the current one's place when it is promoted."""
    keys = FileKeys.open(directory)
    old = keys.tls
    prepared = keys.successor_certificate(old.certificate)
    assert keys.successor_certificate(old.certificate) == prepared != old.certificate
    assert keys.tls == old
    assert place_of(keys.find_tls(prepared)) == ("tls.next.pem", prepared)
    keys.promote("tls")
    for again in (keys, FileKeys.open(directory)):
        assert place_of(again.tls) == ("tls.pem", prepared)
        assert place_of(again.find_tls(old.certificate)) == ("tls.1.pem", old.certificate)
        assert again.find_tls(b"another") is None


def place_of(identity: TlsIdentity | None) -> tuple[str, bytes]:
    """The file and the certificate of an identity that was found."""
    assert identity is not None
    return identity.path.name, identity.certificate


def test_an_identity_stays_what_it_is_when_files_are_renamed(directory: Path) -> None:
    """An identity that was read before a rotation still loads its own key afterwards."""
    keys = FileKeys.open(directory)
    old = keys.tls
    keys.successor_certificate(old.certificate)
    keys.promote("tls")
    assert keys.tls.certificate != old.certificate
    for identity in (old, keys.tls):
        context = server_context(identity, ())
        assert shown_by(context) == identity.certificate


def shown_by(context: ssl.SSLContext) -> bytes:
    """The certificate that a server with this context shows."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = context.wrap_bio(to_server, to_client, server_side=True)
    there = client.wrap_bio(to_client, to_server)
    for _ in range(4):
        for side in (there, here):
            with contextlib.suppress(ssl.SSLError):
                side.do_handshake()
    certificate = there.getpeercert(binary_form=True)
    assert certificate is not None
    return certificate


def test_keys_that_another_process_made_are_found(directory: Path) -> None:
    """A running node finds the key that the command line has made beside it."""
    node, tool = FileKeys.open(directory), FileKeys.open(directory)
    old = tool.current("node").public
    made = tool.successor("node", old).public
    found = node.find("node", made)
    assert found is not None
    assert found.public == made
    assert node.successor("node", old).public == made
    certificate = tool.successor_certificate(tool.tls.certificate)
    assert place_of(node.find_tls(certificate)) == ("tls.next.pem", certificate)
    node.promote("node")
    assert tool.successor("node", made).public not in (old, made)


def test_a_file_that_spoils_later_does_not_stop_a_running_node(directory: Path) -> None:
    """A node goes on with the keys it has read; the spoilt file is as if it were not there."""
    node = FileKeys.open(directory)
    current = node.current("node").public
    (directory / "node.next.key").write_text("spoilt")
    assert node.find("node", node.current("mirror").public) is None
    found = node.find("node", current)
    assert found is not None
    with pytest.raises(OurError, match=r"node\.next\.key can be used by others"):
        FileKeys.open(directory)


def test_a_file_that_could_not_be_read_once_is_read_again(directory: Path) -> None:
    """Rights that were wrong and are put right need no new file."""
    keys = FileKeys.open(directory)
    known = keys.fingerprints()
    path = directory / "mirror.key"
    path.chmod(0o644)
    for _ in range(2):
        with pytest.raises(OurError, match="can be used by others"):
            keys.fingerprints()
    path.chmod(0o600)
    assert keys.fingerprints() == known


def test_a_directory_that_is_being_replaced_is_told(directory: Path) -> None:
    """While it is away an error says so and keys that were read are found; then it is read."""
    keys = FileKeys.open(directory)
    known, public = keys.fingerprints(), keys.current("node").public
    aside = directory.rename(directory.with_name("aside"))
    with pytest.raises(OurError, match=r"The key directory .* cannot be read"):
        keys.fingerprints()
    assert keys.find("node", public) is not None
    assert keys.find("mirror", public) is None
    aside.rename(directory)
    assert keys.fingerprints() == known


def test_a_lost_key_has_no_successor(directory: Path) -> None:
    """Where the key in use is not in the directory, no rotation begins."""
    keys = FileKeys.open(directory)
    with pytest.raises(OurError, match="The node key in use is not in"):
        keys.successor("node", keys.current("mirror").public)
    with pytest.raises(OurError, match="The TLS certificate in use is not in"):
        keys.successor_certificate(b"another")
    assert not (directory / "node.next.key").exists()


def test_old_keys_are_numbered(directory: Path) -> None:
    """Each rotation keeps the key before it under the next number."""
    keys = FileKeys.open(directory)
    for _ in range(2):
        keys.successor("node", keys.current("node").public)
        keys.promote("node")
    keys.successor("node", keys.current("node").public)
    names = sorted(path.name for path in directory.glob("node.*"))
    assert names == ["node.1.key", "node.2.key", "node.key", "node.next.key"]


def test_a_rotation_that_was_cut_short_is_completed(directory: Path) -> None:
    """Between the two renames of a rotation a crash leaves what the next start completes."""
    keys = FileKeys.open(directory)
    prepared = keys.successor("witness", keys.current("witness").public).public
    (directory / "witness.key").rename(directory / "witness.1.key")
    assert FileKeys.open(directory).current("witness").public == prepared
    assert not (directory / "witness.next.key").exists()


# --- the TLS identity ----------------------------------------------------------------------------


def test_a_certificate_names_its_party_and_does_not_expire(made: Path) -> None:
    """The certificate is self-signed, names the party, vouches for nobody and has no end."""
    certificate = x509.load_der_x509_certificate(FileKeys.open(made).tls.certificate)
    assert certificate.subject == certificate.issuer
    assert certificate.subject.rfc4514_string() == f"CN={PARTY}"
    assert certificate.not_valid_after_utc.year == 9999
    assert certificate.not_valid_before_utc.year == 2000
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.value.ca is False
    certificate.verify_directly_issued_by(certificate)


def test_openssl_takes_the_identity(made: Path) -> None:
    """The file serves OpenSSL as it stands."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(FileKeys.open(made).tls.path)


def test_a_certificate_with_another_key_is_refused(tmp_path: Path) -> None:
    """A private key and a certificate that do not belong together are refused."""
    marker = b"-----BEGIN CERTIFICATE-----"
    key, _ = make_identity(PARTY).split(marker)
    _, certificate = make_identity(PARTY).split(marker)
    with pytest.raises(OurError, match="do not belong together"):
        read_identity(tmp_path, key + marker + certificate)


@pytest.mark.parametrize("pem", [b"", b"# nothing", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_spoilt_identity_is_refused(tmp_path: Path, pem: bytes) -> None:
    """A file without a key and a certificate is refused."""
    with pytest.raises(OurError, match="does not hold a private key and a certificate"):
        read_identity(tmp_path, pem)


# --- chance --------------------------------------------------------------------------------------


@pytest.mark.parametrize("chance", [SystemChance(), SeededChance("seed")])
def test_random_bytes_have_the_length_and_differ(chance: Chance) -> None:
    """So many bytes come as were asked for, and not the same twice."""
    assert [len(chance.bytes(count)) for count in (0, 1, 16, 1000)] == [0, 1, 16, 1000]
    assert chance.bytes(16) != chance.bytes(16)


def test_seeded_chance_repeats() -> None:
    """The same seed gives the same bytes, another seed others."""
    first, second, other = SeededChance("a"), SeededChance("a"), SeededChance("b")
    assert [first.bytes(8) for _ in range(3)] == [second.bytes(8) for _ in range(3)]
    assert SeededChance("a").bytes(8) != other.bytes(8)
