"""Contents generated, streamed as events and as an array, counted and embedded, as Gemini puts them on the wire."""

import hashlib

from gateway.exchange import Answer, Glance, Query, Turn, Usage
from tests.gateway.dialects.samples.base import Sample

GENERATE = "/v1beta/models/m-1:generateContent"
STREAM = "/v1beta/models/m-1:streamGenerateContent"
EVENTS = "text/event-stream"


def digest(blob: bytes) -> bytes:
    return hashlib.blake2b(blob, digest_size=16).digest()


def events(*pieces: str) -> bytes:
    return b"".join(f"data: {piece}\r\n\r\n".encode() for piece in pieces)


def array(*pieces: str) -> bytes:
    return ("[" + "\n,\r\n".join(pieces) + "\n]\n").encode()


def piece(parts: str, rest: str = "", tokens: str = '"promptTokenCount":9', index: int = 0) -> str:
    return (
        f'{{"candidates": [{{"content": {{"parts": [{parts}],"role": "model"}},"index": {index}{rest}}}],'
        f'"usageMetadata": {{{tokens}}},"modelVersion": "m-1"}}'
    )


PLAIN = Sample(
    name="plain",
    surface="gemini.generate",
    dialect="gemini",
    path=GENERATE,
    request=b"""{"systemInstruction": {"parts": [{"text": "Answer in a word."}]}, "contents": [
        {"role": "user", "parts": [{"text": "Which river runs through Linz?"}]},
        {"role": "model", "parts": [{"text": "The Inn"}]},
        {"parts": [{"text": "Sure?"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
            {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://example.org/a.jpg"}},
            {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}}]}],
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 64, "topK": 3}}""",
    response=b"""{"candidates": [{"content": {"parts": [{"text": "No, the "}, {"text": "Danube."}], "role": "model"},
        "finishReason": "STOP", "index": 0}], "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 5,
        "totalTokenCount": 25}, "modelVersion": "m-1", "responseId": "r-1"}""",
    glance=Glance(model="m-1", max_tokens=64),
    query=Query(
        model="m-1",
        system="Answer in a word.",
        turns=(Turn("user", "Which river runs through Linz?"), Turn("assistant", "The Inn"), Turn("user", "Sure?")),
        max_tokens=64,
        temperature=0.5,
        images=2,
    ),
    answer=Answer(text="No, the Danube.", finish="stop", choices=1, usage=Usage(20, 5), ended=True),
)

SNAKE = Sample(
    name="snake case, several candidates, log-probabilities, thoughts",
    surface="gemini.generate",
    dialect="gemini",
    path="/v1beta1/projects/p-1/locations/global/publishers/google/models/m-1:generateContent",
    request=b"""{"system_instruction": {"parts": {"text": "Be brief."}}, "labels": {"user_id": "u-7"},
        "contents": {"role": "user", "parts": {"text": "Heads or tails?"}}, "generation_config": {
        "candidate_count": "3", "max_output_tokens": 500, "response_logprobs": true, "logprobs": 4,
        "thinking_config": {"include_thoughts": true, "thinking_budget": 128}}}""",
    response=b"""{"candidates": [
        {"content": {"parts": [{"text": "A coin.", "thought": true}, {"text": "Heads."}]}, "finishReason": "STOP",
         "avgLogprobs": -0.015625,
         "logprobsResult": {"chosenCandidates": [{"token": "Heads", "logProbability": -0.5}]}},
        {"content": {"parts": [{"text": "Tails.", "thoughtSignature": "c2VhbGVkLTE="}]}, "finishReason": "STOP",
         "index": 1}],
        "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 4, "thoughtsTokenCount": 11}}""",
    glance=Glance(model="m-1", user="u-7", samples=3, max_tokens=500),
    query=Query(
        model="m-1",
        system="Be brief.",
        turns=(Turn("user", "Heads or tails?"),),
        max_tokens=500,
        samples=3,
        logprobs=4,
        asks_reasoning=True,
    ),
    answer=Answer(
        text="Heads.\nTails.",
        reasoning="A coin.",
        finish="stop",
        choices=2,
        logprobs=True,
        usage=Usage(7, 15, 11),
        reasoning_blobs=(digest(b"c2VhbGVkLTE="),),
        ended=True,
    ),
    hidden=(b"A coin.", b"avgLogprobs", b"logProbability", b"c2VhbGVkLTE="),
    trimmed_request=(b'"response_logprobs"', b'"logprobs"', b'"include_thoughts": true'),
)

