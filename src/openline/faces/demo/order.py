"""x."""

from pathlib import Path

from openline.faces.demo.stage import Plot


def plot(file: Path | None) -> Plot:
    """x."""
    raise NotImplementedError
