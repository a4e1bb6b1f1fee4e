"""What the relay's tests share."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from tests.gateway.relay.kit import Gateway, Model, gateway


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on the event loop that the product runs on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    async with Model().running() as running:
        yield running


@pytest.fixture
async def relay(model: Model) -> AsyncIterator[Gateway]:
    async with gateway(f"http://127.0.0.1:{model.port}") as running:
        yield running