TOOLS = Sample(
    name="function results",
    surface="gemini.generate",
    dialect="gemini",
    path="/v1/models/m-1:generateContent",
    request=b"""{"tools": [{"functionDeclarations": [{"name": "depth"}, {"name": "width"}]}, {"googleSearch": {}}],
        "contents": [{"role": "user", "parts": [{"text": "How deep is it?"}]},
        {"role": "model", "parts": [{"text": "Measure.", "thought": true},
            {"functionCall": {"name": "depth", "args": {}}, "thoughtSignature": "c2VhbGVkLTI="}]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "depth", "response": {"result": "7 m"}}},
            {"functionResponse": {"name": "width", "response": {"m": 40, "ok": true}}}]}]}""",
    response=b"""{"candidates": [{"content": {"role": "model", "parts": [{"text": "Once more.", "thought": true},
        {"functionCall": {"name": "depth", "args": {"at": "bank"}}, "thoughtSignature": "c2VhbGVkLTM="}]},
        "finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 50, "candidatesTokenCount": 9,
        "toolUsePromptTokenCount": 3}}""",
    glance=Glance(model="m-1"),
    query=Query(
        model="m-1",
        turns=(
            Turn("user", "How deep is it?"),
            Turn("assistant", ""),
            Turn("tool", "7 m"),
            Turn("tool", '{"m":40,"ok":true}'),
        ),
        tools=3,
        tool_results=2,
        reasoning_blobs=(digest(b"c2VhbGVkLTI="),),
    ),
    answer=Answer(
        reasoning="Once more.",
        finish="tool_calls",
        choices=1,
        tool_calls=1,
        usage=Usage(53, 9),
        reasoning_blobs=(digest(b"c2VhbGVkLTM="),),
        ended=True,
    ),
    hidden=(b"Once more.", b"c2VhbGVkLTM="),
)

ASKED = b"""{"contents": [{"role": "user", "parts": [{"text": "Why is the sky blue?"}]}],
        "generationConfig": {"thinkingConfig": {"includeThoughts": true, "thinkingLevel": "HIGH"}}}"""
PIECES = (
    piece('{"text": "Short waves","thought": true}'),
    piece('{"text": " scatter more.","thought": true,"thoughtSignature": "c2VhbGVkLTQ="}'),
    piece('{"text": "Because blue "}', tokens='"promptTokenCount":9,"candidatesTokenCount":3'),
    piece(
        '{"text": "[scatters\\"}].","thoughtSignature": "c2VhbGVkLTU="}',
        ',"finishReason": "STOP"',
        '"promptTokenCount":9,"candidatesTokenCount":6,"thoughtsTokenCount":5',
    ),
)
STREAMED = Sample(
    name="thoughts, as events",
    surface="gemini.stream",
    dialect="gemini",
    path=STREAM,
    request=ASKED,
    response=events(*PIECES),
    content_type=EVENTS,
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Why is the sky blue?"),), stream=True, asks_reasoning=True),
    answer=Answer(
        text='Because blue [scatters"}].',
        reasoning="Short waves scatter more.",
        finish="stop",
        choices=1,
        usage=Usage(9, 11, 5),
        reasoning_blobs=(digest(b"c2VhbGVkLTQ="), digest(b"c2VhbGVkLTU=")),
        ended=True,
    ),
    hidden=(b"Short waves", b"scatter more", b"c2VhbGVkLTQ=", b"c2VhbGVkLTU="),
    trimmed_request=(b'"includeThoughts": true',),
    ending=b"\n\n",
)

ARRAY = Sample(
    name="thoughts, as an array",
    surface="gemini.stream",
    dialect="gemini",
    path="/v1beta/tunedModels/m-1:streamGenerateContent",
    request=ASKED,
    response=array(*PIECES),
    glance=STREAMED.glance,
    query=STREAMED.query,
    answer=STREAMED.answer,
    hidden=STREAMED.hidden,
    trimmed_request=STREAMED.trimmed_request,
    ending=b"\n]\n",
)

SEVERAL = Sample(
    name="several candidates, interleaved",
    surface="gemini.stream",
    dialect="gemini",
    path=STREAM,
    request=b"""{"contents": [{"parts": [{"text": "A colour?"}]}], "generationConfig": {"candidateCount": 2,
        "responseLogprobs": true}}""",
    response=events(
        piece('{"text": "Re"}', ',"avgLogprobs": -0.25'),
        piece('{"text": "Gre"}', index=1),
        piece('{"text": "d"}', ',"finishReason": "MAX_TOKENS"'),
        piece('{"text": "en"}', ',"finishReason": "STOP","logprobsResult": {"logProbabilitySum": -3.5}', index=1),
    ),
    content_type=EVENTS,
    glance=Glance(model="m-1", stream=True, samples=2),
    query=Query(model="m-1", turns=(Turn("user", "A colour?"),), stream=True, samples=2, logprobs=1),
    answer=Answer(text="Red\nGreen", finish="length", choices=2, logprobs=True, usage=Usage(9), ended=True),
    hidden=(b"avgLogprobs", b"logProbabilitySum"),
    trimmed_request=(b'"responseLogprobs"', b'"candidateCount": 2'),
    ending=b"\n\n",
)

