"""Sealing and checking work wherever they are called: also in a thread whose event loop is running."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from applications.sealing.loops import finished


async def _answer():
    await asyncio.sleep(0)
    return 42


async def _fails():
    raise ValueError("no")


def test_a_coroutine_is_finished_in_plain_code_and_beside_a_running_loop():
    async def beside(make):
        return finished(make())

    assert finished(_answer()) == 42
    # In a thread of its own: a browser test before this one leaves its loop running in the main thread.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(beside(_answer))).result() == 42
        with pytest.raises(ValueError, match="no"):
            pool.submit(lambda: asyncio.run(beside(_fails))).result()
