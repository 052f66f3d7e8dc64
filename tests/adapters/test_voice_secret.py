"""Voice secrets as files: kept, read again, and refused where others could read them."""

from pathlib import Path

import pytest

from openline.adapters.voice_secret import keep_secret, make_secret, read_secret, secret_path
from openline.domain.errors import OurError

ALPHA, BRAVO = "alpha.example", "bravo.example"


def test_a_secret_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    """What is read is what was kept, and nobody else may read the file."""
    secret = make_secret(BRAVO, ALPHA)
    path = keep_secret(tmp_path, BRAVO, secret, replace=False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(tmp_path, ALPHA, BRAVO) == secret
    assert make_secret(ALPHA, BRAVO) != secret


def test_a_secret_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """A second one does not take the place of the first by accident."""
    first, second = make_secret(ALPHA, BRAVO), make_secret(ALPHA, BRAVO)
    keep_secret(tmp_path, BRAVO, first, replace=False)
    with pytest.raises(OurError, match="kept already"):
        keep_secret(tmp_path, BRAVO, second, replace=False)
    assert read_secret(tmp_path, ALPHA, BRAVO) == first
    keep_secret(tmp_path, BRAVO, second, replace=True)
    assert read_secret(tmp_path, ALPHA, BRAVO) == second


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Such a file is no longer known to be secret."""
    path = keep_secret(tmp_path, BRAVO, make_secret(ALPHA, BRAVO), replace=False)
    path.chmod(0o644)
    with pytest.raises(OurError, match="can be used by others"):
        read_secret(tmp_path, ALPHA, BRAVO)


@pytest.mark.parametrize(
    "text",
    ["", "parties = alpha.example bravo.example\nsecret = AAAA\n", "parties = a b\n", "\xff\x00"],
)
def test_a_file_that_is_no_secret_is_refused(tmp_path: Path, text: str) -> None:
    """A file of another pair, of another size or of rubbish is named."""
    path = secret_path(tmp_path, BRAVO)
    path.write_text(text, encoding="latin-1")
    path.chmod(0o600)
    with pytest.raises(OurError, match="is no voice secret"):
        read_secret(tmp_path, ALPHA, BRAVO)


def test_a_secret_that_is_not_there_is_told_how_to_make(tmp_path: Path) -> None:
    """The remedy names the verb; a name that is no party's leads nowhere on the disk."""
    with pytest.raises(OurError, match="contact secret PARTY --make"):
        read_secret(tmp_path, ALPHA, BRAVO)
    with pytest.raises(OurError):
        secret_path(tmp_path, "../bravo")
