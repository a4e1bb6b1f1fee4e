import base64
import json
import math
import struct
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.actions.base import Blurring, Trimming
from gateway.dialects.blurring import blur_entries, blur_numbers, blur_vector
from gateway.dialects.known import Dialects

LOGPROBS = st.floats(-10_000, 0) | st.sampled_from([0.0, -0.0, -9999.0, -1e-9, -100.0])
PLACES = st.lists(st.tuples(st.text(max_size=4), LOGPROBS), max_size=20)
BLURRINGS = st.builds(
    Blurring,
    digits=st.integers(-1, 8),
    noise=st.floats(0, 5),
    embedding_digits=st.integers(-1, 8),
    embedding_noise=st.floats(0, 0.5),
    key=st.binary(max_size=80),
)
VECTORS = st.lists(st.floats(-10, 10, width=32), max_size=64)
KEYED = Blurring(digits=2, noise=0.3, embedding_digits=3, embedding_noise=0.05, key=b"k" * 32)


def ranked(before: list[float], after: list[float]) -> bool:
    """Whether nothing that was less is more now."""
    order = sorted(range(len(before)), key=before.__getitem__)
    return all(after[a] <= after[b] for a, b in pairwise(order) if before[a] < before[b])


@given(place=PLACES, blur=BLURRINGS)
def test_the_likeliest_token_and_every_ranking_stay(place: list[tuple[str, float]], blur: Blurring) -> None:
    before, after = [value for _, value in place], blur_numbers(place, blur)
    assert ranked(before, after)
    if before:
        assert after[before.index(max(before))] == max(after)


@given(place=PLACES, blur=BLURRINGS)
def test_a_log_probability_stays_one_and_near_what_it_was(place: list[tuple[str, float]], blur: Blurring) -> None:
    for (_, old), new in zip(place, blur_numbers(place, blur), strict=True):
        assert new <= 0
        assert math.copysign(1, new) < 0 or new == 0
        rounding = 0.5 * 10.0**-blur.digits if blur.digits >= 0 else 0.0
        assert abs(new - old) <= blur.noise + rounding + 1e-9


@given(place=PLACES, blur=BLURRINGS)
def test_the_same_numbers_get_the_same_noise(place: list[tuple[str, float]], blur: Blurring) -> None:
    assert blur_numbers(place, blur) == blur_numbers(place, blur)


def test_a_tiny_difference_between_two_runs_tells_nothing_more() -> None:
    apart = [
        abs(blur_numbers([("a", -1.01 - i * 1e-6)], KEYED)[0] - blur_numbers([("a", -1.01)], KEYED)[0])
        for i in range(99)
    ]
    assert max(apart) <= 0.01


def test_another_secret_is_another_noise() -> None:
    place = [(str(i), -0.1 * i - 0.05) for i in range(20)]
    other = Blurring(digits=2, noise=0.3, key=b"other")
    assert blur_numbers(place, KEYED) != blur_numbers(place, other)


def test_a_token_that_cannot_come_stays_so() -> None:
    assert blur_numbers([("a", -0.1), ("b", -9999.0), ("c", math.nan)], KEYED)[1] == -9999.0


def test_what_is_no_number_is_left() -> None:
    entries: list[Any] = [None, 7, {"logprob": None}, {"logprob": True}, {"logprob": "x"}, {}]
    assert not blur_entries(entries, "logprob", ("token",), KEYED)
    assert entries == [None, 7, {"logprob": None}, {"logprob": True}, {"logprob": "x"}, {}]


@given(vector=VECTORS, blur=BLURRINGS)
def test_a_vector_keeps_its_largest_coordinate_and_their_order(vector: list[float], blur: Blurring) -> None:
    assert ranked(vector, blur_vector(vector, blur))


@given(vector=VECTORS.filter(lambda v: math.hypot(*v) > 0.1), share=st.floats(0, 0.5))
def test_a_vector_stays_as_long_as_it_was_and_near_it(vector: list[float], share: float) -> None:
    blurred = blur_vector(vector, Blurring(embedding_noise=share, key=b"k"))
    length = math.hypot(*vector)
    assert math.hypot(*blurred) == pytest.approx(length, rel=1e-6)
    assert math.dist(vector, blurred) <= 2 * share * length + 1e-6


# in the dialects

CHAT = Dialects().find("POST", "/v1/chat/completions", [])
COMPLETIONS = Dialects().find("POST", "/v1/completions", [])
RESPONSES = Dialects().find("POST", "/v1/responses", [])
EMBEDDINGS = Dialects().find("POST", "/v1/embeddings", [])
GEMINI = Dialects().find("POST", "/v1beta/models/m-1:generateContent", [])
GEMINI_EMBED = Dialects().find("POST", "/v1beta/models/m-1:embedContent", [])
BLUR = Trimming(blur=KEYED, alternatives=2)
TOP = [{"token": t, "logprob": p, "bytes": None} for t, p in (("a", -0.1234567), ("b", -2.345678), ("c", -4.1))]
TOKEN = {**TOP[0], "top_logprobs": TOP}


