"""Policies are taken when their file changes, on SIGHUP and when the admin API is asked; a bad one never is."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.whole.conftest import Start
from tests.whole.kit import WATCHING, Client, Whole, chat, get, until

BAD = "policy: watching\nmode: shadow\nrungs:\n  - {rule: notice, one_in: 1e3, action: frown, for: 1h}\n"
OTHER = WATCHING.replace("1e3", "1e4")


def replace(whole: Whole, text: str) -> None:
    """Put another file in the place of the policy, at once, as editors and deployments do."""
    aside = whole.policy.with_suffix(".new")
    aside.write_text(text)
    aside.replace(whole.policy)


def taken(whole: Whole) -> int:
    return len(whole.logged("policies taken"))


@contextmanager
def traffic(whole: Whole) -> Iterator[list[int]]:
    """Ask again and again beside the block; give the statuses of the answers."""
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        client = Client(whole.url)
        while not over.wait(0.01):
            statuses.append(client.ask("sk-reader", chat("Hello.")).status)
        client.close()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield statuses
    finally:
        over.set()
        asking.join()


def test_a_bad_policy_is_refused_with_line_and_column_and_a_good_one_is_taken(start: Start) -> None:
    whole = start()
    until(lambda: whole.metric("config_last_reload_successful") == 1, "the first policies are taken")
    began = whole.metric("config_last_reload_success_timestamp_seconds")
    with traffic(whole) as statuses:
        until(lambda: len(statuses) > 10, "traffic flows")
        replace(whole, BAD)
        (refused,) = until(lambda: whole.logged("the old policies stay"), "the bad policy is seen")
        until(lambda: whole.metric("config_last_reload_successful") == 0, "the metric says so")
        assert re.search(r"policy\.yaml:4:\d+: rungs\[0\]\.action: .*frown", refused["fault"])
        assert refused["level"] == "error"
        assert whole.metric("config_last_reload_success_timestamp_seconds") == began
        so_far = len(statuses)
        until(lambda: len(statuses) > so_far + 10, "traffic flows as before")

        replace(whole, OTHER)
        until(lambda: taken(whole), "the good policy is taken")
        until(lambda: whole.metric("config_last_reload_successful") == 1, "the metric says so")
        assert whole.metric("config_last_reload_success_timestamp_seconds") > began
    assert set(statuses) == {200}
    whole.settled(len(statuses))
    assert whole.cases()[whole.key("sk-reader")].exchanges == len(statuses)


@pytest.mark.parametrize("way", ["SIGHUP", "admin"])
def test_policies_are_read_again_when_asked_to(start: Start, way: str) -> None:
    whole = start()
    until(lambda: whole.metric("config_last_reload_successful") == 1, "the analyst is at work")
    assert taken(whole) == 0
    if way == "SIGHUP":
        whole.process.send_signal(signal.SIGHUP)
    else:
        assert get(f"{whole.admin}/-/reload", "POST").status == 202
    until(lambda: taken(whole) == 1, "the policies are read again")


def test_an_analyst_that_dies_over_a_bad_policy_works_on_with_the_last_good_one(start: Start) -> None:
    whole = start()
    until(lambda: whole.metric("config_last_reload_successful") == 1, "the analyst is at work")
    replace(whole, BAD)
    until(lambda: whole.logged("the old policies stay"), "the bad policy is seen")
    whole.kill("analyst")
    client = Client(whole.url)
    assert client.ask("sk-reader", chat("Hello.")).status == 200
    until(lambda: whole.key("sk-reader") in whole.cases(), "the new analyst folds", 15.0)
    until(lambda: whole.metric("config_last_reload_successful") == 0, "the metric still says what is wrong")
    client.close()
