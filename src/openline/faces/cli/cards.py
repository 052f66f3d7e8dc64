"""Cards as files: making one's own, reading and keeping others'."""

from dataclasses import dataclass
from pathlib import Path

from openline.adapters.keys import FileKeys, open_root_keys
from openline.app.config import Config
from openline.domain.errors import OurError, TheirError
from openline.domain.limits import CARD_SIZE_BYTES_MAX
from openline.domain.line.card import (
    Card,
    Endpoint,
    fingerprint,
    fingerprint_words,
    format_card,
    parse_card,
    sign_card,
)
from openline.domain.record.signing import fingerprint as key_fingerprint
from openline.domain.record.signing import key_id
from openline.faces.cli.faults import FileUnreadable
from openline.faces.cli.files import naming, read_text, write_new


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card with the text of its file.

    Attributes:
        card: What it says.
        text: The file.
    """

    card: Card
    text: str

    @property
    def words(self) -> list[str]:
        """The fingerprint as words to read aloud."""
        return fingerprint_words(self.card)

    def to_json(self) -> dict[str, object]:
        """The card as programs take it."""
        card = self.card
        return {
            "party": card.party,
            "titles": dict(card.titles),
            "fingerprint": fingerprint(card).hex(),
            "words": self.words,
            "roots": [key_id(root).hex() for root in card.roots],
            "root_keys": [key_fingerprint(root).hex() for root in card.roots],
            "threshold": card.threshold,
            "node": key_id(card.node.ed25519).hex(),
            "witness": key_id(card.witness.ed25519).hex(),
            "mirror": key_id(card.mirror.ed25519).hex(),
            "endpoints": [
                {"circuit": one.name, "host": one.host, "port": one.port} for one in card.endpoints
            ],
        }


def make_card(
    config: Config,
    titles: tuple[tuple[str, str], ...],
    threshold: int,
    endpoints: tuple[Endpoint, ...],
    root_keys: Path,
) -> CardFile:
    """Sign this party's card with its root keys and write it among the cards.

    Raises:
        OurError: Keys are missing, or are another party's.
    """
    keys = FileKeys.open(config.keys)
    roots = open_root_keys(root_keys)
    if any(root.party != config.party for root in roots) or keys.party != config.party:
        raise OurError(
            f"The keys in {config.keys} and {root_keys} are not all of {config.party}.",
            "Keep each party's keys in a directory of their own.",
        )
    card = Card(
        party=config.party,
        titles=titles,
        roots=tuple(sorted(root.public for root in roots)),
        threshold=threshold,
        node=keys.current("node").public,
        witness=keys.current("witness").public,
        mirror=keys.current("mirror").public,
        tls=keys.tls.certificate,
        endpoints=endpoints,
    )
    text = format_card(card, [sign_card(card, root.public, root.sign) for root in roots])
    try:
        parse_card(text)
    except TheirError as error:
        raise OurError(
            f"Counterparts would refuse the card: {error.what}.", "Correct what it is made of."
        ) from None
    write_new(config.own_card, text.encode(), overwrite=True)
    return CardFile(card, text)


def read_card(path: Path) -> CardFile:
    """The card in a file, its signatures verified.

    Raises:
        FileUnreadable: It is not there, or is no sound card.
    """
    text = read_text(path, CARD_SIZE_BYTES_MAX)
    with naming(path):
        return CardFile(parse_card(text), text)


def own_card(config: Config) -> CardFile:
    """This party's own card.

    Raises:
        FileUnreadable: There is none yet.
    """
    if not config.own_card.exists():
        raise FileUnreadable(
            f"This party has no card yet: {config.own_card} is not there.",
            "Make it where the root keys are: openline card make.",
        )
    return read_card(config.own_card)


def known_cards(config: Config) -> list[CardFile]:
    """Every card among the cards, in order of party."""
    files = sorted(config.cards.glob("*.card"))
    return sorted((read_card(path) for path in files), key=lambda found: found.card.party)
