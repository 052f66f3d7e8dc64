"""The machine that was measured, in a few words."""

import os
import platform
import sys
from pathlib import Path


def describe() -> dict[str, object]:
    """Processor, cores, memory, system, interpreter and load at the start."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": sys.version.split()[0],
        "load_1min": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        rows = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def resident_mb(pid: int | None = None) -> float:
    """Resident memory of a process, in megabytes of 10^6 bytes."""
    pages = int(Path(f"/proc/{pid or os.getpid()}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
