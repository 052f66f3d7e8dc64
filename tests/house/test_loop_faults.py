"""The suite notices what asyncio alone would only write to its log."""

import asyncio
from typing import Any


async def test_an_exception_in_a_callback_is_noticed(loop_faults: list[dict[str, Any]]) -> None:
    """An exception that a callback raises reaches the list that fails the running test."""

    def fail() -> None:
        raise ValueError("on purpose")

    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    noticed = [str(context.get("exception")) for context in loop_faults]
    loop_faults.clear()
    assert noticed == ["on purpose"]
