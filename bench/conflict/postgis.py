"""PostgreSQL with PostGIS geography: the whole question in one statement.

Cores are stored as geography with their radius beside them; that is the only way to identical
answers, for `ST_Buffer` makes polygons of circles. Edges of a geography are great circles between
the same normals as ours. Two ways to index that are measured:

- by the manual: `ST_DWithin` with the widest radius stored finds candidates in one GiST index over
  area, window and band, and `ST_DWithin` with their own radius decides;
- at its best, as far as we found: the index holds each core widened by its radius, with
  `_ST_Expand`, which the manual does not describe.

Separate indexes for the three, a four-dimensional `gist_geometry_ops_nd`, SP-GiST and an index for
each of four classes of radius were not quicker than the second.
"""

import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from bench.conflict import server
from bench.conflict.boxes import amsl_of, placed_of
from bench.conflict.contest import Contest
from bench.conflict.outcome import Outcome, Pairs
from bench.conflict.theatre import MINIMA, Integers, Theatre

BY_MANUAL, AT_BEST = "PostGIS by the manual", "PostGIS at its best"

_BATCH = 10_000
_WARM_UP = 200
_STATEMENT_S_MAX = 600

_TABLE = """
CREATE UNLOGGED TABLE volume (
    row integer PRIMARY KEY, core geography NOT NULL, radius_m integer NOT NULL,
    during int8range NOT NULL, band int4range NOT NULL,
    lower_datum smallint NOT NULL, lower_value integer NOT NULL, lower_dm integer NOT NULL,
    upper_datum smallint NOT NULL, upper_value integer NOT NULL, upper_dm integer NOT NULL)
"""

_INDEXES = {
    BY_MANUAL: "CREATE INDEX place ON volume USING gist (core, during, band)",
    AT_BEST: "CREATE INDEX place ON volume USING gist (_ST_Expand(core, radius_m), during, band)",
}

_AREAS = {
    BY_MANUAL: "ST_DWithin(core, %(core)s::geography, %(widest_m)s)",
    AT_BEST: "_ST_Expand(core, radius_m) && _ST_Expand(%(core)s::geography, %(reach_m)s)",
}

# How far a lower bound is above the upper one of the other band, in tenths of decimetres, as our
# rule has it: with the same datum exactly, a flight level being 304.8 dm, else by the ranges above
# mean sea level where the two are. `band` is that range wherever on the globe, which parts too few.
_RISE = """
CASE WHEN {upper}_datum <> {lower}_datum OR {upper}_datum = 0
     THEN 10 * ({lower}_dm::bigint - {upper}_dm)
     ELSE CASE {upper}_datum WHEN 3 THEN 3048 ELSE 10 END * ({lower}_value - {upper}_value) END
"""


def _is_near(a: str, b: str) -> str:
    """Whether two bands are nearer than the minimum; each by the words before its columns."""
    rises = (
        _RISE.format(upper=f"{one}upper", lower=f"{other}lower") for one, other in ((a, b), (b, a))
    )
    return " AND ".join(f"({rise}) < {10 * MINIMA.vertical_dm}" for rise in rises)


# The columns of the query are bound once, and have names like those of a volume.
_QUERY = """
SELECT row FROM volume,
  (VALUES (%(lower_datum)s, %(lower)s, %(lower_dm)s, %(upper_datum)s, %(upper)s, %(upper_dm)s)) AS
    q (lower_datum, lower_value, lower_dm, upper_datum, upper_value, upper_dm)
WHERE {area} AND during && %(during)s::int8range AND band && %(band)s::int4range
  AND {is_near} AND ST_DWithin(core, %(core)s::geography, radius_m + %(reach_m)s)
"""

_JOIN = f"""
SELECT a.row, b.row FROM volume AS a JOIN volume AS b ON a.row < b.row
  AND _ST_Expand(b.core, b.radius_m) && _ST_Expand(a.core, a.radius_m + {MINIMA.lateral_m})
  AND b.during && int8range(
    lower(a.during) - {MINIMA.time_ms}, upper(a.during) + {MINIMA.time_ms}, '()')
  AND b.band && int4range(
    lower(a.band) - {MINIMA.vertical_dm}, upper(a.band) - 1 + {MINIMA.vertical_dm}, '()')
  AND {_is_near("a.", "b.")}
  AND ST_DWithin(a.core, b.core, a.radius_m + b.radius_m + {MINIMA.lateral_m})
"""