def through(place: Any, body: Any, kind: str = "application/json") -> Any:
    dialect, surface = place
    rewriter = dialect.rewriter(surface, kind, BLUR)
    raw = json.dumps(body).encode()
    if kind == "application/json":
        return json.loads(rewriter.feed(raw[:9]) + rewriter.feed(raw[9:]) + rewriter.finish())
    out = rewriter.feed(b"data: " + raw + b"\n\n") + rewriter.finish()
    return json.loads(out.removeprefix(b"data: "))


def coarse(token: Any, value: str = "logprob") -> None:
    shown = token[value]
    assert shown == round(shown, 2)
    assert shown != TOP[0]["logprob"]


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
def test_chat_tells_fewer_and_coarser_numbers(kind: str) -> None:
    member = "delta" if "stream" in kind else "message"
    heard = through(CHAT, {"choices": [{"index": 0, member: {"content": "a"}, "logprobs": {"content": [TOKEN]}}]}, kind)
    (token,) = heard["choices"][0]["logprobs"]["content"]
    coarse(token)
    assert [top["token"] for top in token["top_logprobs"]] == ["a", "b"]
    assert token["top_logprobs"][0]["logprob"] == token["logprob"]


def test_a_choice_without_log_probabilities_passes_as_it_came() -> None:
    body = {"choices": [{"index": 0, "message": {"content": "a"}, "logprobs": None}]}
    assert through(CHAT, body) == body


def test_the_old_completions_tell_fewer_and_coarser_numbers() -> None:
    told = {"tokens": ["a"], "token_logprobs": [-0.1234567], "top_logprobs": [{"a": -0.1234567, "b": -2.3, "c": -4.0}]}
    heard = through(COMPLETIONS, {"choices": [{"index": 0, "text": "a", "logprobs": told}]})["choices"][0]["logprobs"]
    coarse({"logprob": heard["token_logprobs"][0]})
    assert list(heard["top_logprobs"][0]) == ["a", "b"]
    assert heard["top_logprobs"][0]["a"] == heard["token_logprobs"][0]


def test_prompt_log_probabilities_are_blurred_too() -> None:
    told = [None, {"17": {"logprob": -0.1234567, "rank": 1, "decoded_token": "a"}}]
    heard = through(CHAT, {"choices": [], "prompt_logprobs": told})["prompt_logprobs"]
    coarse(heard[1]["17"])


@pytest.mark.parametrize("event", [False, True])
def test_responses_tell_fewer_and_coarser_numbers(event: bool) -> None:
    part = {"type": "output_text", "text": "a", "logprobs": [TOKEN]}
    if event:
        heard = through(
            RESPONSES, {"type": "response.output_text.delta", "delta": "a", "logprobs": [TOKEN]}, "text/event-stream"
        )
        (token,) = heard["logprobs"]
    else:
        heard = through(RESPONSES, {"output": [{"type": "message", "content": [part]}]})
        (token,) = heard["output"][0]["content"][0]["logprobs"]
    coarse(token)
    assert len(token["top_logprobs"]) == 2


def test_gemini_tells_fewer_and_coarser_numbers() -> None:
    top = [{"token": str(t["token"]), "logProbability": t["logprob"]} for t in TOP]
    result = {"topCandidates": [{"candidates": top}], "chosenCandidates": [top[0]]}
    candidate = {"content": {"parts": [{"text": "a"}]}, "logprobsResult": result, "avgLogprobs": -0.1234567}
    heard = through(GEMINI, {"candidates": [candidate]})["candidates"][0]
    coarse(heard["logprobsResult"]["chosenCandidates"][0], "logProbability")
    assert len(heard["logprobsResult"]["topCandidates"][0]["candidates"]) == 2
    coarse({"logprob": heard["avgLogprobs"]})


def test_vectors_are_blurred_in_numbers_and_in_base64_alike() -> None:
    vector = [0.5, -0.25, 0.125, 0.75]
    packed = base64.b64encode(struct.pack("<4f", *vector)).decode()
    heard = through(EMBEDDINGS, {"data": [{"embedding": vector}, {"embedding": packed}, {"embedding": "no base64"}]})
    first, second, third = (row["embedding"] for row in heard["data"])
    assert first != vector
    assert struct.unpack("<4f", base64.b64decode(second)) == pytest.approx(first)
    assert third == "no base64"
    held = through(GEMINI_EMBED, {"embedding": {"values": vector}})["embedding"]["values"]
    assert held == first
