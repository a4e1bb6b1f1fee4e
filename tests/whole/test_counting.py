"""Every exchange is counted once, whatever process carried it, and no series, file or line tells whose it was."""

import random
from collections.abc import Iterator, Mapping

import pytest

from gateway.demo.model import WRONG_KEY
from tests.whole.conftest import Start
from tests.whole.flooding import flood
from tests.whole.kit import CHAT, PATIENCE, Client, Whole, chat, one_client_each, until

MARK = "a-kingfisher-over-slate"
# Methods and paths that some client sends one day; {} is different each time.
ODD = (
    ("POST", CHAT), ("POST", CHAT + "/{}"), ("GET", "/v1/models/{}"), ("GET", "/{}"), ("DELETE", "/v1/files/{}"),
    ("POST", "/v1/{}?key={}"), ("PUT", "/%2e%2e/{}"), ("POST", "/v1beta/models/{}:generateContent"),
    ("OPTIONS", CHAT + "?x={}"), ("PATCH", "//{}//"), ("POST", "/v1/messages/{}"), ("HEAD", "/v1/models?{}"),
)  # fmt: skip


@pytest.fixture
def dice() -> random.Random:
    return random.Random(7)


def odd_exchanges(client: Client, dice: random.Random, times: int) -> int:
    asked = 0
    for _ in range(times):
        for method, path in ODD:
            name = f"{MARK}-{dice.randrange(10**12)}"
            body = chat(name, user=name, model=name) if method in {"POST", "PUT", "PATCH"} else b""
            answer = client.ask(f"sk-{name}", body, path.format(name, name), method, {"x-client": name})
            assert answer.whole
            asked += 1
    return asked


def exchange_series(whole: Whole) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return every series that an exchange can add to, by name and labels."""
    kinds = ("stillguard_requests", "stillguard_errors", "stillguard_upstream", "stillguard_tokens", "stillguard_over")
    return sorted((s.name, tuple(sorted(s.labels.items()))) for s in whole.samples() if s.name.startswith(kinds))


def labels(whole: Whole) -> Iterator[Mapping[str, str]]:
    return (sample.labels for sample in whole.samples())


def test_two_proxies_serve_their_counts_add_up_and_no_label_tells_whose_they_were(
    start: Start, dice: random.Random
) -> None:
    whole = start(workers=2)
    with one_client_each(whole) as clients:
        assert len(clients) == 2
        asked = len(clients) + sum(odd_exchanges(client, dice, 3) for client in clients)
        whole.settled(asked)
        before = exchange_series(whole)
        asked += sum(odd_exchanges(client, dice, 20) for client in clients)
        whole.settled(asked)
    assert exchange_series(whole) == before
    for given in labels(whole):
        assert not any(MARK in value or "/" in value or "sk-" in value for value in given.values()), given
    counters = list((whole.data / "metrics").glob("counter_*.db"))
    assert len(counters) == 5  # two proxies, the analyst, the linker, the admin server


def test_an_exchange_that_the_model_did_not_authorise_builds_no_case(start: Start) -> None:
    whole = start()
    client = Client(whole.url)
    assert client.ask(WRONG_KEY, chat("May I?")).status == 401
    strangers = (f"sk-stranger-{i}" for i in range(1000))
    assert flood(whole.url, strangers, chat("May I?"), "x-model-script: status=401\r\n") == 0
    whole.settled(1001)
    assert whole.metric("requests_total", code="401") == 1001
    assert whole.cases() == {}
    assert whole.metric("journal_appended_total") == 0

    assert client.ask("sk-known", chat("May I?")).status == 200
    whole.settled(1002)
    assert {subject.scope for subject in whole.cases()} == {"key", "network"}
    client.close()


def test_prompts_and_keys_are_in_no_file_after_folding_and_in_no_log_line_ever(start: Start) -> None:
    whole = start(log_level="debug", limits={"body": "64KiB"})
    client = Client(whole.url)
    prompts = [
        chat(f"{MARK} whole"), chat(f"{MARK} streamed", stream=True, user=MARK), f'{{"model": "{MARK}'.encode(),
        chat(MARK * 5000), chat(MARK, model=MARK, max_tokens="many"), chat(MARK, messages=[MARK]),
    ]  # fmt: skip
    scripts = ["", "status=500", "cut-after=1", "error-after=1", "gzip", "status=429"]
    for prompt in prompts:
        for script in scripts:
            client.ask(f"sk-{MARK}", prompt, f"{CHAT}?key={MARK}", headers={"x-model-script": script})
    whole.settled(len(prompts) * len(scripts))
    key = whole.key(f"sk-{MARK}")
    assert whole.cases()[key].exchanges >= 6, "they went through the journal"
    until(lambda: not whole.traces(MARK), "no file holds a prompt or a key", PATIENCE)
    assert whole.process.poll() is None
    whole.command("decisions", "add", *key, "deny").communicate()
    until(lambda: client.ask(f"sk-{MARK}", prompts[0]).status == 403, "the key is denied")
    assert whole.lines
    assert [line for line in whole.lines if MARK in str(line)] == []
    client.close()