class Database:
    """A connection to a server of our own."""

    def __init__(self, words: str) -> None:
        import psycopg

        self._connection: Any = psycopg.connect(words, autocommit=True)
        self._process = self._connection.info.backend_pid
        for extension in ("postgis", "btree_gist"):
            self._connection.execute(f"CREATE EXTENSION {extension}")
        self._connection.execute(f"SET statement_timeout = '{_STATEMENT_S_MAX}s'")
        # A plan made anew for each question was slower in every variant.
        self._connection.execute("SET plan_cache_mode = force_generic_plan")

    def version(self) -> str:
        """Of the server and of PostGIS."""
        asked = "SELECT current_setting('server_version'), postgis_lib_version()"
        postgres, postgis = self._connection.execute(asked).fetchone()
        return f"PostgreSQL {postgres.split()[0]}, PostGIS {postgis}"

    def close(self) -> None:
        """End the connection; the server runs on."""
        self._connection.close()

    def load(self, theatre: Theatre) -> None:
        """Store the volumes of a theatre in place of those before."""
        self._connection.execute("DROP TABLE IF EXISTS volume")
        self._connection.execute(_TABLE)
        with self._connection.cursor().copy("COPY volume FROM STDIN") as copy:
            for rows in _rows(theatre):
                copy.write(rows)

    def measure(self, contest: Contest, name: str, *, with_join: bool) -> Outcome:
        """Index what is stored, ask every query, and join it with itself where that is asked."""
        began = time.perf_counter()
        self._connection.execute("DROP INDEX IF EXISTS place")
        self._connection.execute(_INDEXES[name])
        build_s = time.perf_counter() - began
        self._connection.execute("VACUUM ANALYZE volume")
        sized = "SELECT pg_table_size('volume') + pg_relation_size('place')"
        memory_mb = self._connection.execute(sized).fetchone()[0] / 1e6
        asked = list(_bindings(contest))
        self._ask(name, asked[:_WARM_UP])
        began_cpu = self._cpu_s()
        pairs, times = self._ask(name, asked)
        cpu_us = (self._cpu_s() - began_cpu) / len(asked) * 1e6
        outcome = Outcome(name, pairs, [times], [cpu_us], [build_s], memory_mb)
        if with_join:
            outcome.extra |= self._join()
        return outcome

    def _ask(self, name: str, asked: list[dict[str, Any]]) -> tuple[Pairs, Any]:
        query = _QUERY.format(area=_AREAS[name], is_near=_is_near("volume.", "q."))
        cursor = self._connection.cursor(binary=True)
        pairs: Pairs = set()
        times = np.empty(len(asked))
        for number, bound in enumerate(asked):
            began = time.perf_counter()
            rows = cursor.execute(query, bound, prepare=True).fetchall()
            times[number] = (time.perf_counter() - began) * 1e6
            pairs.update((number, row) for (row,) in rows)
        return pairs, times

    def _join(self) -> dict[str, Any]:
        began, began_cpu = time.perf_counter(), self._cpu_s()
        found = self._connection.cursor(binary=True).execute(_JOIN).fetchall()
        join_s, cpu_s = time.perf_counter() - began, self._cpu_s() - began_cpu
        return {"join_s": [join_s], "join_cpu_s": cpu_s, "join_pairs": set(found)}

    def _cpu_s(self) -> float:
        """Processor time of the one server process that answers this connection."""
        with open(f"/proc/{self._process}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cores(theatre: Theatre) -> Any:
    """The cores as shapely has them, longitude first."""
    places = np.stack((theatre.lon_e7 / 1e7, theatre.lat_e7 / 1e7), axis=1)
    row = np.repeat(np.arange(len(theatre)), np.diff(theatre.first))
    made = np.empty(len(theatre), dtype=object)
    for shape, draw in ((1, _points), (2, shapely.linestrings), (3, _polygons)):
        is_drawn = theatre.shape[row] == shape
        number = np.unique(row[is_drawn], return_inverse=True)[1]
        made[theatre.shape == shape] = draw(places[is_drawn], indices=number)
    return made


def _points(places: Any, indices: Integers) -> Any:
    return shapely.points(places)


def _polygons(places: Any, indices: Integers) -> Any:
    return shapely.polygons(shapely.linearrings(places, indices=indices))


def _rows(theatre: Theatre) -> Iterator[str]:
    """The rows of the table as COPY reads them, in batches."""
    low, high = amsl_of(theatre)
    lower_dm, upper_dm = placed_of(theatre)
    columns = (
        range(len(theatre)), shapely.to_wkb(_cores(theatre), hex=True), theatre.radius_m.tolist(),
        theatre.valid_from.tolist(), theatre.valid_until.tolist(), low.tolist(), high.tolist(),
        theatre.lower_datum.tolist(), theatre.lower.tolist(), lower_dm.tolist(),
        theatre.upper_datum.tolist(), theatre.upper.tolist(), upper_dm.tolist(),
    )  # fmt: skip
    for start in range(0, len(theatre), _BATCH):
        batch = zip(*(column[start : start + _BATCH] for column in columns), strict=True)
        yield "".join(
            f"{row}\t{core}\t{radius_m}\t[{since},{until})\t[{lowest},{highest}]\t"
            f"{lower_datum}\t{lower}\t{low_dm}\t{upper_datum}\t{upper}\t{high_dm}\n"
            for row, core, radius_m, since, until, lowest, highest,
                lower_datum, lower, low_dm, upper_datum, upper, high_dm in batch
        )  # fmt: skip


def _bindings(contest: Contest) -> Iterator[dict[str, Any]]:
    """What is bound to the statement for each query."""
    asked = contest.asked
    low, high = amsl_of(asked)
    lower_dm, upper_dm = placed_of(asked)
    from psycopg.types.numeric import Int4  # One type of each parameter: one plan for all.

    widest_m = int(contest.theatre.radius_m.max())
    cores = shapely.to_wkb(_cores(asked))
    for number in range(len(asked)):
        reach_m = int(asked.radius_m[number]) + MINIMA.lateral_m
        since = asked.valid_from[number] - MINIMA.time_ms
        until = asked.valid_until[number] + MINIMA.time_ms
        yield {
            "core": cores[number],
            "reach_m": Int4(reach_m),
            "widest_m": Int4(reach_m + widest_m),
            "during": f"({since},{until})",
            "band": f"({low[number] - MINIMA.vertical_dm},{high[number] + MINIMA.vertical_dm})",
            "lower_datum": Int4(asked.lower_datum[number]),
            "lower": Int4(asked.lower[number]),
            "lower_dm": Int4(lower_dm[number]),
            "upper_datum": Int4(asked.upper_datum[number]),
            "upper": Int4(asked.upper[number]),
            "upper_dm": Int4(upper_dm[number]),
        }


def why_missing() -> str:
    """Why PostGIS cannot be measured here and what to do; empty where it can."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed (the extra `peers`)"
    try:
        server.binaries()
    except server.NoServer as error:
        return str(error)
    return ""
