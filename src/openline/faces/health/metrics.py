"""The metrics of a running node, in the text form that Prometheus reads.

Read when they are asked for; nothing is counted beside the node. Labels are names of
lines, parties, circuits and logs, as in the Understanding: never an officer's name, never
a word of a message.
"""

import shutil
from collections.abc import Iterable, Iterator
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from openline import __version__
from openline.app.health import Health
from openline.app.standby import Standby

STATES: Final = ("UP", "DEGRADED", "LOST", "UNKNOWN")


class _NodeMetrics(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
        node = self._health.node
        lines = node.status()["lines"]
        yield InfoMetricFamily("openline", "The program.", value={"version": __version__})
        yield _gauge("openline_start_time_seconds", "When the node started.", [],
                     [((), node.started_at / 1_000)])  # fmt: skip
        yield CounterMetricFamily(
            "openline_turns", "Turns that the loop of the node has taken.", value=node.turns
        )
        yield from self._proofs()
        yield from _of_lines(lines)
        yield from _of_counterparts(lines)
        yield from self._disk()

    def _proofs(self) -> Iterator[Metric]:
        proofs = self._health.proofs()
        yield _gauge(
            "openline_line_proven", "Whether every counterpart answered within three ticks.",
            ["line"], [((one.line,), float(one.is_young)) for one in proofs],
        )  # fmt: skip
        yield _gauge(
            "openline_proof_age_seconds", "How long ago the counterpart answered a tick of ours.",
            ["line", "party"],
            [
                ((one.line, party), age / 1_000)
                for one in proofs
                for party, age in one.age_ms.items()
                if age is not None
            ],
        )  # fmt: skip

    def _disk(self) -> Iterator[Metric]:
        config = self._health.node.config
        store = config.store
        sizes = [
            path.stat().st_size
            for path in (store, store.with_name(f"{store.name}-wal"))
            if path.exists()
        ]
        # The size of a database is known to those who run it.
        if config.database is None:
            yield _gauge("openline_store_bytes", "The store with its write-ahead log.", [],
                         [((), sum(sizes))])  # fmt: skip
        free = shutil.disk_usage(store.parent).free
        yield _gauge("openline_disk_free_bytes", "What is free on the disk of the store.", [],
                     [((), free)])  # fmt: skip


def text_of(health: Health) -> bytes:
    """All metrics, as they are now."""
    registry = CollectorRegistry()
    registry.register(_NodeMetrics(health))
    return generate_latest(registry)


class _StandbyMetrics(Collector):
    def __init__(self, standby: Standby) -> None:
        self._standby = standby

    def collect(self) -> Iterable[Metric]:
        standby = self._standby
        yield InfoMetricFamily("openline", "The program.", value={"version": __version__})
        yield _gauge("openline_standby", "Whether the station stands by and can take over.", [],
                     [((), float(not standby.obstacles))])  # fmt: skip
        yield _gauge("openline_lease_epoch", "The epoch of the lease of the store.", [],
                     [((), float(standby.epoch))])  # fmt: skip


def text_of_standby(standby: Standby) -> bytes:
    """What there is to count of a station that stands by."""
    registry = CollectorRegistry()
    registry.register(_StandbyMetrics(standby))
    return generate_latest(registry)


def _of_lines(lines: list[dict[str, Any]]) -> Iterator[Metric]:
    yield _gauge("openline_line_can_sign", "Whether the node may sign on the line.", ["line"],
                 [((one["line"],), float(one["can_sign"])) for one in lines])  # fmt: skip
    yield _gauge(
        "openline_line_state", "Whether the line is in this observed state.", ["line", "state"],
        [
            ((one["line"], state), float(one["observed"] == state))
            for one in lines
            for state in STATES
        ],
    )  # fmt: skip
    yield _gauge(
        "openline_log_entries", "Entries of the log of each party that the node holds.",
        ["line", "party"],
        [
            ((one["line"], party), size)
            for one in lines
            for party, size in (
                (one["outbox"].partition("/")[0], one["out_size"]), *one["held"].items()
            )
        ],
    )  # fmt: skip
    yield _gauge(
        "openline_alarms", "Standing alarms that nobody has acknowledged.", ["line", "precedence"],
        [
            ((one["line"], precedence), _count(one["alarms"], precedence))
            for one in lines
            for precedence in ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE")
        ],
    )  # fmt: skip


def _of_counterparts(lines: list[dict[str, Any]]) -> Iterator[Metric]:
    pairs = [(one["line"], other) for one in lines for other in one["counterparts"]]
    yield _gauge(
        "openline_not_receipted", "Entries of ours that the counterpart has not receipted.",
        ["line", "party"],
        [((line, other["party"]), other["not_receipted"]) for line, other in pairs],
    )  # fmt: skip
    yield _gauge(
        "openline_forked", "Whether the counterpart has shown two histories.", ["line", "party"],
        [((line, other["party"]), float(other["is_forked"])) for line, other in pairs],
    )  # fmt: skip
    yield _gauge(
        "openline_clock_offset_seconds", "The counterpart's clock less ours, by the last probe.",
        ["line", "party"],
        [
            ((line, other["party"]), other["clock_offset_ms"] / 1_000)
            for line, other in pairs
            if other["clock_offset_ms"] is not None
        ],
    )  # fmt: skip
    yield _gauge(
        "openline_circuit_up", "Whether the circuit is up.", ["line", "party", "circuit"],
        [
            ((line, other["party"], circuit["circuit"]), float(circuit["state"] == "UP"))
            for line, other in pairs
            for circuit in other["circuits"]
        ],
    )  # fmt: skip


def _count(alarms: list[dict[str, Any]], precedence: str) -> float:
    loud = [one for one in alarms if one["precedence"] == precedence and not one["acknowledged"]]
    return len(loud)


def _gauge(
    name: str, says: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=labels)
    for names, value in values:
        family.add_metric(list(names), value)
    return family
