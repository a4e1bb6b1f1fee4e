"""Messages, token counts, batches and old completions, as Anthropic puts them on the wire."""

import hashlib

from gateway.exchange import Answer, Glance, Query, Turn, Usage
from tests.gateway.dialects.samples.base import Sample

MESSAGES = "/v1/messages"
EVENTS = "text/event-stream; charset=utf-8"
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


def digest(blob: bytes) -> bytes:
    return hashlib.blake2b(blob, digest_size=16).digest()


def event(name: str, rest: str = "") -> bytes:
    return f'event: {name}\ndata: {{"type":"{name}"{rest}}}\n\n'.encode()


def block(index: int, start: str, *deltas: str) -> bytes:
    """A whole content block: its start, its deltas, its stop."""
    begun = event("content_block_start", f',"index":{index},"content_block":{start}')
    made = [event("content_block_delta", f',"index":{index},"delta":{delta}') for delta in deltas]
    return begun + b"".join(made) + event("content_block_stop", f',"index":{index}')


def said(text: str) -> str:
    return f'{{"type":"text_delta","text":"{text}"}}'


START = event(
    "message_start",
    ',"message":{"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":[],"stop_reason":null,'
    '"stop_sequence":null,"usage":{"input_tokens":12,"cache_read_input_tokens":30,"output_tokens":1}}',
)


def ending(reason: str, tokens: int, rest: str = "") -> bytes:
    delta = f',"delta":{{"stop_reason":"{reason}","stop_sequence":null{rest}}},"usage":{{"output_tokens":{tokens}}}'
    return event("message_delta", delta) + STOP


PLAIN = Sample(
    name="plain",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=b"""{"model": "m-1", "max_tokens": 64, "temperature": 0.25, "metadata": {"user_id": "u-9"},
        "system": [{"type": "text", "text": "Answer in a word.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
        {"role": "user", "content": "Which river runs through Vienna?"},
        {"role": "assistant", "content": [{"type": "text", "text": "The Inn"}]},
        {"role": "user", "content": [{"type": "text", "text": "Sure?"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "A map."}},
            {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}}]}]}""",
    response=b"""{"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": [
        {"type": "text", "text": "No, the "}, {"type": "text", "text": "Danube.", "citations": []}],
        "stop_reason": "end_turn", "stop_sequence": null, "usage": {"input_tokens": 12,
        "cache_creation_input_tokens": 5, "cache_read_input_tokens": 30, "output_tokens": 6}}""",
    glance=Glance(model="m-1", user="u-9", max_tokens=64),
    query=Query(
        model="m-1",
        system="Answer in a word.",
        turns=(
            Turn("user", "Which river runs through Vienna?"),
            Turn("assistant", "The Inn"),
            Turn("user", "Sure?\nA map."),
        ),
        max_tokens=64,
        temperature=0.25,
        images=1,
    ),
    answer=Answer(text="No, the Danube.", finish="stop", choices=1, usage=Usage(47, 6), ended=True),
)

