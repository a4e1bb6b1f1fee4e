import pytest

from gateway.actions.base import Allowance, Charge, Forward, Refuse
from gateway.actions.throttle import Throttle
from gateway.exchange import Glance, Usage

BOTH = Throttle(requests_per_minute=6, tokens_per_minute=600, burst_seconds=60, estimate=100)


class Meter:
    """A cell rate meter in a few lines, to let the throttle run against."""

    def __init__(self) -> None:
        self.level = 0.0
        self.seen = 0.0

    def take(self, charge: Charge, at: float) -> Allowance:
        self.level = max(0.0, self.level - (at - self.seen) * charge.rate)
        self.seen = at
        allowed = self.level + charge.amount <= charge.burst + 1e-9
        self.level += charge.amount if allowed else 0.0
        return Allowance(meter=charge.meter, allowed=allowed, limit=charge.burst, remaining=charge.burst - self.level)


def tokens(charges: tuple[Charge, ...]) -> float:
    return sum(charge.amount for charge in charges if charge.meter == "tokens")


def served(throttle: Throttle, glance: Glance, used: int, minutes: int) -> int:
    """Ask once a second; return the tokens served."""
    meter, total = Meter(), 0
    for second in range(60 * minutes):
        (charge,) = throttle.charges(glance)
        if isinstance(throttle.admit(glance, [meter.take(charge, second)]), Forward):
            total += used
            meter.level += tokens(throttle.settle(glance, Usage(completion_tokens=used)))
    return total


def test_one_request_and_the_estimate_are_charged() -> None:
    assert BOTH.charges(Glance()) == (
        Charge(meter="requests", amount=1, rate=0.1, burst=6),
        Charge(meter="tokens", amount=100, rate=10, burst=600),
    )


@pytest.mark.parametrize(
    ("glance", "reserved"),
    [
        (Glance(max_tokens=40), 40),
        (Glance(max_tokens=40, samples=4), 160),
        (Glance(samples=3), 300),
        (Glance(max_tokens=10**9), 600),
        (Glance(samples=10**9), 600),
        (Glance(max_tokens=-5, samples=-5), 100),
    ],
)
def test_the_reservation_follows_the_query_up_to_the_burst(glance: Glance, reserved: float) -> None:
    assert tokens(BOTH.charges(glance)) == reserved


def test_what_is_trimmed_is_not_reserved() -> None:
    trimming = Throttle(tokens_per_minute=6000, max_tokens=50, samples=1, logprobs=True, reasoning=True)
    assert tokens(trimming.charges(Glance(max_tokens=4000, samples=8))) == 50
    admitted = trimming.admit(Glance(), ())
    assert isinstance(admitted, Forward)
    assert admitted.trimming.samples == 1
    assert admitted.trimming.max_tokens == 50
    assert admitted.trimming.logprobs
    assert admitted.trimming.reasoning


def test_the_settlement_gives_back_or_takes_the_rest() -> None:
    assert tokens(BOTH.settle(Glance(), Usage(completion_tokens=30))) == -70
    assert tokens(BOTH.settle(Glance(), Usage(completion_tokens=1000))) == 900
    assert BOTH.settle(Glance(), Usage(completion_tokens=100)) == ()


def test_hanging_up_before_the_count_is_not_free() -> None:
    assert BOTH.settle(Glance(), Usage()) == ()


def test_what_was_not_served_is_given_back_and_the_request_still_counts() -> None:
    (correction,) = BOTH.settle(Glance(max_tokens=40), None)
    assert (correction.meter, correction.amount) == ("tokens", -40)
    assert Throttle(requests_per_minute=1).settle(Glance(), None) == ()


def test_only_the_meters_that_are_set_are_asked() -> None:
    assert [c.meter for c in Throttle(requests_per_minute=1).charges(Glance())] == ["requests"]
    assert [c.meter for c in Throttle(tokens_per_minute=1).charges(Glance())] == ["tokens"]
    assert Throttle(requests_per_minute=1).settle(Glance(), Usage(completion_tokens=9)) == ()


