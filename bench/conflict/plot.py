"""How cost grows from ten thousand volumes to a million: one picture from one file of numbers."""

import json
from pathlib import Path
from typing import Any

NAME = "conflict-cost"

# Colours that are told apart by most eyes, and a marker for those who see none.
_STYLES = {
    "openline (numpy)": ("#0072b2", "o", "-"),
    "openline (numba)": ("#000000", "s", "-"),
    "PostGIS by the manual": ("#d55e00", "^", "--"),
    "PostGIS at its best": ("#e69f00", "v", "--"),
    "SQLite R*Tree": ("#009e73", "D", ":"),
    "rtree": ("#cc79a7", "P", ":"),
    "shapely STRtree": ("#56b4e9", "X", ":"),
}
_PANELS = (
    ("p50_us", "median query (µs)"),
    ("p99_us", "99 of 100 queries within (µs)"),
    ("build_s", "build (s)"),
    ("memory_mb", "memory (MB)"),
)


def save(numbers: dict[str, Any], directory: Path) -> None:
    """Write the numbers as JSON, and the picture as PNG and SVG."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{NAME}.json"
    path.write_text(json.dumps(numbers, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draw(path)


def draw(path: Path) -> None:
    """Draw the numbers of this file beside it; the same file gives the same picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    numbers = json.loads(path.read_text(encoding="utf-8"))
    settings = {
        "svg.hashsalt": NAME,
        "svg.fonttype": "path",
        "font.family": "DejaVu Sans",
        "font.size": 9,
    }
    with pyplot.rc_context({**matplotlib.rcParamsDefault, **settings}):
        figure, axes = pyplot.subplots(2, 2, figsize=(10, 7.6), layout="constrained")
        for axis, (measured, label) in zip(axes.flat, _PANELS, strict=True):
            _panel(axis, numbers["sizes"], measured, label)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
        figure.suptitle(
            "All conflicts of one new volume among so many: 5 NM, 300 m, 10 min", fontsize=11
        )
        figure.savefig(path.with_suffix(".png"), dpi=88, metadata={"Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
        pyplot.close(figure)


def _panel(axis: Any, sizes: dict[str, Any], measured: str, label: str) -> None:
    for name, (colour, marker, dashes) in _STYLES.items():
        points = [
            (int(size), engines["engines"][name][measured])
            for size, engines in sorted(sizes.items(), key=lambda item: int(item[0]))
            if name in engines["engines"]
        ]
        if points:
            counts, values = zip(*points, strict=True)
            axis.plot(
                counts, values, dashes, color=colour, marker=marker, markersize=4, label=name
            )  # fmt: skip
    axis.set(xscale="log", yscale="log", xlabel="volumes", ylabel=label)
    axis.grid(True, which="major", linewidth=0.4, alpha=0.5)