TOOLS = Sample(
    name="tool results",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=b"""{"model": "m-1", "max_tokens": 8, "system": "Be brief.", "tools": [{"name": "depth",
        "input_schema": {"type": "object"}}, {"type": "web_search_20250305", "name": "web_search"}],
        "thinking": {"type": "enabled", "budget_tokens": 2048}, "messages": [
        {"role": "user", "content": "How deep is it?"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "I should measure.", "signature": "c2VhbGVkLTE="},
            {"type": "redacted_thinking", "data": "c2VhbGVkLTI="},
            {"type": "tool_use", "id": "t-1", "name": "depth", "input": {"at": "bank"}},
            {"type": "tool_use", "id": "t-2", "name": "depth", "input": {"at": "middle"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t-1", "content": "1 m"},
            {"type": "tool_result", "tool_use_id": "t-2", "content": [{"type": "text", "text": "7 m"},
                {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}]},
            {"type": "text", "text": "Go on."}]}]}""",
    response=b"""{"id": "msg_2", "type": "message", "role": "assistant", "model": "m-1", "content": [
        {"type": "thinking", "thinking": "Seven is enough.", "signature": "c2VhbGVkLTM="},
        {"type": "text", "text": "Seven metres."},
        {"type": "redacted_thinking", "data": "c2VhbGVkLTQ="},
        {"type": "tool_use", "id": "t-3", "name": "depth", "input": {"at": "harbour"}}],
        "stop_reason": "tool_use", "stop_sequence": null, "usage": {"input_tokens": 90, "output_tokens": 40,
        "output_tokens_details": {"thinking_tokens": 25}}}""",
    glance=Glance(model="m-1", max_tokens=8),
    query=Query(
        model="m-1",
        system="Be brief.",
        turns=(
            Turn("user", "How deep is it?"),
            Turn("assistant", ""),
            Turn("tool", "1 m"),
            Turn("tool", "7 m"),
            Turn("user", "Go on."),
        ),
        max_tokens=8,
        tools=2,
        tool_results=2,
        images=1,
        asks_reasoning=True,
        reasoning_blobs=(digest(b"c2VhbGVkLTE="), digest(b"c2VhbGVkLTI=")),
    ),
    answer=Answer(
        text="Seven metres.",
        reasoning="Seven is enough.",
        finish="tool_calls",
        choices=1,
        tool_calls=1,
        usage=Usage(90, 40, 25),
        reasoning_blobs=(digest(b"c2VhbGVkLTM="), digest(b"c2VhbGVkLTQ=")),
        ended=True,
    ),
    hidden=(b"Seven is enough.", b"c2VhbGVkLTM=", b"c2VhbGVkLTQ="),
    trimmed_request=(b'"budget_tokens"',),
)

STREAM = Sample(
    name="streamed thinking",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=b"""{"model": "m-1", "max_tokens": 4096, "stream": true, "thinking": {"type": "adaptive",
        "display": "summarized"}, "messages": [{"role": "user", "content": "Why is the sky blue?"}]}""",
    response=START
    + block(
        0,
        '{"type":"thinking","thinking":"","signature":""}',
        '{"type":"thinking_delta","thinking":"Short waves "}',
        '{"type":"thinking_delta","thinking":"scatter more."}',
        '{"type":"signature_delta","signature":"c2VhbGVkLTU="}',
    )
    + event("ping")
    + block(1, '{"type":"text","text":""}', said("Because blue "), said("scatters."))
    + block(2, '{"type":"redacted_thinking","data":"c2VhbGVkLTY="}')
    + block(
        3,
        '{"type":"tool_use","id":"t-1","name":"look","input":{}}',
        '{"type":"input_json_delta","partial_json":"{\\"up\\":"}',
        '{"type":"input_json_delta","partial_json":"true}"}',
    )
    + ending("tool_use", 33),
    content_type=EVENTS,
    glance=Glance(model="m-1", stream=True, max_tokens=4096),
    query=Query(
        model="m-1", turns=(Turn("user", "Why is the sky blue?"),), max_tokens=4096, stream=True, asks_reasoning=True
    ),
    answer=Answer(
        text="Because blue scatters.",
        reasoning="Short waves scatter more.",
        finish="tool_calls",
        choices=1,
        tool_calls=1,
        usage=Usage(42, 33),
        reasoning_blobs=(digest(b"c2VhbGVkLTU="), digest(b"c2VhbGVkLTY=")),
        ended=True,
    ),
    hidden=(b"Short waves", b"c2VhbGVkLTU=", b"c2VhbGVkLTY="),
    trimmed_request=(b'"thinking"', b'"display"'),
    ending=STOP,
)

ONLY_THINKING = Sample(
    name="nothing but thinking",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=b"""{"model": "m-1", "max_tokens": 12, "stream": true, "messages": [{"role": "user", "content": "Hm?"}],
        "thinking": {"type": "adaptive", "display": "omitted"}, "context_management": {"edits": [
        {"type": "clear_thinking_20251015"}, {"type": "clear_tool_uses_20250919"}]}}""",
    response=START
    + block(0, '{"type":"thinking","thinking":""}', '{"type":"thinking_delta","thinking":"Where do I"}')
    + ending("max_tokens", 12),
    content_type=EVENTS,
    glance=Glance(model="m-1", stream=True, max_tokens=12),
    query=Query(model="m-1", turns=(Turn("user", "Hm?"),), max_tokens=12, stream=True),
    answer=Answer(reasoning="Where do I", finish="length", choices=1, usage=Usage(42, 12), ended=True),
    hidden=(b"Where do I",),
    trimmed_request=(b"omitted", b"clear_thinking"),
    ending=STOP,
)

