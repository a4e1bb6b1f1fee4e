"""Chat, old completions and embeddings, as the original, vLLM and DeepSeek put them on the wire."""

import hashlib

from gateway.exchange import Answer, Glance, Query, Turn, Usage
from tests.gateway.dialects.samples.base import Sample

CHAT = "/v1/chat/completions"
EVENTS = "text/event-stream; charset=utf-8"
SEALED = hashlib.blake2b(b"c2VhbGVkLXRob3VnaHQ=", digest_size=16).digest()


def chunk(choices: str, rest: str = "") -> bytes:
    return (
        f'data: {{"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{choices}]{rest}}}\n\n'.encode()
    )


def delta(index: int, said: str, finish: str = "null", logprobs: str = "null") -> str:
    return f'{{"index":{index},"delta":{{{said}}},"logprobs":{logprobs},"finish_reason":{finish}}}'


DONE = b"data: [DONE]\n\n"
TOKEN = (
    '{"content":[{"token":"Oslo","logprob":-0.03125,"bytes":null,"top_logprobs":[{"token":"Rome","logprob":-4.5}]}]}'
)

PLAIN = Sample(
    name="plain",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b"""{"model": "m-1", "messages": [
        {"role": "system", "content": "Answer in one word."},
        {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
        {"role": "user", "content": "Capital of Norway?"},
        {"role": "assistant", "content": "Bergen", "refusal": null},
        {"role": "user", "content": [{"type": "text", "text": "Sure?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            {"type": "file", "file": {"file_id": "f-1"}}]}],
        "max_completion_tokens": 64, "max_tokens": 99, "temperature": 0.5, "user": "u-1",
        "safety_identifier": "s-1", "prompt_cache_key": "p-1", "seed": 12345678901234567890}""",
    response=b"""{"id": "c-1", "object": "chat.completion", "model": "m-1", "choices": [{"index": 0, "message":
        {"role": "assistant", "content": "Oslo, \\u00e9videmment.", "refusal": null}, "logprobs": null,
        "finish_reason": "stop"}], "usage": {"prompt_tokens": 21, "completion_tokens": 4, "total_tokens": 25,
        "completion_tokens_details": {"reasoning_tokens": 0}}}""",
    glance=Glance(model="m-1", user="s-1", max_tokens=64),
    query=Query(
        model="m-1",
        system="Answer in one word.\nBe kind.",
        turns=(Turn("user", "Capital of Norway?"), Turn("assistant", "Bergen"), Turn("user", "Sure?")),
        max_tokens=64,
        temperature=0.5,
        images=1,
    ),
    answer=Answer(text="Oslo, évidemment.", finish="stop", choices=1, usage=Usage(21, 4), ended=True),
)

TOOLS = Sample(
    name="tool call and result",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b"""{"model": "m-1", "tool_choice": "auto", "tools": [{"type": "function", "function": {"name": "look_up",
        "parameters": {"type": "object"}}}, {"type": "function", "function": {"name": "count"}}], "messages": [
        {"role": "user", "content": "How many fjords?"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "t-1", "type": "function",
            "function": {"name": "look_up", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "t-1", "content": "1190"},
        {"role": "tool", "tool_call_id": "t-2", "content": [{"type": "text", "text": "all of them"}]}]}""",
    response=b"""{"choices": [{"index": 0, "message": {"role": "assistant", "content": null, "tool_calls": [
        {"id": "t-3", "type": "function", "function": {"name": "count", "arguments": "{\\"logprobs\\": 1}"}},
        {"id": "t-4", "type": "function", "function": {"name": "count", "arguments": "{}"}}]},
        "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 5, "completion_tokens": 7}}""",
    glance=Glance(model="m-1"),
    query=Query(
        model="m-1",
        turns=(
            Turn("user", "How many fjords?"),
            Turn("assistant", ""),
            Turn("tool", "1190"),
            Turn("tool", "all of them"),
        ),
        tools=2,
        tool_results=2,
    ),
    answer=Answer(finish="tool_calls", choices=1, tool_calls=2, usage=Usage(5, 7), ended=True),
)

LOGPROBS = Sample(
    name="several choices with log-probabilities",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b"""{"model": "m-1", "messages": [{"role": "user", "content": "Capital?"}], "n": 20, "logprobs": true,
        "top_logprobs": 5, "logit_bias": {"1": 5, "2": -5}, "max_tokens": 4000, "stream": false}""",
    response=f"""{{"choices": [
        {{"index": 1, "message": {{"role": "assistant", "content": "Rome"}}, "logprobs": null,
        "finish_reason": "length"}},
        {{"index": 0, "message": {{"role": "assistant", "content": "Oslo"}}, "logprobs": {TOKEN},
        "finish_reason": "stop"}}
        ], "prompt_logprobs": [null, {{"7": {{"logprob": -1.75}}}}],
        "usage": {{"prompt_tokens": 3, "completion_tokens": 2}}}}
        """.encode(),
    glance=Glance(model="m-1", samples=20, max_tokens=4000),
    query=Query(
        model="m-1",
        turns=(Turn("user", "Capital?"),),
        max_tokens=4000,
        samples=20,
        logprobs=5,
        logit_bias=2,
    ),
    answer=Answer(text="Oslo\nRome", finish="stop", choices=2, logprobs=True, usage=Usage(3, 2), ended=True),
    hidden=(b"-0.03125", b"-4.5", b"-1.75"),
    trimmed_request=(b"logprobs", b"logit_bias", b"20", b"4000"),
)

