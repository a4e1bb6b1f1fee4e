"""Answers of OpenAI's chat, old completions and embeddings: whole or in chunks, one way of reading for both."""

from typing import Any

from gateway.dialects import sse
from gateway.dialects.openai_chat import blobs
from gateway.dialects.openai_parts import failure, finish, usage, words
from gateway.dialects.wire import decode, document, is_json, joined, members, number, objects, text
from gateway.exchange import Answer, Usage

_END = b"[DONE]"


class _Choice:
    """One choice as heard so far."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.refusal: list[str] = []
        self.calls: set[int] = set()
        self.finish = ""

    def hear(self, choice: dict[str, Any]) -> None:
        """Take a whole choice, or the next chunk of it."""
        said = members(choice.get("message")) or members(choice.get("delta"))
        spoken = text(members(said.get("audio")).get("transcript"))
        self.text.append(words(said.get("content")) or text(choice.get("text")) or spoken)
        self.reasoning.append(_shown(said) or _shown(choice))
        self.refusal.append(text(said.get("refusal")))
        calls = objects(said.get("tool_calls"))
        self.calls |= {number(call.get("index"), place) for place, call in enumerate(calls)}
        if members(said.get("function_call")):
            self.calls.add(0)
        self.finish = finish(choice.get("finish_reason")) or self.finish


class Heard:
    """An answer as heard so far. One object an answer: it carries state."""

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._usage = Usage()
        self._error = ""
        self._logprobs = False
        self._blobs: dict[bytes, None] = {}
        self._done = False

    def hear(self, document: dict[str, Any]) -> None:
        """Take a whole answer, or the next chunk of it."""
        for place, choice in enumerate(objects(document.get("choices"))):
            index = number(choice.get("index"), place)
            self._choices.setdefault(index, _Choice()).hear(choice)
            self._logprobs |= bool(choice.get("logprobs")) or bool(choice.get("prompt_logprobs"))
            for said in (choice, members(choice.get("message")), members(choice.get("delta"))):
                self._blobs.update(dict.fromkeys(blobs(said)))
        self._logprobs |= bool(document.get("prompt_logprobs"))
        if members(document.get("usage")):
            self._usage = usage(document["usage"])
        self._error = self._error or failure(document.get("error"))

    def end(self) -> None:
        """Note that the wire said the answer is whole."""
        self._done = True

    def answer(self) -> Answer:
        """Return what was heard."""
        choices = [self._choices[index] for index in sorted(self._choices)]
        finishes = [choice.finish for choice in choices if choice.finish]
        return Answer(
            text=joined("".join(choice.text) for choice in choices),
            reasoning=joined("".join(choice.reasoning) for choice in choices),
            refusal=joined("".join(choice.refusal) for choice in choices),
            finish="error" if self._error else next(iter(finishes), ""),
            choices=len(choices),
            tool_calls=sum(len(choice.calls) for choice in choices),
            logprobs=self._logprobs,
            usage=self._usage,
            error=self._error,
            reasoning_blobs=tuple(self._blobs),
            ended=self._done or (bool(choices) and len(finishes) == len(choices)),
        )


def _shown(said: dict[str, Any]) -> str:
    """Return reasoning in clear; a server that names it twice says it once."""
    details = [text(d.get("text")) or text(d.get("summary")) for d in objects(said.get("reasoning_details"))]
    return words(said.get("reasoning_content")) or words(said.get("reasoning")) or joined(details, "")


def hear(body: bytes) -> Answer:
    """Read a whole answer, a listing of stored ones, or a stream of chunks."""
    heard = Heard()
    if not is_json(body):
        _hear_stream(heard, body)
        return heard.answer()
    content = document(body)
    for completion in (content, *objects(content.get("data"))):
        heard.hear(completion)
    if content:
        heard.end()
    return heard.answer()


def _hear_stream(heard: Heard, body: bytes) -> None:
    events = sse.Events()
    for event in events.feed(body) + events.finish():
        if event.data.startswith(_END):
            heard.end()
        elif event.data:
            heard.hear(members(decode(event.data)))


def hear_embeddings(body: bytes) -> Answer:
    """Read an embeddings answer: how many vectors, and what they cost."""
    content = document(body)
    error = failure(content.get("error"))
    return Answer(
        choices=len(objects(content.get("data"))),
        usage=usage(content.get("usage")),
        finish="error" if error else "",
        error=error,
        ended=bool(content),
    )
