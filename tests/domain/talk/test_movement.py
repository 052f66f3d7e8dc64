"""Movements: routes become volumes, leg by leg, with the windows of the legs."""

from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS, parse_instant
from openline.domain.limits import VOLUMES_MAX, WAYPOINTS_MAX
from openline.domain.space.volume import Shape
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import from_json
from openline.domain.talk.movement import Movement
from openline.domain.talk.notice import SpeaksFor

HOMS = {"lat": "34.73", "lon": "36.71"}
HAMA = {"lat": "35.13", "lon": "36.75"}
IDLIB = {"lat": "35.93", "lon": "36.63"}


def stop(position: dict[str, str], arrives: str, leaves: str = "", **more: Any) -> dict[str, Any]:
    """A waypoint on 8 April 2017."""
    return {
        "position": position,
        "arrives_at": f"2017-04-08T{arrives}Z",
        "leaves_at": f"2017-04-08T{leaves or arrives}Z",
        **more,
    }


ROUTE = [
    stop(HOMS, "06:00:00"),
    stop(HAMA, "07:30:00", "09:00:00", via=[{"lat": "35.5", "lon": "36.9"}]),
    stop(IDLIB, "11:00:00"),
]


def form(**changes: Any) -> dict[str, Any]:
    """A convoy as an officer fills it in."""
    return {
        "by": {"post": "watch", "officer": "Lt Smith"},
        "movement_id": "A-1",
        "route": ROUTE,
        "half_width_m": 500,
        **changes,
    }


def movement(**changes: Any) -> Movement:
    """The convoy."""
    made = from_json(Kind.MOVEMENT, form(**changes))
    assert isinstance(made, Movement)
    return made


def test_legs_and_stops_become_volumes() -> None:
    """Each leg is a corridor with its own window, each stop a circle, with the tolerance."""
    leg, stay, last = movement(tolerance="10 min", upper="100 m AGL").volumes
    assert [one.shape for one in (leg, stay, last)] == [
        Shape.CORRIDOR, Shape.CIRCLE, Shape.CORRIDOR
    ]  # fmt: skip
    assert {one.radius_m for one in (leg, stay, last)} == {500}
    assert leg.valid_from == parse_instant("2017-04-08T05:50:00Z")
    assert leg.valid_until == parse_instant("2017-04-08T07:40:00Z")
    assert (stay.valid_from, stay.valid_until) == (
        parse_instant("2017-04-08T07:20:00Z"), parse_instant("2017-04-08T09:10:00Z")
    )  # fmt: skip
    assert last.vertices[1] == (355_000_000, 369_000_000)
    assert all(one.upper is not None and one.lower is None for one in (leg, stay, last))


def test_the_notice_of_a_movement() -> None:
    """It is called apart from notices, and its emergency is its category."""
    plain = movement().as_notice()
    assert (plain.notice_id, plain.category, plain.kind) == ("movement/A-1", "movement", "ground")
    assert movement(emergency=True).as_notice().category == "emergency_movement"
    assert plain.volumes == movement().volumes
    others = movement(speaks_for="PARTNER", third_party="An aid agency.")
    assert others.as_notice().speaks_for is SpeaksFor.PARTNER


def test_the_longest_route_has_no_more_volumes_than_a_notice() -> None:
    """With a stop at every waypoint the volumes stay within the bound of a notice."""
    route = [
        stop({"lat": f"{34 + n / 100}", "lon": "36"}, f"{n // 4:02d}:{n % 4 * 15:02d}:00",
             f"{n // 4:02d}:{n % 4 * 15 + 5:02d}:00")
        for n in range(WAYPOINTS_MAX)
    ]  # fmt: skip
    assert len(movement(route=route).volumes) == 2 * WAYPOINTS_MAX - 1 <= VOLUMES_MAX


def test_points_that_repeat_are_one() -> None:
    """A route that stands still between two times is a circle, and no faulty corridor."""
    route = [stop(HOMS, "06:00:00"), stop(HOMS, "07:00:00")]
    [volume] = movement(route=route).volumes
    assert (volume.shape, len(volume.vertices)) == (Shape.CIRCLE, 1)
    assert volume.valid_until - volume.valid_from == 90 * MINUTE_MS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"route": ROUTE[:1]}, "route has fewer than two waypoints"),
        ({"route": ROUTE[::-1]}, r"route\[1\].arrives_at is not after"),
        ({"route": [stop(HOMS, "06:00:00", "05:00:00"), ROUTE[2]]}, r"route\[0\].leaves_at is bef"),
        ({"half_width_m": 0}, "half_width_m is 0"),
        ({"half_width_m": 50_001}, "half_width_m is not a whole number"),
        ({"version": 2}, "version is 2 with NEW"),
        ({"operation": "CANCEL", "version": 2}, "route has no place in a cancellation"),
        ({"speaks_for": "PARTNER"}, "third_party is empty"),
        ({"tolerance": "2 d"}, "tolerance is more than"),
        ({"route": [*ROUTE, *ROUTE] * 6}, "has 36 entries"),
    ],
)
def test_what_must_not_be_said_so(changes: dict[str, Any], said: str) -> None:
    """Times that go back, a route without an end and a nameless third party are refused."""
    with pytest.raises(OurError, match=said):
        movement(**changes)
