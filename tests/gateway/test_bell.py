import asyncio

import pytest

from gateway.bell import Bell


async def wait(bell: Bell, heard: list[str]) -> None:
    await bell
    heard.append("rung")


async def waiting(bell: Bell, heard: list[str]) -> asyncio.Future[None]:
    task = asyncio.ensure_future(wait(bell, heard))
    await asyncio.sleep(0)
    return task


async def test_a_ring_resumes_the_task_that_waits() -> None:
    bell, heard = Bell(asyncio.get_running_loop()), list[str]()
    task = await waiting(bell, heard)
    asyncio.get_running_loop().call_soon(bell.ring)
    await task
    assert heard == ["rung"]


async def test_many_bells_rung_together_wake_everybody_in_order() -> None:
    loop, heard = asyncio.get_running_loop(), list[int]()

    async def note(bell: Bell, number: int) -> None:
        await bell
        heard.append(number)

    bells = [Bell(loop) for _ in range(5)]
    tasks = [asyncio.ensure_future(note(bell, number)) for number, bell in enumerate(bells)]
    await asyncio.sleep(0)
    for bell in bells:
        bell.ring()
        bell.ring()
    await asyncio.gather(*tasks)
    assert heard == [0, 1, 2, 3, 4]


async def test_a_ring_that_nobody_waits_for_is_lost() -> None:
    bell, heard = Bell(asyncio.get_running_loop()), list[str]()
    bell.ring()
    task = await waiting(bell, heard)
    await asyncio.sleep(0)
    assert not task.done()
    bell.ring()
    await task


async def test_a_bell_serves_one_wait_after_another() -> None:
    bell, heard = Bell(asyncio.get_running_loop()), list[str]()
    for _ in range(3):
        task = await waiting(bell, heard)
        bell.ring()
        await task
    assert heard == ["rung"] * 3


async def test_a_task_that_waits_can_be_cancelled_with_a_message() -> None:
    bell, heard = Bell(asyncio.get_running_loop()), list[str]()
    task = await waiting(bell, heard)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.args == ("enough",)
    assert heard == []
    again = await waiting(bell, heard)
    bell.ring()
    await again
    assert heard == ["rung"]


async def test_a_timeout_ends_a_wait() -> None:
    bell = Bell(asyncio.get_running_loop())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await bell