def test_a_refusal_names_the_longest_wait() -> None:
    refusal = BOTH.admit(
        Glance(),
        [
            Allowance(meter="requests", allowed=False, limit=6, remaining=0, retry_after=4, reset=60),
            Allowance(meter="tokens", allowed=False, limit=600, remaining=-40, retry_after=14, reset=64),
        ],
    )
    assert isinstance(refusal, Refuse)
    assert (refusal.kind, refusal.meter, refusal.retry_after) == ("throttled", "tokens", 14)
    assert (refusal.limit, refusal.remaining, refusal.reset) == (600, 0, 64)


@pytest.mark.parametrize("glance", [Glance(), Glance(max_tokens=1), Glance(max_tokens=5000)])
@pytest.mark.parametrize("used", [20, 100, 900])
def test_the_long_run_rate_holds_whatever_the_client_declares(glance: Glance, used: int) -> None:
    throttle = Throttle(tokens_per_minute=600, burst_seconds=60, estimate=100)
    most = 600 * 60 + 600 + used  # an hour's worth, the burst, and the answer under way
    assert 0.5 * 600 * 60 <= served(throttle, glance, used, minutes=60) <= most


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "is needed"),
        ({"requests_per_minute": -1.0}, "^requests_per_minute: "),
        ({"tokens_per_minute": -1.0}, "^tokens_per_minute: "),
        ({"requests_per_minute": 1.0, "burst_seconds": 0.0}, "^burst_seconds: "),
        ({"requests_per_minute": 1.0, "estimate": 0}, "^estimate: "),
        ({"requests_per_minute": 1.0, "samples": -1}, "^samples: "),
    ],
)
def test_parameters_that_mean_nothing_are_refused(parameters: dict[str, float], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Throttle(**parameters)  # type: ignore[arg-type]  # the table mixes whole numbers and fractions


def test_every_meter_is_charged_that_is_set() -> None:
    every = Throttle(
        requests_per_minute=6, tokens_per_minute=600, input_tokens_per_minute=1200, concurrent=3, payloads_per_day=100
    )
    charges = {charge.meter: charge for charge in every.charges(Glance(body_bytes=400))}
    assert set(charges) == {"requests", "tokens", "input_tokens", "slots", "payloads"}
    assert charges["input_tokens"].amount == 100
    assert (charges["slots"].amount, charges["slots"].burst, charges["slots"].lease) == (1, 3, 3600)
    assert (charges["payloads"].distinct, charges["payloads"].burst) == (True, 100)


@pytest.mark.parametrize("usage", [None, Usage(), Usage(prompt_tokens=7, completion_tokens=9)])
def test_a_slot_is_given_back_however_it_ends(usage: Usage | None) -> None:
    (correction,) = Throttle(concurrent=2).settle(Glance(), usage)
    assert (correction.meter, correction.amount) == ("slots", -1)


@pytest.mark.parametrize(
    ("usage", "beyond"), [(None, -100), (Usage(), 0), (Usage(prompt_tokens=40), -60), (Usage(prompt_tokens=300), 200)]
)
def test_tokens_of_queries_are_settled_by_what_the_model_counted(usage: Usage | None, beyond: float) -> None:
    settled = Throttle(input_tokens_per_minute=6000).settle(Glance(body_bytes=400), usage)
    assert sum(correction.amount for correction in settled) == beyond


def test_what_is_left_is_told_with_its_window_and_can_be_kept_quiet() -> None:
    left = Allowance(meter="requests", allowed=True, limit=6, remaining=-0.5, reset=60)
    told = BOTH.admit(Glance(), [left])
    assert isinstance(told, Forward)
    assert told.told == (Allowance(meter="requests", allowed=True, limit=6, remaining=0, reset=60, window=60),)
    quiet = Throttle(requests_per_minute=6, headers=False).admit(Glance(), [left])
    assert quiet == Forward()
