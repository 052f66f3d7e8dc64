"""What tests from end to end share: two nodes that run, for those that leave them well."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.nodes import Node, found, running


@pytest.fixture(scope="session")
def running_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Node]]:
    """Two running nodes. Tests share their record: each looks for what it said itself."""
    alpha, bravo = found(tmp_path_factory.mktemp("shared"))
    with running(alpha, bravo):
        yield alpha, bravo
