"""Cuts a stream into rows, for the formats that have one message in each."""

from openline.adapters.surveillance.feed import Tally
from openline.adapters.surveillance.refusal import Fault, Undecodable


class RowCutter:
    """Rows of one stream, without their ends; a row that is too long is refused.

    Args:
        size_bytes_max: Of a row; so much and one chunk is all that is ever held.
        tally: Where refusals are counted.
    """

    def __init__(self, size_bytes_max: int, tally: Tally) -> None:
        self._size_bytes_max = size_bytes_max
        self._tally = tally
        self._held = b""
        self._is_skipping = False

    def cut(self, data: bytes) -> list[bytes]:
        """The rows that the bytes complete, empty ones left out."""
        *ended, rest = (self._held + data).split(b"\n")
        rows = []
        for row in ended:
            if self._is_skipping:
                self._is_skipping = False
            elif len(row) > self._size_bytes_max:
                self._refuse_long()
            elif stripped := row.strip(b"\r \t"):
                rows.append(stripped)
        if self._is_skipping:
            rest = b""
        elif len(rest) > self._size_bytes_max:
            self._refuse_long()
            self._is_skipping, rest = True, b""
        self._held = rest
        return rows

    def end(self) -> None:
        """Refuse a row that has no end."""
        if self._held.strip():
            self._tally.refuse(Undecodable(Fault.CUT, f"{len(self._held)} bytes of a row"))
        self._held, self._is_skipping = b"", False

    def _refuse_long(self) -> None:
        self._tally.refuse(
            Undecodable(Fault.TOO_LONG, f"a row of more than {self._size_bytes_max} bytes")
        )
