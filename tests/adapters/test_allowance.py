"""What may be read from one counterpart, and what stays free for urgent pieces."""

from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.allowance import BURST_S, Allowance, Allowances, Handshakes, Rates
from openline.domain.limits import (
    ADDRESSES_REMEMBERED_MAX,
    HANDSHAKES_MAX,
    HANDSHAKES_PER_ADDRESS_MAX,
    HANDSHAKES_PER_ADDRESS_PER_S_MAX,
    HANDSHAKES_PER_S_MAX,
)

RATES = Rates(bytes_per_s=1_000, pieces_per_s=100, urgent_bytes_per_s=100, urgent_pieces_per_s=10)


def test_a_burst_is_free() -> None:
    """A counterpart that was quiet may send what two seconds allow without a pause."""
    allowance = Allowance(RATES)
    assert [allowance.charge(500, 100.0) for _ in range(4)] == [0.0] * 4
    assert allowance.charge(500, 100.0) == 0.5


def test_small_pieces_are_counted_too() -> None:
    """Pieces of one byte are bounded by their number."""
    allowance = Allowance(RATES)
    for _ in range(200):
        assert allowance.charge(1, 100.0) == 0.0
    assert allowance.charge(1, 100.0) == 0.01


def test_debt_is_paid_by_time() -> None:
    """What was overdrawn is free again after the time that was asked for."""
    allowance = Allowance(RATES)
    pause_s = allowance.charge(3_000, 100.0)
    assert pause_s == 1.0
    assert allowance.charge(0, 100.0 + pause_s) == 0.0
    assert allowance.charge(100, 100.0 + pause_s) == 0.1


def test_urgent_pieces_pass_a_used_up_allowance() -> None:
    """While ordinary pieces wait, urgent ones within their reserve do not."""
    allowance = Allowance(RATES)
    assert allowance.charge(100_000, 100.0) > 0
    assert allowance.charge(150, 100.0, is_urgent=True) == 0.0
    assert allowance.charge(1, 100.0) > 0


def test_calling_everything_urgent_gains_nothing() -> None:
    """Beyond the reserve an urgent piece counts like any other."""
    allowance = Allowance(RATES)
    pauses = [allowance.charge(100, 100.0, is_urgent=True) for _ in range(30)]
    assert pauses[:22] == [0.0] * 22
    assert all(pause > 0 for pause in pauses[22:])


def test_each_counterpart_has_its_own() -> None:
    """One counterpart's flood costs another nothing, and its connections share."""
    allowances = Allowances(RATES)
    assert allowances.of("bravo.example") is allowances.of("bravo.example")
    allowances.of("bravo.example").charge(100_000, 100.0)
    assert allowances.of("charlie.example").charge(1_000, 100.0) == 0.0


@given(
    sizes=st.lists(st.integers(0, 2_000), min_size=1, max_size=50),
    wait_s=st.sampled_from([0.0, 0.25]),
)
def test_nobody_gets_more_than_rate_and_burst(sizes: list[int], wait_s: float) -> None:
    """Whoever keeps the pauses has sent at most the burst and the rate times the time."""
    allowance = Allowance(RATES)
    start = now = 1_000.0
    sent = 0
    for size in sizes:
        now += wait_s + allowance.charge(size, now + wait_s)
        sent += size
        assert sent <= (BURST_S + now - start) * RATES.bytes_per_s + 1e-6


# --- handshakes ----------------------------------------------------------------------------------


def test_handshakes_under_way_are_bounded_by_address() -> None:
    """One address has some handshakes under way, and more when one is over."""
    handshakes = Handshakes()
    begun = [handshakes.begin("a", 100.0) for _ in range(HANDSHAKES_PER_ADDRESS_MAX + 1)]
    assert begun == [True] * HANDSHAKES_PER_ADDRESS_MAX + [False]
    assert handshakes.begin("b", 100.0)
    handshakes.end("a")
    assert handshakes.begin("a", 100.0)


def test_handshakes_under_way_are_bounded_in_all() -> None:
    """All addresses together have a bounded number of handshakes under way."""
    handshakes = Handshakes()
    begun = sum(handshakes.begin(str(n), 100.0) for n in range(2 * HANDSHAKES_MAX))
    assert begun == HANDSHAKES_MAX


def test_handshakes_in_a_second_are_bounded() -> None:
    """One address, and all together, begin a bounded number in a second."""
    handshakes = Handshakes()

    def begun(addresses: list[str], now_s: float) -> int:
        count = 0
        for address in addresses:
            if handshakes.begin(address, now_s):
                handshakes.end(address)
                count += 1
        return count

    of_address = round(HANDSHAKES_PER_ADDRESS_PER_S_MAX * BURST_S)
    assert begun(["a"] * 1_000, 100.0) == of_address
    assert begun(["a"] * 1_000, 101.0) == HANDSHAKES_PER_ADDRESS_PER_S_MAX
    strangers = [str(n) for n in range(3 * ADDRESSES_REMEMBERED_MAX)]
    assert begun(strangers, 200.0) == HANDSHAKES_PER_S_MAX * BURST_S
    assert len(handshakes._of_address) == ADDRESSES_REMEMBERED_MAX