REFUSAL = Sample(
    name="refusal",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=b'{"model":"m-1","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Bad idea?"}]}',
    response=START
    + block(0, '{"type":"text","text":"I"}', said(" will not"))
    + ending("refusal", 3, ',"stop_details":{"type":"refusal","category":null,"explanation":"It would do harm."}'),
    content_type=EVENTS,
    glance=Glance(model="m-1", stream=True, max_tokens=9),
    query=Query(model="m-1", turns=(Turn("user", "Bad idea?"),), max_tokens=9, stream=True),
    answer=Answer(
        text="I will not",
        refusal="It would do harm.",
        finish="refusal",
        choices=1,
        usage=Usage(42, 3),
        ended=True,
    ),
    ending=STOP,
)

FAILED_MIDWAY = Sample(
    name="error in mid-stream",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=REFUSAL.request,
    response=START
    + event("content_block_start", ',"index":0,"content_block":{"type":"text","text":""}')
    + event("content_block_delta", f',"index":0,"delta":{said("Half an ans")}')
    + event("error", ',"error":{"type":"overloaded_error","message":"Too busy."}'),
    content_type=EVENTS,
    glance=REFUSAL.glance,
    query=REFUSAL.query,
    answer=Answer(
        text="Half an ans",
        finish="error",
        choices=1,
        usage=Usage(42, 1),
        error="overloaded_error: Too busy.",
    ),
)

FAILED = Sample(
    name="error",
    surface="anthropic.messages",
    dialect="anthropic",
    path=MESSAGES,
    request=b'{"model":"m-0","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}',
    response=b'{"type":"error","error":{"type":"not_found_error","message":"model: m-0"},"request_id":"req_1"}',
    glance=Glance(model="m-0", max_tokens=9),
    query=Query(model="m-0", turns=(Turn("user", "Hi"),), max_tokens=9),
    answer=Answer(finish="error", error="not_found_error: model: m-0"),
)

VERTEX = Sample(
    name="on Vertex AI",
    surface="anthropic.messages",
    dialect="anthropic",
    path="/v1/projects/p-1/locations/europe-west1/publishers/anthropic/models/m-1@20250101:streamRawPredict",
    request=b"""{"anthropic_version": "vertex-2023-10-16", "max_tokens": 20, "stream": true,
        "messages": [{"role": "user", "content": "Name a lake."}]}""",
    response=START + block(0, '{"type":"text","text":""}', said("Lake Constance")) + ending("end_turn", 4),
    content_type=EVENTS,
    glance=Glance(model="m-1@20250101", stream=True, max_tokens=20),
    query=Query(model="m-1@20250101", turns=(Turn("user", "Name a lake."),), max_tokens=20, stream=True),
    answer=Answer(text="Lake Constance", finish="stop", choices=1, usage=Usage(42, 4), ended=True),
    ending=STOP,
)

COUNT = Sample(
    name="count",
    surface="anthropic.count_tokens",
    dialect="anthropic",
    path="/v1/messages/count_tokens",
    request=b'{"model":"m-1","thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"How long am I?"}]}',
    response=b'{"input_tokens":11}',
    glance=Glance(model="m-1"),
    query=Query(model="m-1", turns=(Turn("user", "How long am I?"),), asks_reasoning=True),
    answer=Answer(ended=True),
    generates=False,
)