REASONING = Sample(
    name="reasoning in clear and sealed",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b"""{"model": "r-1", "messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "5",
        "reasoning_details": [{"type": "reasoning.encrypted", "data": "c2VhbGVkLXRob3VnaHQ="}]},
        {"role": "user", "content": "Again."}], "reasoning_effort": "high", "include_reasoning": true}""",
    response=b"""{"choices": [{"index": 0, "message": {"role": "assistant", "content": "4", "reasoning_content":
        "Two and two make four.", "reasoning": "Two and two make four.", "reasoning_details": [
        {"type": "reasoning.encrypted", "data": "c2VhbGVkLXRob3VnaHQ="}], "provider_specific_fields":
        {"reasoning_content": "Two and two make four.", "kept": 1}}, "finish_reason": "stop"}], "usage":
        {"prompt_tokens": 9, "completion_tokens": 12, "completion_tokens_details": {"reasoning_tokens": 8}}}""",
    glance=Glance(model="r-1"),
    query=Query(
        model="r-1",
        turns=(Turn("user", "2+2?"), Turn("assistant", "5"), Turn("user", "Again.")),
        asks_reasoning=True,
        reasoning_blobs=(SEALED,),
    ),
    answer=Answer(
        text="4",
        reasoning="Two and two make four.",
        finish="stop",
        choices=1,
        usage=Usage(9, 12, 8),
        reasoning_blobs=(SEALED,),
        ended=True,
    ),
    hidden=(b"Two and two", b"c2VhbGVk"),
    trimmed_request=(b"include_reasoning",),
)

STREAM = Sample(
    name="stream with interleaved choices, log-probabilities and reasoning",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b"""{"model":"m-1","messages":[{"role":"user","content":"Capital?"}],"stream":true,"n":2,"logprobs":true,
        "stream_options":{"include_usage":true}}""",
    content_type=EVENTS,
    response=b": warming up\n\n"
    + chunk(delta(0, '"role":"assistant","content":""'))
    + chunk(delta(1, '"role":"assistant","content":""'))
    + chunk(delta(0, '"content":null,"reasoning_content":"Norway, "'))
    + chunk(delta(0, '"reasoning_content":"so Oslo."'), ',"usage":null')
    + chunk(delta(0, '"content":"Os"', logprobs=TOKEN))
    + chunk(delta(1, '"content":"Bergen"', logprobs='{"content":[]}'))
    + chunk(delta(0, '"content":"lo"'))
    + chunk(delta(0, "", '"stop"') + "," + delta(1, "", '"length"'))
    + chunk("", ',"usage":{"prompt_tokens":3,"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":5}}')
    + DONE,
    ending=DONE,
    glance=Glance(model="m-1", stream=True, samples=2),
    query=Query(model="m-1", turns=(Turn("user", "Capital?"),), stream=True, samples=2, logprobs=1),
    answer=Answer(
        text="Oslo\nBergen",
        reasoning="Norway, so Oslo.",
        finish="stop",
        choices=2,
        logprobs=True,
        usage=Usage(3, 9, 5),
        ended=True,
    ),
    hidden=(b"-0.03125", b"Norway", b"so Oslo"),
    trimmed_request=(b"logprobs",),
)

TOOL_STREAM = Sample(
    name="stream of a tool call, with other line ends",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b'{"model":"m-1","messages":[{"role":"user","content":"Count."}],"stream":true}',
    content_type=EVENTS,
    response=(
        chunk(delta(0, '"role":"assistant","tool_calls":[{"index":0,"id":"t-1","function":{"name":"count"}}]'))
        + chunk(delta(0, '"tool_calls":[{"index":0,"function":{"arguments":"{"}}]'))
        + chunk(delta(0, '"tool_calls":[{"index":1,"id":"t-2","function":{"name":"count","arguments":"{}"}}]'))
        + chunk(delta(0, '"reasoning":"hm","refusal":"No."', '"tool_calls"'))
        + DONE
    ).replace(b"\n", b"\r\n"),
    ending=DONE.replace(b"\n", b"\r\n"),
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Count."),), stream=True),
    answer=Answer(reasoning="hm", refusal="No.", finish="tool_calls", choices=1, tool_calls=2, ended=True),
    hidden=(b'"hm"',),
)

ERROR_STREAM = Sample(
    name="stream that fails midway",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b'{"model":"m-1","messages":[{"role":"user","content":"Sing."}],"stream":true}',
    content_type=EVENTS,
    response=chunk(delta(0, '"content":"La la"'))
    + b'data: {"error":{"message":"out of memory","type":"server_error","code":null}}\n\n',
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Sing."),), stream=True),
    answer=Answer(text="La la", finish="error", choices=1, error="out of memory"),
)

ERROR = Sample(
    name="error",
    surface="openai.chat",
    dialect="openai",
    path=CHAT,
    request=b'{"model":"none","messages":[{"role":"user","content":"Hello?"}]}',
    response=b'{"error":{"message":"no such model","type":"invalid_request_error",'
    b'"param":null,"code":"model_not_found"}}',
    glance=Glance(model="none"),
    query=Query(model="none", turns=(Turn("user", "Hello?"),)),
    answer=Answer(finish="error", error="no such model", ended=True),
)

AZURE = Sample(
    name="Azure",
    surface="openai.chat",
    dialect="openai",
    path="/openai/deployments/m-az/chat/completions",
    request=b'{"messages":[{"role":"user","content":"Hello?"}]}',
    response=b'{"choices":[{"index":0,"message":{"content":"","refusal":"I would rather not."},'
    b'"finish_reason":"content_filter"}]}',
    glance=Glance(model="m-az"),
    query=Query(model="m-az", turns=(Turn("user", "Hello?"),)),
    answer=Answer(refusal="I would rather not.", finish="refusal", choices=1, ended=True),
)

SAMPLES = [PLAIN, TOOLS, LOGPROBS, REASONING, STREAM, TOOL_STREAM, ERROR_STREAM, ERROR, AZURE]
