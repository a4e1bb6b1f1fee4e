"""The simulated model's Gemini surfaces: generate, stream (SSE and JSON array), token counts, embeddings, models."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.demo.mind import Asking, Call, Said, Tool, alternatives, embedding, think, tokens_of
from gateway.demo.spoken import JSON, SSE, Heard, Routes, Spoken, chunks, text_of, tool_of, whole

MODELS = ("gemini-sim-1", "gemini-embedding-sim")
_STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
_DIMENSIONS = 256


def _error(status: int, message: str) -> dict[str, Any]:
    return {"error": {"code": status, "message": message, "status": _STATUSES.get(status, "INTERNAL")}}


def fail(status: int, message: str) -> Spoken:
    """Return an error as Gemini writes it."""
    return whole(_error(status, message), status)


def _member(value: Any, *names: str) -> Any:
    """Return a member under any of its spellings: the API takes camelCase and snake_case."""
    return next((value[n] for n in names if isinstance(value, Mapping) and n in value), None)


def _tool(body: Mapping[str, Any]) -> Tool | None:
    for group in body.get("tools") or ():
        declared = _member(group, "functionDeclarations", "function_declarations")
        for schema in ("parametersJsonSchema", "parameters"):
            if (tool := tool_of(declared, schema)) and tool.schema:
                return tool
        if tool := tool_of(declared, "parameters"):
            return tool
    return None


def _asking(heard: Heard) -> Asking:
    body = heard.body
    turns = [turn for turn in body.get("contents") or () if isinstance(turn, Mapping)]
    texts = [text_of(turn) for turn in turns]
    parts = turns[-1].get("parts") if turns else ()
    called = any(_member(part, "functionResponse", "function_response") is not None for part in parts or ())
    options = _member(body, "generationConfig", "generation_config")
    thinking = _member(options, "thinkingConfig", "thinking_config")
    return Asking(
        prompt="\n".join([text_of(_member(body, "systemInstruction", "system_instruction") or ""), *texts]),
        newest=texts[-1] if texts else "",
        max_tokens=_member(options, "maxOutputTokens", "max_output_tokens") or 0,
        samples=_member(options, "candidateCount", "candidate_count") or 1,
        reasons=_member(thinking, "includeThoughts", "include_thoughts") is True,
        tool=None if called else _tool(body),
        refuse=heard.refuse,
        length=heard.length,
    )


def _usage(said: Said) -> dict[str, int]:
    found = {"promptTokenCount": said.prompt_tokens, "candidatesTokenCount": said.answer_tokens}
    if said.thoughts:
        found["thoughtsTokenCount"] = len(said.thoughts)
    return {**found, "totalTokenCount": sum(found.values())}


def _logprobs(heard: Heard, pieces: Sequence[str]) -> dict[str, Any]:
    options = _member(heard.body, "generationConfig", "generation_config")
    if _member(options, "responseLogprobs", "response_logprobs") is not True:
        return {}
    rows: list[list[dict[str, Any]]] = [
        [
            {"token": token, "logProbability": chance}
            for token, chance in alternatives(piece, options.get("logprobs") or 1)
        ]
        for piece in pieces
    ]
    mean = sum(row[0]["logProbability"] for row in rows) / max(1, len(rows))
    top = [{"candidates": row} for row in rows]
    return {"avgLogprobs": mean, "logprobsResult": {"topCandidates": top, "chosenCandidates": [row[0] for row in rows]}}


def _candidate(index: int, parts: list[dict[str, Any]], finish: str = "") -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": index}
    return {**candidate, "finishReason": finish} if finish else candidate


def _call(said: Said, call: Call) -> dict[str, Any]:
    return {"functionCall": {"name": call.name, "args": call.data}, "thoughtSignature": said.signature}


def _finish(name: str) -> str:
    return "MAX_TOKENS" if name == "length" else "STOP"


def _reply(heard: Heard, said: Said, candidates: list[dict[str, Any]]) -> dict[str, Any]:
    version = heard.asked.get("model", MODELS[0])
    return {"candidates": candidates, "modelVersion": version, "responseId": said.key, "usageMetadata": _usage(said)}


def _blocked(said: Said) -> dict[str, Any]:
    return {"promptFeedback": {"blockReason": "OTHER"}, "usageMetadata": {"promptTokenCount": said.prompt_tokens}}


def generate(heard: Heard) -> Spoken:
    """Answer ``:generateContent``."""
    if not heard.body.get("contents"):
        return fail(400, "contents is not specified")
    said = think(_asking(heard))
    if said.refusal:
        return whole(_blocked(said))
    thoughts = [{"text": "".join(said.thoughts), "thought": True}] if said.thoughts else []
    candidates = []
    for i, choice in enumerate(said.choices):
        last: dict[str, Any] = {"text": choice.text}
        if said.thoughts:
            last["thoughtSignature"] = said.signature
        parts = [*thoughts, _call(said, said.call) if said.call else last]
        candidates.append(_candidate(i, parts, _finish(choice.finish)) | _logprobs(heard, choice.pieces))
    return whole(_reply(heard, said, candidates))


def _replies(heard: Heard, said: Said) -> list[dict[str, Any]]:
    if said.refusal:
        return [_blocked(said)]
    found = [_candidate(0, [{"text": "".join(piece), "thought": True}]) for piece in chunks(said.thoughts)]
    for i, choice in enumerate(said.choices):
        steps = chunks(choice.pieces)
        found += [_candidate(i, [{"text": "".join(step)}]) | _logprobs(heard, step) for step in steps]
        last = [_call(said, said.call)] if said.call else [{"text": ""}]
        found.append(_candidate(i, last, _finish(choice.finish)))
    return [_reply(heard, said, [candidate]) for candidate in found]


def stream(heard: Heard) -> Spoken:
    """Answer ``:streamGenerateContent``: server-sent events with ``alt=sse``, else one JSON array."""
    if not heard.body.get("contents"):
        return fail(400, "contents is not specified")
    replies = _replies(heard, think(_asking(heard)))
    error = _error(503, "The model stopped answering.")
    encoded = [msgspec.json.encode(reply) for reply in replies]
    if heard.asked.get("alt") == "sse":
        pieces = tuple(b"data: " + one + b"\r\n\r\n" for one in encoded)
        return Spoken(pieces=pieces, content_type=SSE, fault=b"data: " + msgspec.json.encode(error) + b"\r\n\r\n")
    framed = tuple((b"," if i else b"[") + one + b"\r\n" for i, one in enumerate(encoded))
    return Spoken(pieces=(*framed, b"]"), content_type=JSON, fault=b"," + msgspec.json.encode(error) + b"]")


def count_tokens(heard: Heard) -> Spoken:
    """Answer ``:countTokens``."""
    return whole({"totalTokens": tokens_of(_asking(heard).prompt)})


def _vector(request: Any) -> dict[str, Any]:
    size = _member(request, "outputDimensionality", "output_dimensionality")
    size = size or _member(_member(request, "embedContentConfig"), "outputDimensionality") or _DIMENSIONS
    return {"values": embedding(text_of(_member(request, "content")), int(size))}


def embed(heard: Heard) -> Spoken:
    """Answer ``:embedContent``."""
    return whole({"embedding": _vector(heard.body)})


def embed_many(heard: Heard) -> Spoken:
    """Answer ``:batchEmbedContents``."""
    return whole({"embeddings": [_vector(request) for request in heard.body.get("requests") or ()]})


def models(heard: Heard) -> Spoken:
    """Answer ``GET /v1beta/models`` and ``GET /v1beta/models/ID``."""
    wanted = heard.asked.get("model", "")
    methods = ["generateContent", "countTokens"]
    cards = [{"name": f"models/{n}", "displayName": n, "supportedGenerationMethods": methods} for n in MODELS]
    if not wanted:
        return whole({"models": cards})
    found = [card for card in cards if card["name"] == f"models/{wanted}"]
    return whole(found[0]) if found else fail(404, f"models/{wanted} is not found")


_MODEL = r"/v1(?:beta)?/(?:models|tunedModels)/(?P<model>[^/:]+)"
ROUTES: Routes = (
    ("POST", re.compile(_MODEL + ":generateContent"), generate),
    ("POST", re.compile(_MODEL + ":streamGenerateContent"), stream),
    ("POST", re.compile(_MODEL + ":countTokens"), count_tokens),
    ("POST", re.compile(_MODEL + ":embedContent"), embed),
    ("POST", re.compile(_MODEL + ":batchEmbedContents"), embed_many),
    ("GET", re.compile(r"/v1(?:beta)?/models(?:/(?P<model>[^/:]+))?"), models),
)
