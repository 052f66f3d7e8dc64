"""The language that a request asks for in its query or its headers.

What asks for none that there is, is answered in English. The command line asks for none
unless its user does.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from openline.adapters.wording import LANGUAGES

_HEADER_CHARS_MAX: Final = 200
"""Of `accept-language` so much is read: more than any browser sends."""

_WEIGHT: Final = re.compile(r"q=([01](?:\.[0-9]{1,3})?)")


def language_of(scope: Mapping[str, Any]) -> str:
    """The language of a request, one of those that there are.

    Args:
        scope: Of the request, as ASGI has it.
    """
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    named: str = query.get("language", [""])[-1]
    if named in LANGUAGES:
        return named
    headers: list[tuple[bytes, bytes]] = scope.get("headers", [])
    accepted = next((held for name, held in headers if name == b"accept-language"), b"")
    return most_wanted(accepted.decode("latin-1"))


def most_wanted(header: str) -> str:
    """The language that `accept-language` wants most; English if none."""
    wanted: list[tuple[float, str]] = []
    for part in header[:_HEADER_CHARS_MAX].split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        match = _WEIGHT.fullmatch(weight.strip())
        if language in LANGUAGES:
            wanted.append((float(match[1]) if match else 1.0, language))
    # Of languages with the same weight the first one named counts.
    return max(wanted, key=lambda one: one[0], default=(0.0, LANGUAGES[0]))[1]
