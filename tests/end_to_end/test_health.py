"""Real nodes are asked how they are, over their health ports."""

import http.client
import json
from pathlib import Path

from tests.end_to_end.nodes import Node, ending, found, start, wait_until, wait_up
from tests.ports import free_ports


def ask(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def give_port(node: Node) -> int:
    """Open the health port of a node that does not run, and have its log in JSON."""
    [port] = free_ports(1)
    settings = node.directory / "node.toml"
    text = settings.read_text().replace('# log_format = "json"', 'log_format = "json"')
    settings.write_text(f'{text}\n[health]\nlisten = "127.0.0.1:{port}"\n')
    return port


def test_monitors_see_a_dead_line_and_no_words_of_people(tmp_path: Path) -> None:
    """A line whose counterpart died is not proven; neither metrics nor log hold what was said."""
    alpha, bravo = nodes = found(tmp_path)
    port = give_port(alpha)
    with ending(*nodes):
        start(*nodes)
        wait_up(*nodes)
        alpha.deliver("The unspeakable sentence.")
        bravo.deliver("The unspeakable sentence.")
        assert ask(port, "/livez")[0] == 200
        assert ask(port, "/readyz")[0] == 200
        wait_until(lambda: ask(port, "/linez")[0] == 200, "the line is proven")
        bravo.kill()
        wait_until(lambda: ask(port, f"/linez/{alpha.line}")[0] == 503, "the line is dead")
        assert ask(port, "/livez")[0] == 200
        metrics = ask(port, "/metrics")[1].decode()
        assert 'openline_line_proven{line="syria-air"} 0.0' in metrics
        assert alpha.stop() == 0
    rows = [json.loads(row) for row in alpha.log().splitlines()]
    assert any("is up at" in row["what"] for row in rows)
    for text in (metrics, alpha.log()):
        assert "unspeakable" not in text
        assert "duty officer" not in text
