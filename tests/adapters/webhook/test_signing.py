"""Signatures of webhooks: the vector of the specification, and secrets that are secret."""

from pathlib import Path

import pytest

from openline.adapters.webhook.signing import read_secrets, signed_headers
from openline.domain.errors import OurError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def file(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "hook.secret"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_vector_of_the_specification(tmp_path: Path) -> None:
    """The example of Standard Webhooks has the signature that its page gives."""
    [secret] = secrets = read_secrets(file(tmp_path, f"{SECRET}\n"))
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}', secrets
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert len(secret) == 24


def test_two_secrets_sign_both(tmp_path: Path) -> None:
    """While a secret is being changed each signs, in the order of the file."""
    secrets = read_secrets(file(tmp_path, f"{SECRET}\nwhsec_{'A' * 40}\n"))
    both = signed_headers("m", 1, b"x", secrets)["webhook-signature"].split()
    alone = [signed_headers("m", 1, b"x", [one])["webhook-signature"] for one in secrets]
    assert both == alone
    assert both[0] != both[1]


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        (SECRET, 0o640, "may be read by others"),
        ("", 0o600, "holds 0 secrets"),
        (f"{SECRET}\n" * 5, 0o600, "holds 5 secrets"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0o600, "no secret"),
        ("whsec_c2hvcnQ=", 0o600, "no secret"),
        ("whsec_!!!", 0o600, "no secret"),
        ("whsec_é", 0o600, "no secret"),
    ],
)
def test_a_file_that_is_no_secret(tmp_path: Path, text: str, mode: int, says: str) -> None:
    """A file that others read, or that holds no secret, is refused with what to do."""
    with pytest.raises(OurError, match=says) as caught:
        read_secrets(file(tmp_path, text, mode))
    assert SECRET not in str(caught.value)
    with pytest.raises(OurError, match="cannot be read"):
        read_secrets(tmp_path / "none")
