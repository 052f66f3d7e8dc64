"""All watched folders of one running node, as its settings name them."""

from collections.abc import Callable

from openline.app.beside import Beside
from openline.app.config import Config
from openline.app.folders.read_before import ReadBefore
from openline.app.folders.watching import Drafting, FolderWatch


def folders_of(node: Drafting, config: Config, now_ms: Callable[[], int]) -> Beside:
    """The watched folders of a node.

    Args:
        node: The running node.
        config: Its settings.
        now_ms: The clock.
    """
    return Beside(
        "folder",
        [
            FolderWatch(
                node,
                folder,
                (config.post, f"folder {folder.name}"),
                config.language,
                ReadBefore(config.folder_states / f"{folder.name}.json"),
                now_ms,
            )
            for folder in config.folders
        ],
    )
