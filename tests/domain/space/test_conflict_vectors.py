"""The vectors of the conflict rule: both implementations, in either order, any way round."""

import json
from functools import cache
from typing import Any

import pytest

from openline.domain.errors import TheirError
from openline.domain.space.conflict import Minima, distance_to_core_m, find_conflict
from openline.domain.space.geodesy import distance_m, position_of
from openline.domain.space.volume import Volume, VolumeDoesNotHold, check_volume
from tests.domain.space import second_rule
from tests.vectors.make_conflict import PATH, make

FAR_MM = 10_000_000_000


@cache
def vectors() -> dict[str, Any]:
    return json.loads(PATH.read_text("utf-8"))


def volumes_of(pair: dict[str, Any]) -> tuple[Volume, Volume]:
    return Volume.from_value(pair["a"]), Volume.from_value(pair["b"])


def test_the_file_is_the_one_that_is_made():
    """The file of vectors is the one that the present program makes."""
    assert PATH.read_text("utf-8") == make()


def test_the_rule_finds_what_the_vectors_say():
    """Every value of each finding is the one of the file, from either side."""
    for pair in vectors()["pairs"]:
        a, b = volumes_of(pair)
        finding = find_conflict(a, b, Minima(*pair["minima"]))
        told = (
            finding.verdict.value,
            round(finding.separation_m * 1_000),
            finding.vertical_gap_dm,
            finding.time_gap_ms,
            [finding.overlap_from, finding.overlap_until],
        )
        names = ("verdict", "separation_mm", "vertical_gap_dm", "time_gap_ms", "overlap")
        assert told == tuple(pair[name] for name in names), pair["name"]
        assert find_conflict(b, a, Minima(*pair["minima"])) == finding
        if pair["closest"] is None:
            assert max(distance_to_core_m(finding.closest, one) for one in (a, b)) < 0.05
        else:
            assert list(finding.closest) == pair["closest"], pair["name"]


def test_the_second_implementation_finds_what_the_vectors_say():
    """What was written from the page alone meets each vector within the tolerances told."""
    for pair in vectors()["pairs"]:
        for a, b in (volumes_of(pair), volumes_of(pair)[::-1]):
            found = second_rule.judge(a, b, *pair["minima"])
            assert found["verdict"] == pair["verdict"], pair["name"]
            for name in ("vertical_gap_dm", "time_gap_ms", "overlap"):
                assert found[name] == pair[name], pair["name"]
            if pair["separation_mm"] > FAR_MM:
                continue
            assert abs(found["separation_m"] * 1_000 - pair["separation_mm"]) < 1.1, pair["name"]
            if pair["closest"] is not None:
                place = position_of(found["closest"])
                assert distance_m(place, tuple(pair["closest"])) < 1, pair["name"]


def test_no_vector_hangs_on_a_rounding():
    """Where cores are apart, the excess is 4 mm or more from where the verdict turns."""
    for pair in vectors()["pairs"]:
        found = second_rule.judge(*volumes_of(pair), *pair["minima"])
        if found["excess_m"] is None:
            continue
        borders = [found["margin_m"], -found["margin_m"]]
        borders += [0.02, -0.02] if pair["minima"][0] == 0 else []
        assert min(abs(found["excess_m"] - border) for border in borders) >= 0.004, pair["name"]


def test_every_verdict_and_place_is_among_them():
    """All four verdicts occur, and the names tell where and what each pair is, once."""
    pairs = vectors()["pairs"]
    names = [pair["name"] for pair in pairs]
    assert len(set(names)) == len(names) > 400
    assert {pair["verdict"] for pair in pairs} == {"CONFLICT", "MARGINAL", "TOUCH", "CLEAR"}
    kinds = {(pair["a"][0], pair["b"][0]) for pair in pairs}
    assert {tuple(sorted(kind)) for kind in kinds} == {
        (one, other) for one in (1, 2, 3) for other in (1, 2, 3) if one <= other
    }


def read(value: list[Any]) -> Volume | None:
    """The volume, None where it has not even the form of one."""
    try:
        return Volume.from_value(value)
    except TheirError:
        return None


def test_volumes_hold_or_do_not():
    """Each volume at a bound passes the check or fails it, as the file says."""
    for entry in vectors()["volumes"]:
        one = read(entry["volume"])
        if one is None:
            assert not entry["holds"]
        elif entry["holds"]:
            check_volume(one)
        else:
            with pytest.raises(VolumeDoesNotHold):
                check_volume(one)
