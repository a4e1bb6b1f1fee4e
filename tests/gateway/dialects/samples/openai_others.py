"""OpenAI's old completions, stored chats, embeddings, images, speech, and a path that nobody knows."""

from gateway.exchange import Answer, Glance, Query, Turn, Usage
from tests.gateway.dialects.samples.base import Sample
from tests.gateway.dialects.samples.openai_chat import CHAT, DONE, EVENTS, TOKEN

COMPLETION = Sample(
    name="old completion",
    surface="openai.completions",
    dialect="openai",
    path="/v1/completions",
    request=b'{"model":"b-1","prompt":["Once upon","There was"],"logprobs":3,"echo":true,'
    b'"best_of":7,"n":2,"max_tokens":900}',
    response=b"""{"object":"text_completion","choices":[
        {"index":0,"text":"Once upon a time","logprobs":{"tokens":[" a"],"token_logprobs":[-0.625]},
            "finish_reason":"length"},
        {"index":1,"text":"There was one","logprobs":null,"finish_reason":"stop","prompt_logprobs":[{"1":-0.875}]}],
        "usage":{"prompt_tokens":4,"completion_tokens":3}}""",
    glance=Glance(model="b-1", samples=2, max_tokens=900),
    query=Query(
        model="b-1",
        turns=(Turn("user", "Once upon"), Turn("user", "There was")),
        samples=2,
        logprobs=3,
        max_tokens=900,
    ),
    answer=Answer(
        text="Once upon a time\nThere was one", finish="length", choices=2, logprobs=True, usage=Usage(4, 3), ended=True
    ),
    hidden=(b"-0.625", b"-0.875"),
    trimmed_request=(b"logprobs", b'"best_of":7', b'"n":2', b"900"),
)

COMPLETION_STREAM = Sample(
    name="old completion, streamed",
    surface="openai.completions",
    dialect="openai",
    path="/v1/completions",
    request=b'{"model":"b-1","prompt":"Once","logprobs":0,"stream":true}',
    content_type=EVENTS,
    response=b'data: {"choices":[{"index":0,"text":" upon","logprobs":{"token_logprobs":[-0.625]},'
    b'"finish_reason":null}]}\n\n'
    b'data: {"choices":[{"index":0,"text":" a time","logprobs":null,"finish_reason":"stop"}]}\n\n' + DONE,
    ending=DONE,
    glance=Glance(model="b-1", stream=True),
    query=Query(model="b-1", turns=(Turn("user", "Once"),), logprobs=1, stream=True),
    answer=Answer(text=" upon a time", finish="stop", choices=1, logprobs=True, ended=True),
    hidden=(b"-0.625",),
    trimmed_request=(b"logprobs",),
)

STORED = Sample(
    name="listing of stored chats",
    surface="openai.chat.stored",
    dialect="openai",
    method="GET",
    path=CHAT,
    response=f"""{{"object":"list","data":[
        {{"choices":[{{"index":0,"message":{{"content":"Oslo"}},"logprobs":{TOKEN},"finish_reason":"stop"}}]}}]}}""".encode(),
    answer=Answer(text="Oslo", finish="stop", choices=1, logprobs=True, ended=True),
    hidden=(b"-0.03125",),
)

EMBEDDINGS = Sample(
    name="embeddings",
    surface="openai.embeddings",
    dialect="openai",
    path="/v1/embeddings",
    request=b'{"model":"e-1","input":["a fjord","a fell"],"encoding_format":"float","user":"u-2"}',
    response=b"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-0.5]},
        {"object":"embedding","index":1,"embedding":[0.25,1.0]}],"usage":{"prompt_tokens":6,"total_tokens":6}}""",
    glance=Glance(model="e-1", user="u-2"),
    query=Query(model="e-1", turns=(Turn("user", "a fjord"), Turn("user", "a fell"))),
    answer=Answer(choices=2, usage=Usage(6), ended=True),
)

IMAGES = Sample(
    name="images",
    surface="openai.images",
    dialect="openai",
    path="/v1/images/generations",
    request=b'{"model":"i-1","prompt":"a fjord at dawn","n":3}',
    response=b'{"created":1,"data":[{"b64_json":"AAAA"}]}',
    glance=Glance(model="i-1", samples=3),
    query=Query(model="i-1", turns=(Turn("user", "a fjord at dawn"),), samples=3),
    generates=False,
)

SPEECH = Sample(
    name="speech",
    surface="openai.audio",
    dialect="openai",
    path="/v1/audio/speech",
    request=b'{"model":"v-1","input":"good morning","voice":"alto"}',
    response=b"\xff\xf3\x00\x01",
    content_type="audio/mpeg",
    glance=Glance(model="v-1"),
    query=Query(model="v-1", turns=(Turn("user", "good morning"),)),
    generates=False,
)

UNKNOWN = Sample(
    name="a path that nobody knows",
    surface="opaque",
    dialect="opaque",
    path="/v3/oracle",
    request=b'{"model":"m-1","messages":[{"role":"user","content":"Hello?"}],"logprobs":true}',
    response=b'{"choices":[{"logprobs":{"content":[]}}]}',
    generates=False,
)

SAMPLES = [COMPLETION, COMPLETION_STREAM, STORED, EMBEDDINGS, IMAGES, SPEECH, UNKNOWN]
