"""pyHanko's coroutines from plain code, wherever it runs."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def finished(coroutine: Coroutine) -> Any:
    """Run a coroutine to its end and return its result.

    A thread that already has a running loop, as under an asynchronous server, lends the work to another thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
