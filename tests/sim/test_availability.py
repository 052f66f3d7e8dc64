"""Minutes with a valid two-way proof: what is counted, over circuits that are often down."""

import pytest

from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.sim.availability import OUTAGE_MEAN_MS, UP_MEAN_MS, Availability, Minutes
from openline.sim.keys import fast_verification
from tests.trial.availability import rows

HOURS = 1


def played(seed: int) -> Minutes:
    """An hour over circuits that are often down, and what was quiet between."""
    return Availability(seed).run(HOURS * HOUR_MS)


def test_one_whole_circuit_is_enough() -> None:
    """While one circuit is whole no minute is without a proof, whatever becomes of the other."""
    found = played(1)
    assert found.outages > 5
    assert found.all > HOURS * 60
    assert found.lost == 0
    assert found.without <= found.not_throughout


def test_a_circuit_is_up_for_its_part_of_the_time() -> None:
    """Each is up 99 % of the time, by the means of what is drawn and by what was played."""
    assert pytest.approx(0.99) == UP_MEAN_MS / (UP_MEAN_MS + OUTAGE_MEAN_MS)
    found = played(2)
    down_ms = found.outages * OUTAGE_MEAN_MS / 2
    assert 0.2 < down_ms / (found.all * MINUTE_MS) / 0.01 < 5


def test_a_line_without_circuits_has_no_proof() -> None:
    """Where both circuits are down for minutes, these minutes are without a proof, and counted."""
    one = Availability(3)
    one.run(0)
    network = one._region.network
    for circuit in network.circuits:
        network.stop(circuit, circuit.ends)
    with fast_verification():
        one._pass(10 * MINUTE_MS)
    found = one.minutes
    assert found.without >= 5
    assert found.cut_off >= found.without
    assert found.lost == 0


def test_the_trial_is_told_of_minutes_of_ten_thousand() -> None:
    """One minute of ten thousand without a proof is held, and two are missed."""
    held, missed = (next(iter(rows(Minutes(all=20_000.0, without=without)))) for without in (2, 4))
    assert held.holds is True
    assert missed.holds is False