BLOCKED = Sample(
    name="blocked prompt",
    surface="gemini.generate",
    dialect="gemini",
    path=GENERATE,
    request=b'{"contents":[{"role":"user","parts":[{"text":"Bad idea?"}]}]}',
    response=b'{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}}',
    glance=Glance(model="m-1"),
    query=Query(model="m-1", turns=(Turn("user", "Bad idea?"),)),
    answer=Answer(refusal="PROHIBITED_CONTENT", finish="refusal", usage=Usage(3), ended=True),
)

FILTERED = Sample(
    name="filtered answer",
    surface="gemini.stream",
    dialect="gemini",
    path=STREAM,
    request=BLOCKED.request,
    response=events(piece('{"text": "I"}'), piece("", ',"finishReason": "SAFETY"')),
    content_type=EVENTS,
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Bad idea?"),), stream=True),
    answer=Answer(text="I", refusal="SAFETY", finish="refusal", choices=1, usage=Usage(9), ended=True),
)

FAILED_MIDWAY = Sample(
    name="error in mid-stream",
    surface="gemini.stream",
    dialect="gemini",
    path=STREAM,
    request=BLOCKED.request,
    response=array(piece('{"text": "Half an"}'), '{"error": {"code": 503,"message": "Busy.","status": "UNAVAILABLE"}}'),
    glance=FILTERED.glance,
    query=FILTERED.query,
    answer=Answer(text="Half an", finish="error", choices=1, usage=Usage(9), error="UNAVAILABLE: Busy."),
)

COUNT = Sample(
    name="count",
    surface="gemini.count_tokens",
    dialect="gemini",
    path="/v1beta/models/m-1:countTokens",
    request=b'{"generateContentRequest":{"model":"models/m-1","contents":[{"parts":[{"text":"How long am I?"}]}]}}',
    response=b'{"totalTokens": 5}',
    glance=Glance(model="m-1"),
    query=Query(model="m-1", turns=(Turn("user", "How long am I?"),)),
    answer=Answer(ended=True),
    generates=False,
)

EMBED = Sample(
    name="one embedding",
    surface="gemini.embed",
    dialect="gemini",
    path="/v1beta/models/e-1:embedContent",
    request=b'{"content":{"parts":[{"text":"A fig."}]},"taskType":"RETRIEVAL_DOCUMENT"}',
    response=b'{"embedding":{"values":[0.5,-0.25]}}',
    glance=Glance(model="e-1"),
    query=Query(model="e-1", turns=(Turn("user", "A fig."),)),
    answer=Answer(choices=1, ended=True),
)

EMBED_MANY = Sample(
    name="many embeddings",
    surface="gemini.embed",
    dialect="gemini",
    path="/v1beta/models/e-1:batchEmbedContents",
    request=b"""{"requests":[{"model":"models/e-1","content":{"parts":[{"text":"A fig."}]}},
        {"model":"models/e-1","content":{"parts":[{"text":"A plum."}]}}]}""",
    response=b'{"embeddings":[{"values":[0.5]},{"values":[0.25]}],"usageMetadata":{"promptTokenCount":6}}',
    glance=Glance(model="e-1"),
    query=Query(model="e-1", turns=(Turn("user", "A fig."), Turn("user", "A plum."))),
    answer=Answer(choices=2, usage=Usage(6), ended=True),
)

MODELS = Sample(
    name="models",
    surface="gemini.models",
    dialect="gemini",
    method="GET",
    path="/v1beta/models/m-1",
    response=b'{"name":"models/m-1"}',
    generates=False,
)

OTHER = Sample(
    name="files",
    surface="gemini.other",
    dialect="gemini",
    path="/upload/v1beta/files",
    request=b'{"file":{"displayName":"a"}}',
    response=b'{"file":{"name":"files/a"}}',
    generates=False,
)

SAMPLES = [
    PLAIN,
    SNAKE,
    TOOLS,
    STREAMED,
    ARRAY,
    SEVERAL,
    BLOCKED,
    FILTERED,
    FAILED_MIDWAY,
    COUNT,
    EMBED,
    EMBED_MANY,
    MODELS,
    OTHER,
]
