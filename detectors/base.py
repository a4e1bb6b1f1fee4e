"""The words that every detector speaks: observations in, evidence out.

An observation holds no words of the client's: only counts, times and keyed fingerprints.
A detector is a pure fold over observations. Its parameters live in the frozen instance, its state
is plain small data apart from it, so a threshold can change without losing history, one instance
serves a million subjects, and the case of a campaign is the merge of its members' cases.

The unit of evidence is the natural logarithm of an e-value (nats): a statistic whose mean under the
null is at most 1, so that weights of one family average, weights of independent families add, and an
alarm at ``log(one_in)`` is a false one at most once in ``one_in`` subject-days
(Shin, Ramdas, Rinaldo 2023, "E-detectors").
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, TypeVar

import msgspec

from detectors.baseline import LEAST_SHARE, Baseline

__all__ = [
    "CEILING", "CELLS", "LEAST_SHARE", "SCAFFOLDS", "AnswerObservation", "Baseline", "Detector", "Evidence", "Family",
    "Harvest", "Observation", "Panel", "QueryObservation", "Taking",
]  # fmt: skip

Family: TypeAlias = Literal["content", "identity", "timing", "interface"]

SCAFFOLDS = 2**64  # fingerprints are 64-bit unsigned integers
CEILING = (
    4.6  # nats, one in a hundred: what a habit that honest batch jobs have too says at most. Averaged in two families
)
# such habits stay below one in ten thousand: it takes a third, or evidence that no honest habit gives
CELLS = 2048  # cells of the locality-sensitive hash over payload embeddings


class Taking(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a question hands in that was served to another subject, as a ledger told (``detectors.linkage``).

    Attributes:
        kind: ``reasoning`` (encrypted reasoning or a signature) or ``recirculation`` (an answer's text).
        what: fingerprint of the blob; of an answer the least of its shingles that came back.
        owner: mark of the member that was served (``linkage.base.partner_mark``).
        elsewhere: the blob came in another conversation than the one that it was served in; never of an answer.
    """

    kind: str
    what: int
    owner: int
    elsewhere: bool = False


