"""Random bytes from the operating system: salts and nonces of a real node."""

import os


class SystemChance:
    """The `Chance` of a real node."""

    def bytes(self, count: int) -> bytes:
        """So many fresh random bytes, from the kernel."""
        return os.urandom(count)
