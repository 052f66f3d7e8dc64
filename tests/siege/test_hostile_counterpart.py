"""A hostile counterpart against a real node that serves an honest line under load."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.domain.errors import TheirError
from openline.domain.limits import CONNECTIONS_PER_COUNTERPART_MAX, HANDSHAKES_MAX
from openline.domain.record.signing import PublicKeys
from openline.sim.hostile import BEHAVIOURS
from tests.siege.acts import ACTS
from tests.siege.evidence import contradiction
from tests.siege.ground import Ground, besieged
from tests.siege.numbers import Taken
from tests.siege.table import TABLE, table

FOR_S = float(os.environ.get("OPENLINE_SIEGE_S", "0.4"))
"""How long a flood lasts; `OPENLINE_SIEGE_S=10 make test` has long ones."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One siege for all tests of this module."""
    with besieged(tmp_path_factory.mktemp("siege"), list(TABLE)) as made:
        yield made


def test_the_table_names_everything_that_is_done() -> None:
    """Each act has its row, and each behaviour of the simulator is an act."""
    assert TABLE.keys() == ACTS.keys()
    assert BEHAVIOURS.keys() <= ACTS.keys()


def test_the_document_has_the_table(repository: Path) -> None:
    """The page about the hostile counterpart has every behaviour as the table has it."""
    page = (repository / "docs" / "internals" / "hostile-counterpart.md").read_text()
    assert "\n".join(table()) in page


@pytest.mark.slow
def test_nothing_wrong_is_shown_stored_or_acknowledged(ground: Ground) -> None:
    """After each behaviour what must hold holds, and the honest line has lost no FLASH.

    The node's memory, descriptors and disk stay within bounds, its store is sound, and it
    holds evidence against its counterpart on the lines where there is any, and on no other.
    """
    before = Taken.by(ground.alpha)
    faults = {name: ground.do(name, FOR_S).faults for name in TABLE}
    assert {name: found for name, found in faults.items() if found} == {}
    watched = ground.watcher.watched
    assert watched.undelivered == 0
    assert len(watched.flashes) > 20
    peak = max(one.descriptors for one in watched.looks)
    assert peak <= before.descriptors + CONNECTIONS_PER_COUNTERPART_MAX + HANDSHAKES_MAX
    assert max(one.resident_kb for one in watched.looks) - before.resident_kb < 150_000
    sent = sum(one.row["sent_bytes"] for one in ground.done)
    assert watched.looks[-1].disk_bytes - before.disk_bytes < 20_000_000 + 2 * sent
    ground.watcher.end()
    assert ground.alpha.stop() == 0
    assert ground.afterwards() == []
    forked = {ground.lines[name] for name in TABLE if TABLE[name].is_fork}
    evidence = ground.evidence()
    assert {name.split("/")[1] for name in evidence if "journal" not in name} == forked
    # Whoever has the public keys can check each of them.
    keys = ground.keys()
    assert [name for name, held in evidence.items() if not contradiction(held, keys)] == []
    # With one letter changed of what was signed none of them shows anything.
    for held in evidence.values():
        spoilt = held.replace(b"bravo.example/", b"bravo.examplf/")
        assert not _shows(spoilt, keys)


def _shows(evidence: bytes, keys: list[PublicKeys]) -> bool:
    try:
        return bool(contradiction(evidence, keys))
    except TheirError:
        return False
