"""Responses, as the wire has them."""

import hashlib

from gateway.exchange import Answer, Glance, Query, Turn, Usage
from tests.gateway.dialects.samples.base import Sample

PATH = "/v1/responses"
EVENTS = "text/event-stream"
OLD = hashlib.blake2b(b"b2xkLXRob3VnaHQ=", digest_size=16).digest()
NEW = hashlib.blake2b(b"bmV3LXRob3VnaHQ=", digest_size=16).digest()

USAGE = (
    '{"input_tokens":11,"output_tokens":30,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":41,'
    '"input_tokens_details":{"cached_tokens":0}}'
)
THOUGHT = (
    '{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Weighing fjords."}],'
    '"content":[{"type":"reasoning_text","text":"Deep water."}],"encrypted_content":"bmV3LXRob3VnaHQ="}'
)
PART = (
    '{"type":"output_text","text":"Sognefjord.","annotations":[],'
    '"logprobs":[{"token":"Sogne","logprob":-0.0625,"top_logprobs":[]}]}'
)
MESSAGE = f'{{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{PART}]}}'
CALL = '{"id":"fc_1","type":"function_call","call_id":"t-9","name":"measure","arguments":"{}"}'


def response(status: str, output: str, rest: str = "") -> str:
    return (
        f'{{"id":"resp_1","object":"response","status":"{status}","model":"m-1","top_logprobs":2,'
        f'"reasoning":{{"effort":"high","summary":"auto"}},"output":[{output}],"usage":{USAGE}{rest}}}'
    )


def event(name: str, rest: str) -> bytes:
    return f'event: {name}\ndata: {{"type":"{name}","sequence_number":1,{rest}}}\n\n'.encode()


CREATED = event("response.created", f'"response":{response("in_progress", "")}')

WHOLE = Sample(
    name="whole, with reasoning and log-probabilities",
    surface="openai.responses",
    dialect="openai",
    path=PATH,
    request=b"""{"model": "m-1", "instructions": "Be brief.", "input": [
        {"role": "developer", "content": [{"type": "input_text", "text": "No poems."}]},
        {"role": "user", "content": [{"type": "input_text", "text": "Longest fjord?"},
            {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]},
        {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "b2xkLXRob3VnaHQ="},
        {"type": "function_call", "call_id": "t-1", "name": "measure", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "t-1", "output": "204 km"}],
        "include": ["reasoning.encrypted_content", "message.output_text.logprobs", "web_search_call.results"],
        "reasoning": {"effort": "high", "summary": "detailed"}, "top_logprobs": 2, "max_output_tokens": 5000,
        "tools": [{"type": "function", "name": "measure"}], "store": false, "temperature": 1, "user": "u-7"}""",
    response=response("completed", f"{THOUGHT},{MESSAGE}").encode(),
    glance=Glance(model="m-1", user="u-7", max_tokens=5000),
    query=Query(
        model="m-1",
        system="Be brief.\nNo poems.",
        turns=(Turn("user", "Longest fjord?"), Turn("assistant", ""), Turn("tool", "204 km")),
        max_tokens=5000,
        logprobs=2,
        temperature=1.0,
        tools=1,
        tool_results=1,
        images=1,
        asks_reasoning=True,
        reasoning_blobs=(OLD,),
    ),
    answer=Answer(
        text="Sognefjord.",
        reasoning="Weighing fjords.\nDeep water.",
        finish="stop",
        choices=1,
        logprobs=True,
        usage=Usage(11, 30, 20),
        reasoning_blobs=(NEW,),
        ended=True,
    ),
    hidden=(b"-0.0625", b"Weighing", b"Deep water", b"bmV3LXRob3VnaHQ="),
    trimmed_request=(b"logprobs", b"reasoning.encrypted_content", b"detailed", b"5000"),
)

