"""The verb `init`: a new node in a directory of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.domain.errors import OurError
from openline.domain.limits import ROOTS_MAX
from openline.faces.cli.addresses import WILDCARDS, parse_addresses, parse_titles
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.files import write_new
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Language, Node
from openline.faces.cli.output import emit

if TYPE_CHECKING:
    from openline.app.settings.circuits import Listener
    from openline.domain.line.card import Endpoint

app = make_app("init", "")


@sole_verb(app)
def init(
    *,
    party: str,
    title: tuple[str, ...] = (),
    listen: tuple[str, ...] = (),
    advertise: tuple[str, ...] = (),
    post: str = "watch",
    officer: str = "duty officer",
    language: Language = "en",
    roots: Annotated[int, Parameter(validator=Number(gte=0, lte=ROOTS_MAX))] = 1,
    threshold: int | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    r"""Make a node: its keys, its card and its settings.

    Run it once, in the directory in which the node is to live. It makes the
    node's own keys and the party's root keys, writes node.toml with every
    setting explained, and signs the party's card. Nothing that is there is
    ever overwritten.

    The root keys, keys/root, are the party: copy them to media that are kept
    offline, and remove them from this machine when the Understanding is signed.

    Example:
        openline init --party alpha.example --title "en=Alpha Air Force" \
            --listen 0.0.0.0:7411 --advertise line.alpha.example:7411

    Args:
        party: The party's name: lower-case letters, digits, hyphens, dots.
        title: What the party is called, as LANGUAGE=TITLE; again for each language.
        listen: Where to listen, as [CIRCUIT=]HOST:PORT; again for each circuit. Without it the
            node listens nowhere, and only dials.
        advertise: Where counterparts dial, as [CIRCUIT=]HOST:PORT; without it where it listens.
        post: The post in whose name the command line acts.
        officer: The officer in whose name the command line acts.
        language: The language of the command line's texts: en, ru or ar.
        roots: How many root keys to make; 0 where they are made on another machine.
        threshold: How many roots must sign; without it, all.
        options: Which node, and how to print.
    """
    from openline.app.config import FILE_NAME, parse_config
    from openline.app.settings.first_text import config_text
    from openline.domain.party import check_party_name

    directory = options.directory
    check_party_name(party)
    listeners = _listeners(listen)
    titles = parse_titles(title, "--title") or (("en", party),)
    if threshold is not None and not 1 <= threshold <= max(roots, 1):
        raise WrongUsage(
            f"--threshold {threshold} does not fit {roots} root keys.",
            f"Give a number from 1 to {max(roots, 1)}.",
        )
    text = config_text(
        party=party, post=post, officer=officer, language=language, listeners=listeners
    )
    config = parse_config(text, directory / FILE_NAME)
    endpoints = _endpoints(listeners, advertise)
    _refuse_existing(directory)
    _make_directories(directory)
    made: dict[str, Any] = {"directory": str(directory), "party": party}
    made |= _make_keys(directory, party, roots)
    # The settings come after the keys: a directory without them holds no node yet.
    write_new(directory / FILE_NAME, text.encode())
    if roots:
        from openline.faces.cli.cards import make_card

        card = make_card(config, titles, threshold or roots, endpoints, config.root_keys)
        made |= {"card": str(config.own_card), "words": card.words}
    emit(made, _rows(made, roots, has_address=bool(endpoints)), as_json=options.json)


def _listeners(listen: tuple[str, ...]) -> tuple["Listener", ...]:
    from openline.app.settings.circuits import Listener

    listeners = (Listener(*address) for address in parse_addresses(listen, "--listen"))
    return tuple(sorted(listeners, key=lambda listener: listener.circuit))


def _endpoints(
    listeners: tuple["Listener", ...], advertise: tuple[str, ...]
) -> tuple["Endpoint", ...]:
    """Where counterparts dial: as advertised, or where we listen at one address."""
    from openline.domain.line.card import Endpoint

    if advertise:
        return tuple(Endpoint(*address) for address in parse_addresses(advertise, "--advertise"))
    return tuple(
        Endpoint(listener.circuit, listener.host, listener.port)
        for listener in listeners
        if listener.host not in WILDCARDS
    )


def _refuse_existing(directory: Path) -> None:
    if (directory / "keys").exists() and not (directory / "node.toml").exists():
        raise OurError(
            f"{directory} holds keys without settings: an init that did not end, or a copy.",
            f"If nobody has its card yet, remove {directory / 'keys'}; else name another directory "
            "with --dir.",
        )
    for name in ("node.toml", "keys", "store.sqlite"):
        if (directory / name).exists():
            raise OurError(
                f"{directory} holds a node already: {name} is there.",
                "Nothing is overwritten: name another directory with --dir.",
            )


def _make_directories(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("cards", "lines"):
            (directory / name).mkdir(exist_ok=True)
    except OSError as error:
        raise OurError(
            f"{directory} cannot be made: {error.strerror}.",
            "Name a place where this user can write, with --dir.",
        ) from None


def _make_keys(directory: Path, party: str, roots: int) -> dict[str, Any]:
    from openline.adapters.keys import FileKeys

    FileKeys.make(directory / "keys", party, roots)
    return {"keys": str(directory / "keys"), "roots": roots}


def _rows(made: dict[str, Any], roots: int, *, has_address: bool) -> list[str]:
    rows = [f"{made['directory']}: the node of {made['party']}."]
    rows += [f"  {made['keys']}: keep it private; only its owner may read it."]
    if not roots:
        return [*rows, "There are no root keys here: make the card where they are."]
    return [
        *rows,
        f"  {made['keys']}/root: the party itself. Copy it to media kept offline.",
        f"  {made['card']}: hand it to the counterparts, and read its words aloud:",
        f"  {' '.join(made['words'])}",
        *([] if has_address else [_NO_ADDRESS]),
        "Next: openline card add COUNTERPART.card, openline understanding new.",
    ]


_NO_ADDRESS = (
    "The card gives no address: the counterparts cannot dial this node. To give one, "
    "openline card make --advertise HOST:PORT."
)