class QueryObservation(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """What is kept of one question to the model.

    Attributes:
        at: arrival, seconds since the epoch.
        scaffold: fingerprint of the fixed part (system prompt and frame of the first turn), canonicalised.
        opening: fingerprint of the first tokens of the newest user turn; 0 if it is too short to tell.
        payload: fingerprint of the newest user turn, whole.
        cell: locality-sensitive cell of the payload's embedding, 0 to CELLS - 1; -1 if there is no text.
        demands_reasoning: the scaffold or turn demands hidden reasoning as output.
        insists: it demands what was not meant to be shown, or every word of it.
        turns: messages in the conversation, this one included.
        prompt_chars: characters given to the model.
        payload_chars: characters of the newest user turn.
        max_tokens: cap asked for, tokens; 0 if none.
        samples: answers asked for.
        logprobs: alternatives per token asked for; 0 none, 1 only the chosen token.
        logit_bias: entries of a logit bias.
        temperature: as asked; -1.0 if not set.
        tools: tools offered to the model.
        tool_results: tool results handed back in the newest turn.
        images: images given.
        streamed: the answer is to be streamed.
        named: the client says which end user asks.
        asks: what kind of thing is asked for, marks (``gateway.asks``); 0 but for single questions without tools.
        bag: fingerprint of the payload's sentences in any order; 0 if it has only one, or is part of a conversation.
        grams: keyed hashes of what begins at the payload's words, at most 24; none but of single questions.
        vector: the payload's embedding, one signed byte a dimension; empty if there is no text.
        quotes: sampled shingles of what is handed in: earlier answers in the history, and the newest turn.
        frame: the fixed part's embedding, one signed byte a dimension; empty if it has no words.
        habit: fingerprint of how the request is written: its members in order, and the parameters that stay.
        model: fingerprint of the model's name.
        network, asn: fingerprint of the client's network, and the number of its autonomous system; 0 unknown.
        client, tls: fingerprints of the client's software as its headers tell, and of its TLS as the edge tells.
        presented: fingerprints of encrypted reasoning or signatures handed back.
        passages: sampled passages of the newest turn: as quotes, but of ten words in a row.
        takings: what is handed in that was served to others; noted by the ledgers before anything is folded.
    """

    at: float
    scaffold: int = 0
    opening: int = 0
    payload: int = 0
    cell: int = -1
    demands_reasoning: bool = False
    insists: bool = False
    turns: int = 1
    prompt_chars: int = 0
    payload_chars: int = 0
    max_tokens: int = 0
    samples: int = 1
    logprobs: int = 0
    logit_bias: int = 0
    temperature: float = -1.0
    tools: int = 0
    tool_results: int = 0
    images: int = 0
    streamed: bool = False
    named: bool = False
    asks: int = 0
    bag: int = 0
    grams: tuple[int, ...] = ()
    vector: bytes = b""
    quotes: tuple[int, ...] = ()
    frame: bytes = b""
    habit: int = 0
    model: int = 0
    network: int = 0
    asn: int = 0
    client: int = 0
    tls: int = 0
    presented: tuple[int, ...] = ()
    passages: tuple[int, ...] = ()
    takings: tuple[Taking, ...] = ()


class AnswerObservation(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """What is kept of what the model said.

    Attributes:
        at: last byte, seconds since the epoch.
        query: the query that it answers.
        status: HTTP status of the model's reply.
        prompt_tokens: tokens billed for the prompt.
        completion_tokens: tokens of the answer, reasoning included.
        reasoning_tokens: tokens of reasoning, shown or hidden.
        text_chars: characters of answer text that the client received.
        reasoning_chars: characters of reasoning that the client received.
        choices: answers given.
        logprobs: the answer carried log-probabilities.
        tool_calls: tools that the model called.
        finish: "stop", "length", "tool_calls", "refusal", "error" or "".
        complete: False if the answer was cut off.
        took: seconds from the query to the last byte.
        entropy: of the text's bytes, bits a byte; 0 if there is no text.
        shingles: sampled shingles of the text, to tell whether it comes back.
        served: fingerprints of encrypted reasoning or signatures in the answer.
        passages: sampled passages of the text: as shingles, but of ten words in a row.
    """

    at: float
    query: QueryObservation
    status: int = 200
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    text_chars: int = 0
    reasoning_chars: int = 0
    choices: int = 1
    logprobs: bool = False
    tool_calls: int = 0
    finish: str = "stop"
    complete: bool = True
    took: float = 0.0
    entropy: float = 0.0
    shingles: tuple[int, ...] = ()
    served: tuple[int, ...] = ()
    passages: tuple[int, ...] = ()


Observation: TypeAlias = QueryObservation | AnswerObservation


class Evidence(msgspec.Struct, frozen=True):
    """What a detector says about a subject.

    Attributes:
        weight: natural log of an e-value, nats, never below 0; 0 says nothing.
        because: the measured reasons, by name (shares, counts, never text).
    """

    weight: float = 0.0
    because: dict[str, float] = {}


class Harvest(msgspec.Struct, frozen=True):
    """What a subject has taken home.

    Attributes:
        exchanges: answers received.
        prompt_tokens: tokens given.
        completion_tokens: tokens received, reasoning included.
        reasoning_tokens: tokens of reasoning received.
        traces: answers worth training on (long, to distinct prompts): the numerator of student equivalents.
    """

    exchanges: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    traces: float = 0.0


S = TypeVar("S", bound=msgspec.Struct)


class Detector(Protocol[S]):
    """A pure fold. Parameters are the fields of the frozen instance; see the contract suite for its promises."""

    name: ClassVar[str]
    family: ClassVar[Family]
    state: ClassVar[type[Any]]

    def initial(self) -> S:
        """Return the state of a subject never seen: no evidence."""
        ...

    def update(self, state: S, observation: Observation) -> S:
        """Return the state after one more observation."""
        ...

    def merge(self, a: S, b: S) -> S:
        """Return the state of both subjects as one: commutative, and near to folding their union."""
        ...

    def evidence(self, state: S, baseline: Baseline) -> Evidence:
        """Return how strongly the state speaks against the baseline's null."""
        ...


Panel: TypeAlias = Mapping[str, Detector[Any]]