STREAM = Sample(
    name="stream with reasoning, a call and text",
    surface="openai.responses",
    dialect="openai",
    path=PATH,
    request=b'{"model":"m-1","input":"Longest fjord?","stream":true}',
    content_type=EVENTS,
    response=CREATED
    + event("response.output_item.added", '"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}')
    + event(
        "response.reasoning_summary_part.added",
        '"output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}',
    )
    + event("response.reasoning_summary_text.delta", '"output_index":0,"summary_index":0,"delta":"Weighing "')
    + event("response.reasoning_summary_text.delta", '"output_index":0,"summary_index":0,"delta":"fjords."')
    + event("response.reasoning_summary_text.done", '"output_index":0,"summary_index":0,"text":"Weighing fjords."')
    + event(
        "response.content_part.added", '"output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":""}'
    )
    + event("response.reasoning_text.delta", '"output_index":0,"content_index":0,"delta":"Deep water."')
    + event(
        "response.content_part.done",
        '"output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"Deep water."}',
    )
    + event("response.output_item.done", f'"output_index":0,"item":{THOUGHT}')
    + event("response.output_item.added", f'"output_index":1,"item":{CALL}')
    + event("response.function_call_arguments.delta", '"output_index":1,"delta":"{}"')
    + event("response.output_item.done", f'"output_index":1,"item":{CALL}')
    + event(
        "response.output_item.added",
        '"output_index":2,"content_index":0,"item":{"id":"msg_1","type":"message","content":[]}',
    )
    + event(
        "response.content_part.added",
        '"output_index":2,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}',
    )
    + event(
        "response.output_text.delta",
        '"output_index":2,"content_index":0,"delta":"Sogne","logprobs":[{"logprob":-0.0625}]',
    )
    + event("response.output_text.delta", '"output_index":2,"content_index":0,"delta":"fjord.","logprobs":[]')
    + event(
        "response.output_text.done",
        '"output_index":2,"content_index":0,"text":"Sognefjord.","logprobs":[{"logprob":-0.0625}]',
    )
    + event("response.content_part.done", f'"output_index":2,"content_index":0,"part":{PART}')
    + event("response.output_item.done", f'"output_index":2,"content_index":0,"item":{MESSAGE}')
    + event("response.completed", f'"response":{response("completed", f"{THOUGHT},{CALL},{MESSAGE}")}'),
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Longest fjord?"),), stream=True),
    answer=Answer(
        text="Sognefjord.",
        reasoning="Weighing fjords.\nDeep water.",
        finish="tool_calls",
        choices=1,
        tool_calls=1,
        logprobs=True,
        usage=Usage(11, 30, 20),
        reasoning_blobs=(NEW,),
        ended=True,
    ),
    hidden=(b"-0.0625", b"Weighing", b"fjords.", b"Deep water", b"bmV3LXRob3VnaHQ="),
)

CUT_SHORT = Sample(
    name="stream cut off by the capture limit",
    surface="openai.responses",
    dialect="openai",
    path=PATH,
    request=b'{"model":"m-1","input":[{"role":"user","content":"Sing."}],"stream":true,"reasoning":{"effort":"low"}}',
    content_type=EVENTS,
    response=event("response.reasoning_summary_text.delta", '"delta":"Choosing a key."')
    + event("response.output_text.delta", '"delta":"La"')
    + event("response.output_text.delta", '"delta":" la"')
    + b'event: response.output_text.delta\ndata: {"type":"response.outp',
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Sing."),), stream=True),
    answer=Answer(text="La la", reasoning="Choosing a key.", choices=1),
    hidden=(b"Choosing",),
)

INCOMPLETE = Sample(
    name="incomplete stream",
    surface="openai.responses",
    dialect="openai",
    path="/openai/v1/responses",
    request=b'{"model":"m-1","input":"Sing.","stream":true,"max_output_tokens":2}',
    content_type=EVENTS,
    response=event("response.output_text.delta", '"delta":"La"')
    + event(
        "response.incomplete",
        f'"response":{response("incomplete", "", ""","incomplete_details":{"reason":"max_output_tokens"}""")}',
    ),
    glance=Glance(model="m-1", stream=True, max_tokens=2),
    query=Query(model="m-1", turns=(Turn("user", "Sing."),), stream=True, max_tokens=2),
    answer=Answer(text="La", finish="length", choices=1, usage=Usage(11, 30, 20), ended=True),
)

FAILED = Sample(
    name="failed stream",
    surface="openai.responses",
    dialect="openai",
    path=PATH,
    request=b'{"model":"m-1","input":"Sing.","stream":true}',
    content_type=EVENTS,
    response=event("response.refusal.delta", '"delta":"I do not sing."')
    + event(
        "response.failed",
        '"response":{"status":"failed","output":[],"error":{"code":"server_error","message":"hoarse"}}',
    ),
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Sing."),), stream=True),
    answer=Answer(refusal="I do not sing.", finish="error", error="hoarse", ended=True),
)

ERROR = Sample(
    name="error event",
    surface="openai.responses",
    dialect="openai",
    path=PATH,
    request=b'{"model":"m-1","prompt":{"id":"pmpt_1","variables":{"city":"Oslo","mood":{"text":"glad"}}},"stream":true}',
    content_type=EVENTS,
    response=event("error", '"code":"server_error","message":"hoarse","param":null'),
    glance=Glance(model="m-1", stream=True),
    query=Query(model="m-1", turns=(Turn("user", "Oslo\nglad"),), stream=True),
    answer=Answer(finish="error", error="hoarse", ended=True),
)

STORED = Sample(
    name="stored response",
    surface="openai.responses.stored",
    dialect="openai",
    method="GET",
    path="/v1/responses/resp_1",
    response=response("completed", f"{THOUGHT},{MESSAGE}").encode(),
    answer=WHOLE.answer,
    hidden=WHOLE.hidden,
)

INPUT_ITEMS = Sample(
    name="input items of a stored response",
    surface="openai.responses.stored",
    dialect="openai",
    method="GET",
    path="/v1/responses/resp_1/input_items",
    response=f'{{"object":"list","data":[{THOUGHT}]}}'.encode(),
    answer=Answer(ended=True),
    hidden=(b"Weighing", b"Deep water", b"bmV3LXRob3VnaHQ="),
    generates=False,
)

SAMPLES = [WHOLE, STREAM, CUT_SHORT, INCOMPLETE, FAILED, ERROR, STORED, INPUT_ITEMS]
