"""Whether an answer is worth taking home: long, to a single question, more than was handed in; or a model's insides."""

from typing import NamedTuple

from detectors.base import AnswerObservation


class Worth(NamedTuple):
    """From where on an answer is worth taking.

    Attributes:
        tokens: an answer from here on is long, tokens a choice.
        chars: the same where the model did not count, characters a choice (four to a token).
        turns: messages up to which a conversation is a single question (a greeting or an example may precede it).
        expands: an answer up to so many times what was handed in gives it back in other words: text grows by a third
            in translation (W3C, "Text size in translation").
    """

    tokens: float = 200.0
    chars: float = 800.0
    turns: float = 2.0
    expands: float = 1.3


def worth_taking(answer: AnswerObservation, worth: Worth) -> bool:
    """Say whether a long answer was given to a single question without tools, from little.

    Log-probabilities read through a logit bias are worth taking at any length: they are the harvest.

    A translation, a rewriting, a summary of a page give the client's own text back: that is no harvest, and neither
    is reasoning that the client never saw. What was handed in is the newest turn. Where the model counted, tokens are
    compared, the turn's by its share of the prompt, as a page of Chinese makes three of English letters but as many
    tokens. A client that pads its questions to the length of the answers hides from this, and pays for the padding.
    """
    query = answer.query
    if query.turns > worth.turns or query.tools or query.tool_results:
        return False
    if query.logit_bias > 0 and query.logprobs > 0:
        return True
    choices = max(1, answer.choices)
    hidden = 0 if answer.reasoning_chars > 0 else max(0, answer.reasoning_tokens)
    tokens = (answer.completion_tokens - hidden) / choices
    chars = answer.text_chars / choices
    if tokens < worth.tokens and chars < worth.chars:
        return False
    if tokens > 0 and answer.prompt_tokens > 0 and query.prompt_chars > 0:
        handed = answer.prompt_tokens * min(1.0, query.payload_chars / query.prompt_chars)
        return tokens > worth.expands * handed
    return max(chars, 4.0 * tokens) > worth.expands * query.payload_chars
