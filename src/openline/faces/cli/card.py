"""The verb `card`: how parties are introduced, face to face or by courier."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from openline.domain.errors import OurError
from openline.faces.cli.files import Input, write_new
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit

if TYPE_CHECKING:
    from openline.faces.cli.cards import CardFile

app = make_app(
    "card",
    """\
    Introduce parties to each other by their cards.

    A card is a text file with a party's names, keys and addresses. Anybody can
    make one, so both sides read its twelve words aloud, by phone or face to
    face, and compare. Without a verb it prints this party's own card.
    """,
    """\
    openline card --out alpha.card
    openline card add bravo.card
    """,
)


@app.default
def print_own(
    *,
    out: Path | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Print this party's own card, or write it to a file to hand over.

    Args:
        out: Where to write it; without it standard output.
        options: Which node, and how to print.
    """
    from openline.faces.cli.cards import own_card

    own = own_card(options.config())
    if out is not None:
        write_new(out, own.text.encode())
        emit({"path": str(out), **own.to_json()}, [f"{out}: the card of {own.card.party}.",
             f"  {' '.join(own.words)}"], as_json=options.json)  # fmt: skip
    else:
        emit({"text": own.text, **own.to_json()}, own.text.splitlines(), as_json=options.json)


@verb(app)
def show(
    file: Input | None = None,
    /,
    *,
    qr: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show what a card says, with the words to read aloud.

    The words and the fingerprint are of the card. The fingerprint of each root key
    is what openline verify --root takes, and what it names.

    Example:
        openline card show bravo.card --qr

    Args:
        file: The card; without it this party's own.
        qr: Print a QR code of party and fingerprint, to compare by telephone camera.
        options: Which node, and how to print.
    """
    from openline.faces.cli.cards import own_card, read_card

    found = read_card(file) if file else own_card(options.config())
    emit(found.to_json(), _rows(found), as_json=options.json)
    if qr and not options.json:
        _print_qr(found)


@verb(app)
def add(
    file: Input,
    /,
    *,
    replace: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Keep a counterpart's card among the node's cards.

    Do it only after both sides have read the words aloud and compared them. A
    running node dials the addresses on the card from its next start on.

    Example:
        openline card add bravo.card

    Args:
        file: The card.
        replace: Replace another card of the same party.
        options: Which node, and how to print.
    """
    from openline.faces.cli.cards import read_card

    config = options.config()
    found = read_card(file)
    if found.card.party == config.party:
        raise OurError(f"{file} is the card of {config.party} itself.", "Add the counterpart's.")
    path = config.cards / f"{found.card.party}.card"
    if path.exists() and not replace and read_card(path).to_json() != found.to_json():
        raise OurError(
            f"Another card of {found.card.party} is kept already: {path}.",
            "Compare the words with the counterpart, then add it with --replace.",
        )
    write_new(path, found.text.encode(), overwrite=True)
    rows = [*_rows(found), f"Kept as {path}."]
    emit({"path": str(path), **found.to_json()}, rows, as_json=options.json)


@verb(app)
def make(
    *,
    title: tuple[str, ...] = (),
    advertise: tuple[str, ...] = (),
    threshold: int | None = None,
    roots: Path | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    r"""Make this party's card anew, signed with its root keys.

    Use it when addresses or titles change. The keys on it are those of this
    node today; the roots are those in the directory named.

    Example:
        openline card make --title "en=Alpha Air Force" \
            --advertise line.alpha.example:7411 --roots /media/roots

    Args:
        title: What the party is called, as LANGUAGE=TITLE; without it as before.
        advertise: Where counterparts dial, as [CIRCUIT=]HOST:PORT; without it as before.
        threshold: How many roots must sign; without it as before, or all.
        roots: The directory of the root keys; without it keys/root.
        options: Which node, and how to print.
    """
    from openline.domain.line.card import Endpoint
    from openline.faces.cli.addresses import parse_addresses, parse_titles
    from openline.faces.cli.cards import make_card, own_card

    config = options.config()
    before = own_card(config).card if config.own_card.exists() else None
    root_keys = roots or config.root_keys
    endpoints = tuple(Endpoint(*address) for address in parse_addresses(advertise, "--advertise"))
    made = make_card(
        config,
        parse_titles(title, "--title") or (before.titles if before else (("en", config.party),)),
        threshold or (before.threshold if before else len(list(root_keys.glob("*.key"))) or 1),
        endpoints or (before.endpoints if before else ()),
        root_keys,
    )
    emit({"path": str(config.own_card), **made.to_json()}, _rows(made), as_json=options.json)


def _rows(found: "CardFile") -> Iterator[str]:
    from openline.domain.record.signing import fingerprint as key_fingerprint

    card, shown = found.card, found.to_json()
    yield f"Party       {card.party}"
    yield from (f"Title       {words} ({language})" for language, words in card.titles)
    yield from (f"Dial        {one.host} port {one.port} ({one.name})" for one in card.endpoints)
    yield f"Roots       {card.threshold} of {len(card.roots)} must sign"
    yield from (f"  root key  {key_fingerprint(root).hex()}" for root in card.roots)
    yield f"Keys        node {shown['node']}, witness {shown['witness']}, mirror {shown['mirror']}"
    yield f"Fingerprint {shown['fingerprint']} of the card itself"
    yield "Read aloud and compare:"
    words = found.words
    for start in range(0, len(words), 4):
        yield "  " + "  ".join(words[start : start + 4])


def _print_qr(found: "CardFile") -> None:
    import segno

    from openline.domain.line.card import qr_text

    segno.make(qr_text(found.card), error="m").terminal(compact=True)
