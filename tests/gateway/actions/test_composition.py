import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.actions.base import Allowance, Blurring, Delay, Forward, Trimming
from gateway.actions.composition import together, trimmed_by_both

CAP = st.integers(0, 50)
DIGITS = st.integers(-1, 8)
NOISE = st.floats(0, 5)
BLURRINGS = st.none() | st.builds(
    Blurring, digits=DIGITS, noise=NOISE, embedding_digits=DIGITS, embedding_noise=NOISE, key=st.just(b"")
)
TRIMMINGS = st.builds(
    Trimming,
    logprobs=st.booleans(),
    alternatives=CAP,
    samples=CAP,
    max_tokens=CAP,
    reasoning=st.booleans(),
    reasoning_budget=CAP,
    reasoning_excerpt=st.just(0),
    blur=BLURRINGS,
    model=st.just(""),
    model_shown=st.just(""),
    members=st.just({}),
)
CAPS = ("alternatives", "samples", "max_tokens", "reasoning_budget")


def test_nothing_is_the_union_of_nothing() -> None:
    assert together([]) == Forward()


@given(a=TRIMMINGS, b=TRIMMINGS, c=TRIMMINGS)
def test_what_is_taken_out_does_not_depend_on_the_order(a: Trimming, b: Trimming, c: Trimming) -> None:
    assert trimmed_by_both(a, b) == trimmed_by_both(b, a)
    assert trimmed_by_both(trimmed_by_both(a, b), c) == trimmed_by_both(a, trimmed_by_both(b, c))


@given(a=TRIMMINGS, b=TRIMMINGS)
def test_a_second_decision_never_gives_back_what_one_takes(a: Trimming, b: Trimming) -> None:
    both = trimmed_by_both(a, b)
    assert both.logprobs >= a.logprobs
    assert both.reasoning >= a.reasoning
    for cap in CAPS:
        mine, ours = getattr(a, cap), getattr(both, cap)
        assert not mine or 0 < ours <= mine
    if a.blur:
        assert both.blur
        assert both.blur.noise >= a.blur.noise
        assert both.blur.embedding_noise >= a.blur.embedding_noise
        assert a.blur.digits < 0 or 0 <= both.blur.digits <= a.blur.digits


def test_an_excerpt_stays_only_where_nobody_takes_all_reasoning_out() -> None:
    excerpt, whole, none = Trimming(reasoning=True, reasoning_excerpt=90), Trimming(reasoning=True), Trimming(samples=1)
    assert trimmed_by_both(excerpt, none).reasoning_excerpt == 90
    assert trimmed_by_both(excerpt, whole).reasoning_excerpt == 0
    assert trimmed_by_both(excerpt, msgspec.structs.replace(excerpt, reasoning_excerpt=40)).reasoning_excerpt == 40


def test_tags_of_one_header_stand_side_by_side_the_strictest_first() -> None:
    union = together([Forward(tags=(("x-a", "1"),)), Forward(tags=(("x-b", "2"), ("x-a", "3"))), Forward()])
    assert union.tags == (("x-a", "1, 3"), ("x-b", "2"))


def test_of_two_delays_each_part_is_the_harder() -> None:
    one = Delay(before=5, between=0, most=20, seats=10, when_full="pass")
    two = Delay(before=1, between=0.5, most=60, seats=50, when_full="deny")
    worst = Delay(before=5, between=0.5, most=60, seats=10, when_full="deny")
    assert together([Forward(delay=one), Forward(delay=two)]).delay == worst
    assert together([Forward(delay=two), Forward(), Forward(delay=one)]).delay == worst


def test_the_strictest_that_names_a_model_says_where_a_query_goes() -> None:
    small = Forward(trimming=Trimming(model="small", model_shown="big"))
    tiny = Forward(trimming=Trimming(model="tiny", samples=1), route="spare")
    union = together([Forward(trimming=Trimming(samples=3)), small, tiny])
    assert (union.trimming.model, union.trimming.model_shown, union.trimming.samples) == ("small", "big", 1)
    assert union.route == ""  # the route belongs to the other's model
    assert together([Forward(trimming=Trimming(samples=3)), tiny]).route == "spare"


def test_a_trim_and_a_throttle_are_both_carried_out() -> None:
    told = (Allowance(meter="requests", allowed=True, limit=6, remaining=5),)
    union = together([Forward(told=told), Forward(trimming=Trimming(logprobs=True))])
    assert union == Forward(told=told, trimming=Trimming(logprobs=True))
