import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from gateway.config import Listen, Timeouts
from tests.gateway.relay.kit import Model, gateway
from tests.gateway.relay.raw import CHAT, Client, chunk, client, plain, request, until


async def test_draining_lets_an_open_exchange_end_and_takes_no_new_ones(model: Model) -> None:
    go = asyncio.Event()

    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        writer.write(plain(b"{}"))

    model.script = script
    listen = Listen.model_validate({"drain": "5s"})
    async with (
        gateway(f"http://127.0.0.1:{model.port}", listen=listen) as relay,
        client(relay.port) as idle,
        client(relay.port) as caller,
    ):
        await caller.send(request())
        await asked(model)
        relay.stop.set()
        assert await idle.closed()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", relay.port)
        go.set()
        answer = await caller.answer()
        assert (answer.status, answer.one(b"connection")) == (200, b"close")


async def test_what_outlasts_the_drain_is_cut_and_settled_as_incomplete(model: Model) -> None:
    async def script(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk(b"begun"))
        await asyncio.sleep(60)

    model.script = script
    listen = Listen.model_validate({"drain": "100ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", listen=listen) as relay, client(relay.port) as caller:
        await caller.send(request())
        await asked(model)
        relay.stop.set()
        answer = await caller.answer()
        assert (answer.body, answer.whole) == (b"begun", False)
        entry = await relay.settled()
        assert (entry.complete, entry.response) == (False, b"begun")


async def asked(model: Model) -> None:
    await until(lambda: model.seen)


async def test_clients_can_come_over_tls(model: Model, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    files = {"tls_certificate": tmp_path / "cert.pem", "tls_key": tmp_path / "key.pem"}
    listen = Listen.model_validate({**files, "drain": "100ms"})
    async with gateway(f"http://127.0.0.1:{model.port}", listen=listen, timeouts=Timeouts()) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port, ssl=context)
        caller = Client(reader, writer)
        for _ in range(2):
            await caller.send(request())
            assert (await caller.answer()).status == 200
        writer.close()
    assert model.seen[0].all(b"x-forwarded-proto") == [b"https"]
    assert model.seen[0].body == CHAT
