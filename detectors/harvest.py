"""Harvest: what a subject has taken home. It is severity, not evidence: how much is gone, not how surely."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from detectors.base import Harvest, Observation
from detectors.batch import Batch
from detectors.sketches import distinct

LGK = 9  # 296 bytes, 4.6 % standard error
CHARS_PER_TOKEN = 4  # of English text, for models that do not count
MOST = 10**9  # tokens in one answer: a larger report is a model's mistake


class HarvestState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Exchanges, tokens, long answers, and a sketch of the different payloads of all exchanges."""

    exchanges: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    long: int = 0
    payloads: bytes = b""


@dataclass(frozen=True)
class HarvestFold:
    """The client has received so many answers, tokens, and answers worth training on.

    Only answers that carry something count (status below 400, text or tokens). Tokens that the model did not count
    are taken as characters over four. A trace is a long answer, or one with reasoning, times the share of different
    payloads among all exchanges: asking the same again brings home less.

    Attributes:
        long_tokens: an answer from here on is worth training on, tokens.

    Example:
        >>> from detectors.base import AnswerObservation, QueryObservation
        >>> fold, state = HarvestFold(), HarvestFold().initial()
        >>> for i in range(10):
        ...     query = QueryObservation(at=0.0, payload=i, prompt_chars=400)
        ...     state = fold.update(state, AnswerObservation(at=1.0, query=query, completion_tokens=500))
        >>> fold.reading(state)
        Harvest(exchanges=10, prompt_tokens=1000, completion_tokens=5000, reasoning_tokens=0, traces=10.0)

    References:
        Stillguard's threat notes, signal S5; student equivalents from 1,000 traces (s1K) upwards.
    """

    long_tokens: float = 200

    name: ClassVar[str] = "harvest"
    state: ClassVar[type[HarvestState]] = HarvestState

    def initial(self) -> HarvestState:
        """Return a subject that took nothing."""
        return HarvestState()

    def update(self, state: HarvestState, observation: Observation) -> HarvestState:
        """Add an answer."""
        return self.fold(state, (observation,))

    def fold(self, state: HarvestState, observations: Sequence[Observation]) -> HarvestState:
        """Add answers that carry something."""
        prompts, completions, reasonings, long = 0, 0, 0, 0
        payloads = []
        for answer in Batch.of(observations).answered:
            if answer.completion_tokens <= 0 and answer.text_chars <= 0 and answer.reasoning_chars <= 0:
                continue
            reasoning = _tokens(answer.reasoning_tokens, answer.reasoning_chars)
            spoken = answer.text_chars + answer.reasoning_chars
            completion = max(reasoning, _tokens(answer.completion_tokens, spoken))
            prompts += _tokens(answer.prompt_tokens, answer.query.prompt_chars)
            completions += completion
            reasonings += reasoning
            long += completion >= self.long_tokens or reasoning > 0
            payloads.append(answer.query.payload)
        if not payloads:
            return state
        return HarvestState(
            state.exchanges + len(payloads),
            state.prompt_tokens + prompts,
            state.completion_tokens + completions,
            state.reasoning_tokens + reasonings,
            state.long + long,
            distinct.add_each(state.payloads, payloads, LGK),
        )

    def merge(self, a: HarvestState, b: HarvestState) -> HarvestState:
        """Add the counts, unite the sketches."""
        return HarvestState(
            a.exchanges + b.exchanges,
            a.prompt_tokens + b.prompt_tokens,
            a.completion_tokens + b.completion_tokens,
            a.reasoning_tokens + b.reasoning_tokens,
            a.long + b.long,
            distinct.union(a.payloads, b.payloads, LGK),
        )

    def reading(self, state: HarvestState) -> Harvest:
        """Return what was taken, in the words of policies."""
        if not state.exchanges:
            return Harvest()
        different = distinct.count(state.payloads).mid
        traces = state.long * min(1.0, different / state.exchanges)
        tokens = state.prompt_tokens, state.completion_tokens, state.reasoning_tokens
        return Harvest(state.exchanges, *tokens, traces)


def _tokens(counted: int, chars: int) -> int:
    """Return tokens as counted, or as the characters suggest; never below 0, never absurd."""
    return min(MOST, counted if counted > 0 else max(0, chars) // CHARS_PER_TOKEN)
