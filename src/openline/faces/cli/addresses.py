"""Addresses as an officer types them: `[CIRCUIT=]HOST:PORT`."""

import re

from openline.faces.cli.faults import WrongUsage

_ADDRESS = re.compile(
    r"(?:(?P<circuit>[a-z0-9][a-z0-9-]*)=)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})"
)
FIRST_CIRCUIT = "primary"
WILDCARDS = ("0.0.0.0", "::")


def parse_address(text: str, option: str) -> tuple[str, str, int]:
    """Circuit, host and port; the circuit is `primary` where none is named.

    Raises:
        WrongUsage: It is not written so.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None or not 1 <= int(match["port"]) <= 65_535:
        raise WrongUsage(
            f"{option} {text!r} is not an address.",
            f"Write {option} HOST:PORT, or CIRCUIT=HOST:PORT, or [IPV6]:PORT.",
        )
    return match["circuit"] or FIRST_CIRCUIT, match["ipv6"] or match["host"], int(match["port"])


def parse_titles(texts: tuple[str, ...], option: str) -> tuple[tuple[str, str], ...]:
    """Titles by language from `en=Alpha Air Force`, in order of language.

    Raises:
        WrongUsage: One is not written so, or a language comes twice.
    """
    titles: dict[str, str] = {}
    for text in texts:
        language, equals, words = text.partition("=")
        if not equals or not language or not words.strip() or language in titles:
            raise WrongUsage(
                f"{option} {text!r} is not a language and a title.",
                f'Write {option} "en=Alpha Air Force", each language once.',
            )
        titles[language] = words.strip()
    return tuple(sorted(titles.items()))