COMPLETE = Sample(
    name="old completion",
    surface="anthropic.complete",
    dialect="anthropic",
    path="/v1/complete",
    request=b"""{"model": "m-0", "max_tokens_to_sample": 30, "prompt":
        "Speak plainly.\\n\\nHuman: Name a fruit.\\n\\nAssistant: A fig.\\n\\nHuman: One more.\\n\\nAssistant:"}""",
    response=b"""{"type": "completion", "id": "c-1", "model": "m-0", "completion": " A plum.",
        "stop_reason": "stop_sequence", "stop": "\\n\\nHuman:"}""",
    glance=Glance(model="m-0", max_tokens=30),
    query=Query(
        model="m-0",
        system="Speak plainly.",
        turns=(Turn("user", "Name a fruit."), Turn("assistant", "A fig."), Turn("user", "One more.")),
        max_tokens=30,
    ),
    answer=Answer(text=" A plum.", finish="stop", choices=1, ended=True),
)

COMPLETE_STREAM = Sample(
    name="old completion, streamed",
    surface="anthropic.complete",
    dialect="anthropic",
    path="/v1/complete",
    request=b'{"model":"m-0","max_tokens_to_sample":30,"stream":true,"prompt":"\\n\\nHuman: Hi\\n\\nAssistant: He"}',
    response=event("completion", ',"completion":"l","stop_reason":null,"model":"m-0"')
    + event("ping")
    + event("completion", ',"completion":"lo","stop_reason":"max_tokens","model":"m-0"'),
    content_type=EVENTS,
    glance=Glance(model="m-0", stream=True, max_tokens=30),
    query=Query(model="m-0", turns=(Turn("user", "Hi"), Turn("assistant", "He")), max_tokens=30, stream=True),
    answer=Answer(text="llo", finish="length", choices=1, ended=True),
)

BATCH = Sample(
    name="batch",
    surface="anthropic.batches",
    dialect="anthropic",
    path="/v1/messages/batches",
    request=b"""{"requests": [{"custom_id": "a", "params": {"model": "m-1", "max_tokens": 300,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "messages": [{"role": "user", "content": "One?"}]}}]}""",
    response=b'{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress","results_url":null}',
    glance=Glance(model="m-1", max_tokens=300),
    query=Query(model="m-1", turns=(Turn("user", "One?"),), max_tokens=300, asks_reasoning=True),
    answer=Answer(ended=True),
    trimmed_request=(b"budget_tokens",),
)

BATCH_STATE = Sample(
    name="batch looked at",
    surface="anthropic.batches.stored",
    dialect="anthropic",
    method="GET",
    path="/v1/messages/batches/msgbatch_1",
    response=BATCH.response,
    generates=False,
)

BATCH_RESULTS = Sample(
    name="batch results",
    surface="anthropic.batches.stored",
    dialect="anthropic",
    method="GET",
    path="/v1/messages/batches/msgbatch_1/results",
    response=b'{"custom_id":"a","result":{"type":"succeeded","message":{"type":"message","role":"assistant","content":['
    b'{"type":"thinking","thinking":"It is one.","signature":"c2VhbGVkLTc="},{"type":"text","text":"One."}],'
    b'"stop_reason":"end_turn","usage":{"input_tokens":4,"output_tokens":7}}}}\n'
    b'{"custom_id":"b","result":{"type":"errored","error":{"type":"error","error":{"type":"api_error",'
    b'"message":"Lost."}}}}\n'
    b'{"custom_id":"c","result":{"type":"succeeded","message":{"type":"message","role":"assistant","content":['
    b'{"type":"text","text":"Three."}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":2}}}}\n',
    content_type="application/x-jsonl",
    answer=Answer(
        text="One.\nThree.",
        reasoning="It is one.",
        finish="stop",
        choices=2,
        usage=Usage(9, 9),
        error="api_error: Lost.",
        reasoning_blobs=(digest(b"c2VhbGVkLTc="),),
        ended=True,
    ),
    hidden=(b"It is one.", b"c2VhbGVkLTc="),
)

SAMPLES = [
    PLAIN,
    TOOLS,
    STREAM,
    ONLY_THINKING,
    REFUSAL,
    FAILED_MIDWAY,
    FAILED,
    VERTEX,
    COUNT,
    COMPLETE,
    COMPLETE_STREAM,
    BATCH,
    BATCH_STATE,
    BATCH_RESULTS,
]
