import hmac
import json
from collections.abc import Iterator
from hashlib import sha256

import pytest

from gateway.decisions import Subject
from gateway.verification.attestation import Attestation
from gateway.verification.webhook import WebhookError, Word, ask
from tests.gateway.verification.hooked import Hook, hooked

ONE = Attestation(
    id="att_1", decision="dec_1", subject=Subject("key", "k"), at=100.0, name="A", contact="a@b.c", purpose="chat"
)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as running:
        yield running


def test_it_is_told_all_and_can_check_who_says_so(hook: Hook) -> None:
    assert ask(hook.url, ONE, b"key") == Word("wait")
    ((signature, body),) = hook.heard
    assert hmac.compare_digest(signature, hmac.new(b"key", body, sha256).hexdigest())
    assert json.loads(body)["purpose"] == "chat"


@pytest.mark.parametrize(
    ("says", "word"),
    [
        (b'{"verdict":"approve","days":7}', Word("approve", 7)),
        (b'{"verdict":"refuse"}', Word("refuse")),
        (b'{"other":1}', Word()),
        (b" ", Word()),
    ],
)
def test_its_word_is_taken(hook: Hook, says: bytes, word: Word) -> None:
    hook.says = says
    assert ask(hook.url, ONE, b"key") == word


@pytest.mark.parametrize(
    ("status", "says"), [(500, b"{}"), (302, b""), (200, b"<html>"), (200, b'{"verdict":"perhaps"}')]
)
def test_what_is_no_word_is_an_error(hook: Hook, status: int, says: bytes) -> None:
    hook.status, hook.says = status, says
    with pytest.raises(WebhookError):
        ask(hook.url, ONE, b"key")


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(WebhookError):
        ask("http://127.0.0.1:9/none", ONE, b"key")
