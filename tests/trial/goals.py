"""The goals of the trial, and what is run for each of them.

A part is run once, and serves one goal or several. What a goal has no part for is said,
with the reason: a page that only shows what was measured would hide the rest.
"""

import sys
from dataclasses import dataclass, field
from typing import Final

MINUTE_S: Final = 60


@dataclass(frozen=True)
class Suite:
    """Some tests, longer than `make test` runs them.

    Attributes:
        goal: What they are run for.
        paths: Files of tests, or single tests.
        longer: Settings that make them longer.
        workers: Processes that run them.
        limit_s: By when they have to be over.
    """

    goal: str
    paths: tuple[str, ...]
    longer: dict[str, str] = field(default_factory=dict)
    workers: int = 0
    limit_s: int = 10 * MINUTE_S

    def serves(self, goal: str) -> bool:
        """Whether it is run for a goal."""
        return goal == self.goal

    @property
    def name(self) -> str:
        """What is run, in short."""
        settings = " ".join(f"{name}={value}" for name, value in self.longer.items())
        return f"{settings} pytest {' '.join(self.paths)}".strip()


@dataclass(frozen=True)
class Program:
    """A program that prints numbers, one JSON object in each row: goal, what, value, limits.

    Attributes:
        goals: What it is run for.
        words: The module and its options.
        limit_s: By when it has to be over.
    """

    goals: tuple[str, ...]
    words: tuple[str, ...]
    limit_s: int = 15 * MINUTE_S

    def serves(self, goal: str) -> bool:
        """Whether it is run for a goal."""
        return goal in self.goals

    @property
    def name(self) -> str:
        """What is run, in short."""
        return f"python -m {' '.join(self.words)}"

    @property
    def command(self) -> list[str]:
        """The whole command."""
        return [sys.executable, "-m", *self.words]


GOALS: Final[dict[str, str]] = {
    "R1": "Line-years under faults of every sort: nothing receipted is lost, and all come together "
    "within two hours of calm.",
    "R2": "A node is killed under load: nothing acknowledged is lost, and it signs again soon.",
    "R3a": "The power goes, beneath SQLite: lost, torn and reordered writes.",
    "R3b": "The power goes, beneath a true ext4.",
    "R4": "Bits rot in the store, in its log file and in the anchor: each is noticed, and repaired "
    "with the counterpart, or its loss named.",
    "R5": "Each operation of the disk fails in turn: nothing is acknowledged that is not there.",
    "R6": "Circuits are cut, double, lose and reorder: all arrives once and in order.",
    "R7": "A cut of one direction takes both sides from green within three ticks.",
    "R8": "No green light over a dead line, for not one second more than three ticks.",
    "R9": "Clocks step and drift: nothing is lost or halted, what is affected is flagged.",
    "R10": "Malformed input at the front door: ten thousand a second, no crash, no hang.",
    "R11": "A counterpart that misbehaves does not hold up another line.",
    "R12": "Geometry bombs are refused or judged in milliseconds.",
    "R13": "A standby takes over within seconds, and no log is ever forked.",
    "R14": "A large store is started from, and verified whole, in seconds.",
    "R15": "A back-up taken under load is put back, and nothing that was receipted is missing.",
    "R16": "Each release opens the stores of those before it.",
    "R17": "The line has a valid two-way proof in all but one minute of ten thousand.",
    "R18": "A call whose media dies says so within five seconds, and text goes on.",
    "R19": "Deliberate faults in the program are found, each within a minute.",
    "R20": "Eight hours with ten lines: memory and descriptors stay level.",
    "R21": "Certificates: every changed byte is noticed, and two verifiers agree.",
    "R22": "Little of the machine is exposed to a node.",
    "R23": "Every state that is worth trying has been reached.",
}
"""The goals by id."""

PARTS: Final[tuple[Suite | Program, ...]] = (
    Suite("R1", ("tests/sim/test_line_years.py",), {"OPENLINE_LINE_YEARS": "40"}, 2, 30 * MINUTE_S),
    Suite("R2", ("tests/end_to_end/test_kill.py",), {"OPENLINE_KILLS": "100"}),
    Suite("R3a", ("tests/power/test_power_cuts.py",), {"OPENLINE_POWER_CUTS": "10000"}),
    Suite("R3b", ("tests/power/test_ext4.py",), {"OPENLINE_EXT4_CUTS": "200"}),
    Suite(
        "R4",
        (
            "tests/adapters/test_sqlite.py",
            "tests/adapters/test_anchor.py",
            "tests/adapters/test_page_checksums.py",
            "tests/app/test_audit.py",
            "tests/app/test_repair.py",
            "tests/end_to_end/test_repair.py",
        ),
        {"OPENLINE_FLIPS": "400"},
    ),
    Suite("R5", ("tests/power/test_faults_of_the_disk.py",)),
    Suite(
        "R6",
        (
            "tests/properties/test_circuits.py",
            "tests/end_to_end/test_circuits.py",
            "tests/siege/test_bad_network.py",
            "tests/siege/test_namespaces.py",
        ),
    ),
    Suite("R7", ("tests/engine/test_pulse.py",)),
    Suite(
        "R8",
        (
            "tests/browser/test_watch.py::test_a_silent_node_makes_the_screen_stale",
            "tests/end_to_end/test_failures.py::test_a_frozen_node_is_noticed_and_catches_up",
            "tests/end_to_end/test_health.py",
        ),
    ),
    Suite("R9", ("tests/engine/test_pulse.py::TestClocks", "tests/siege/test_set_clock.py")),
    Program(("R10", "R12", "R21"), ("tests.fuzz", "--minutes", "2"), 20 * MINUTE_S),
    Program(("R7", "R8", "R11"), ("tests.siege", "--json"), 20 * MINUTE_S),
    Suite("R12", ("tests/domain/space/test_volume.py", "tests/properties/test_hostile_words.py")),
    Suite(
        "R13",
        ("tests/end_to_end/test_stations.py", "tests/app/test_standby.py"),
        {"OPENLINE_TAKEOVERS": "50"},
        limit_s=30 * MINUTE_S,
    ),
    Program(("R14",), ("tests.trial.restart",)),
    Suite("R15", ("tests/end_to_end/test_backup.py", "tests/end_to_end/test_restore.py")),
    Suite("R16", ("tests/golden",)),
    Suite("R18", ("tests/browser/test_relay.py",)),
    Program(("R19",), ("tests.mutants", "--json"), 20 * MINUTE_S),
    Suite("R21", ("tests/domain/record/test_certificate.py",)),
    Program(("R17",), ("tests.trial.availability",), 30 * MINUTE_S),
    Suite("R22", ("tests/house/test_service_unit.py",)),
    Suite("R23", ("tests/sim/test_sometimes.py", "tests/sim/test_run.py")),
)
"""What is run, in this order; an hour on two cores is aimed at."""

NOT_RUN: Final[dict[str, str]] = {
    "R16": "There is one release: stores are opened, but no two releases speak with each other.",
    "R20": "Eight hours do not fit here; the siege tells memory and descriptors over minutes.",
}
"""Goals, or parts of goals, that nothing is run for, and why."""
