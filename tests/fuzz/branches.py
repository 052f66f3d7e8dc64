"""Inputs that reach new branches of one decoder, looked for in a process of its own.

`python -m tests.fuzz.branches TARGET SECONDS SEED DIRECTORY`, as `python -m tests.fuzz` runs it:
atheris changes what reached a new branch before, beginning with whole inputs. Only a typed error
may come out of a decoder; anything else ends the run with the input, in base64. It is an extra of
its own (`fuzz`), and imported here only when a run begins.
"""

import contextlib
import hashlib
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

SAMPLES: Final = Path(__file__).parents[1] / "adapters" / "geofiles" / "samples"
INPUT_SIZE_BYTES_MAX: Final = 8_192

TARGETS: Final = ("frames", "envelopes", "certificates", "contradictions", "geofiles")


def target(name: str) -> Callable[[bytes], object]:
    """What takes the bytes of a target."""
    module, called = {
        "frames": ("tests.fuzz.door", "frame"),
        "envelopes": ("openline.domain.record.envelope", "parse_envelope"),
        "certificates": ("openline.domain.record.verification", "verify_certificate"),
        "contradictions": ("tests.fuzz.forks", "judge_pair"),
        "geofiles": ("openline.adapters.geofiles", "read_data"),
    }[name]
    take: Callable[..., object] = getattr(importlib.import_module(module), called)
    if name == "certificates":
        return lambda data: take(data + hashlib.sha256(data).digest())
    return (lambda data: take(data, "file")) if name == "geofiles" else take


def seeds(name: str) -> list[bytes]:
    """Whole inputs of a target."""
    from openline.engine.frames import Entries, decode_frame
    from tests.fuzz.corpora import real_frames
    from tests.fuzz.forks import pairs
    from tests.fuzz.mutations import certificates

    frames = list(real_frames())
    if name == "frames":
        return frames
    if name == "envelopes":
        found = [decode_frame(one) for one in frames]
        return [entry.raw for one in found if isinstance(one, Entries) for entry in one.entries]
    if name == "certificates":
        return [file[:-32] for file in certificates().values()]
    if name == "contradictions":
        return pairs()
    return [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.is_file()]


def run(name: str, seconds: int, seed: int, directory: Path) -> None:
    """Look for new branches until the time is over; ends the process."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["openline"]):
        from openline.domain.errors import OurError, TheirError

        take = target(name)
    for number, one in enumerate(seeds(name)):
        (directory / f"{number}").write_bytes(one)

    def once(data: bytes) -> None:
        with contextlib.suppress(OurError, TheirError):
            take(data)

    flags = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={INPUT_SIZE_BYTES_MAX}"]
    atheris.Setup(["branches", *flags, f"-artifact_prefix={directory}/", str(directory)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    # The run ends the process, so nothing after it would take the directory away.
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
