"""Shows: ids that are never given twice, and a bounded memory of what changed."""

from openline.app.shows import WAITING_MAX, Shows
from openline.domain.limits import EVENTS_KEPT_BYTES_MAX, EVENTS_KEPT_MAX
from openline.engine.effects import Show


def show(number: int, text: str = "") -> Show:
    """A change with a number."""
    return Show("syria-air", "message", {"number": number, "text": text})


async def read(shows: Shows, after: str) -> tuple[bool, list[int]]:
    """Whether a reader resumes after an id, and the numbers that it then gets."""
    async with shows.follow(after) as following:
        shows.end()
        return following.is_resumed, [told.show.data["number"] async for told in following.changes]


async def test_ids_differ_over_starts() -> None:
    """A node that starts again at the same instant gives other ids, and knows none before."""
    first, second = Shows(1_000), Shows(1_000)
    first.tell(show(0))
    second.tell(show(0))
    assert first.last_id != second.last_id
    assert await read(second, first.last_id) == (False, [])


async def test_every_id_that_is_kept_resumes_without_loss() -> None:
    """After each of the last changes exactly the later ones follow."""
    shows = Shows(0)
    ids = [shows.last_id]
    for number in range(20):
        shows.tell(show(number))
        ids.append(shows.last_id)
    for place, after in enumerate(ids):
        assert await read(shows, after) == (True, list(range(place, 20)))


async def test_large_changes_are_kept_for_a_shorter_time() -> None:
    """The memory of changes is bounded in bytes, whatever one change holds."""
    shows = Shows(0)
    first = shows.last_id
    text = "x" * (EVENTS_KEPT_BYTES_MAX // 8)
    for number in range(9):
        shows.tell(show(number, text))
    assert shows._kept_bytes <= EVENTS_KEPT_BYTES_MAX
    assert len(shows._kept) < 9 < EVENTS_KEPT_MAX
    assert await read(shows, first) == (False, [])


async def test_a_reader_that_is_too_slow_is_let_go_and_comes_back() -> None:
    """Its stream ends; with its last id it goes on, or begins anew if that is too old."""
    shows = Shows(0)
    async with shows.follow() as following:
        for number in range(WAITING_MAX + 1):
            shows.tell(show(number))
        got = [told async for told in following.changes]
    assert [told.show.data["number"] for told in got] == list(range(WAITING_MAX))
    assert await read(shows, got[-1].id) == (True, [WAITING_MAX])
