"""Addresses and titles as an officer types them: `CIRCUIT=HOST:PORT`, `en=Alpha`."""

import re
from collections.abc import Sequence

from openline.domain.limits import ENDPOINTS_MAX
from openline.domain.line.form import Fault, Titles
from openline.faces.cli.faults import WrongUsage

_ADDRESS = re.compile(
    r"(?:(?P<circuit>[a-z0-9][a-z0-9-]{0,61}[a-z0-9]|[a-z0-9])=)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]{2,45})\]|(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?))"
    r":(?P<port>[0-9]{1,5})"
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


def parse_addresses(texts: Sequence[str], option: str) -> list[tuple[str, str, int]]:
    """Circuits with their addresses, each circuit once, in the order given.

    Raises:
        WrongUsage: One is not written so, a circuit comes twice, or there are too many.
    """
    addresses = [parse_address(text, option) for text in texts]
    names = [circuit for circuit, _, _ in addresses]
    if len(set(names)) != len(names):
        raise WrongUsage(
            f"Two {option} name the same circuit.", f"Write {option} NAME=HOST:PORT for the second."
        )
    if len(names) > ENDPOINTS_MAX:
        raise WrongUsage(f"There are {len(names)} {option}.", f"Give at most {ENDPOINTS_MAX}.")
    return addresses


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
    if not titles:
        return ()
    try:
        # What a counterpart's node would refuse on the card is refused here.
        checked: tuple[tuple[str, str], ...] = Titles().from_json(titles, "")
    except Fault as fault:
        raise WrongUsage(
            f"{option} is no title: {fault.what}.", f'Write {option} "en=Alpha Air Force".'
        ) from None
    return checked
