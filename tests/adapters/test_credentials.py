"""Passwords: what may be one, and that it is compared whole."""

import pytest

from openline.adapters.credentials import hash_password, is_password
from openline.domain.errors import OurError
from openline.domain.limits import PASSWORD_CHARS_MAX

KNOWN = ("alpha.example", "watch", "commander", "Lt. Смирнова")


def test_no_letter_of_a_password_is_left_out() -> None:
    """The longest password is one, and with another letter behind it is another."""
    longest = "four words nobody joined ".ljust(PASSWORD_CHARS_MAX, "x")
    kept = hash_password(longest)
    assert is_password(kept, longest)
    assert not is_password(kept, longest + "x")
    assert not is_password(kept, longest[:-1])
    assert not is_password(kept, longest.upper())
    assert not is_password("", "")


@pytest.mark.parametrize(
    "password",
    ["OpenlineAlpha2026", "commander-watch-alpha", "Смирноваopenline1", "alphaalphaalphaalpha1"],
)
def test_a_password_does_not_rest_on_words_that_all_here_know(password: str) -> None:
    """Without the names of program, party, posts and person enough of it must be left."""
    assert hash_password(password + " four words nobody joined", KNOWN)
    with pytest.raises(OurError, match="everybody here knows"):
        hash_password(password, KNOWN)
