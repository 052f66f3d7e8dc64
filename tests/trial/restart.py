"""How long a large store takes to start from and to verify, as `bench` measures it."""

import json
import tempfile
from pathlib import Path

from bench import restart
from tests.trial.measured import Measured


def main() -> None:
    """Measure, and print a row for each number."""
    with tempfile.TemporaryDirectory(prefix="openline-restart-") as place:
        for row in restart.measure(Path(place), is_quick=False):
            print(json.dumps(Measured("R14", row.name, row.value, row.unit).to_json()))
            missed = Measured("R14", f"{row.name}: misses {row.goal}", row.holds is False, limit=0)
            if row.holds is not None:
                print(json.dumps(missed.to_json()))


if __name__ == "__main__":
    main()
