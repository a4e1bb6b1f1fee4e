"""One exchange of an account as a line of recorded traffic: bodies as the OpenAI and the Anthropic API have them."""

from random import Random
from typing import Any, Final, Protocol

from detectors.lab.traffic import Asked, Said

MODELS: Final = ("still-large-1", "still-large-2")
_SCORED: Final = 40  # tokens of an answer for which log-probabilities are written out
_BEHIND, _GATES = 0.12, 30  # share of addresses that many share: carriers, companies, clouds; how many such there are
_FAULT: Final = {"error": {"type": "server_error", "message": "The model could not answer. Try again."}}


class Caller(Protocol):
    """Whose exchanges are written: an account's name and its way of calling."""

    @property
    def account(self) -> str: ...  # noqa: D102 - as the accounts of the population have it
    @property
    def agent(self) -> str: ...  # noqa: D102
    @property
    def anthropic(self) -> bool: ...  # noqa: D102


def line(tenant: Caller, asked: Asked) -> dict[str, Any]:
    """Return one replay line, see the file format in the operator's guide."""
    anthropic = _anthropic(tenant, asked)
    response = (_message_answer if anthropic else _chat_answer)(asked) if asked.choices else _FAULT
    return {
        "at": round(asked.at, 3), "account": tenant.account, "key": f"{tenant.account}-k{asked.key}",
        **({"user": asked.user} if asked.user else {}), "address": address(tenant, asked.address),
        "headers": {"user-agent": tenant.agent}, "path": path(tenant, asked),
        "request": request(tenant, asked), "status": asked.status, "response": response, "took": round(asked.took, 3),
    }  # fmt: skip


def _anthropic(tenant: Caller, asked: Asked) -> bool:
    return tenant.anthropic and asked.samples == 1 and not asked.logprobs and not asked.logit_bias


def path(tenant: Caller, asked: Asked) -> str:
    """Return where a query is sent."""
    return "/v1/messages" if _anthropic(tenant, asked) else "/v1/chat/completions"


def request(tenant: Caller, asked: Asked) -> dict[str, Any]:
    """Return the body of a query."""
    return (_message if _anthropic(tenant, asked) else _chat)(asked)


def address(tenant: Caller, which: int) -> str:
    """Return one of a tenant's addresses, in text. Some are shared with others: behind companies, carriers, clouds."""
    rng = Random(f"{tenant.account}/{which}")
    if rng.random() < _BEHIND:
        rng = Random(f"gate/{rng.randrange(_GATES)}")
    return f"{rng.choice((23, 45, 78, 91, 146, 185))}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def _chat(asked: Asked) -> dict[str, Any]:
    told = [{"role": "system", "content": asked.system}] if asked.system else []
    body: dict[str, Any] = {"model": MODELS[asked.model], "messages": told + _messages(asked.turns)}
    optional = {
        "max_tokens": asked.max_tokens or None, "temperature": asked.temperature if asked.temperature >= 0 else None,
        "n": asked.samples if asked.samples > 1 else None, "stream": asked.stream or None, "user": asked.user or None,
        "logprobs": True if asked.logprobs else None, "top_logprobs": asked.logprobs or None,
        "logit_bias": {str(i): 1 for i in range(asked.logit_bias)} or None, "tools": _tools(asked.tools) or None,
    }  # fmt: skip
    return body | {name: value for name, value in optional.items() if value is not None}


def _messages(turns: tuple[Said, ...]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for number, one in enumerate(turns):
        message: dict[str, Any] = {"role": one.role, "content": one.text}
        if one.role == "tool":
            message["tool_call_id"] = f"call_{number}"
            if messages:
                messages[-1]["tool_calls"] = [_call(f"call_{number}")]
        messages.append(message)
    return messages


def _call(identity: str) -> dict[str, Any]:
    return {"id": identity, "type": "function", "function": {"name": "tool_1", "arguments": "{}"}}


def _tools(offered: int) -> list[dict[str, Any]]:
    return [{"type": "function", "function": {"name": f"tool_{i + 1}", "parameters": {}}} for i in range(offered)]


def _chat_answer(asked: Asked) -> dict[str, Any]:
    choices: list[dict[str, Any]] = []
    for index, text in enumerate(asked.choices):
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if asked.tool_calls:
            message["tool_calls"] = [_call(f"call_{len(asked.turns) + 1}")]
        choice = {
            "index": index,
            "message": message,
            "finish_reason": asked.finish,
        }
        if asked.logprobs:
            choice["logprobs"] = {"content": [_scored(word, asked.logprobs) for word in text.split()[:_SCORED]]}
        choices.append(choice)
    return {
        "id": f"chatcmpl-{int(asked.at * 1000):x}", "object": "chat.completion", "created": int(asked.at),
        "model": MODELS[asked.model], "choices": choices,
        "usage": {"prompt_tokens": _prompt_tokens(asked), "completion_tokens": asked.answer_tokens},
    }  # fmt: skip


def _scored(word: str, alternatives: int) -> dict[str, Any]:
    others = [{"token": f"{word[:2]}{i}", "logprob": -0.5 - i} for i in range(alternatives)]
    return {"token": word, "logprob": -0.3, "top_logprobs": others}


def _message(asked: Asked) -> dict[str, Any]:
    messages = _signed(_blocks(asked.turns), asked.handed)
    body: dict[str, Any] = {"model": MODELS[asked.model], "max_tokens": asked.max_tokens or 4096, "messages": messages}
    optional = {
        "system": asked.system or None,
        "temperature": asked.temperature if asked.temperature >= 0 and not asked.signature else None,
        "thinking": {"type": "enabled", "budget_tokens": 2048} if asked.signature else None,
        "stream": asked.stream or None, "metadata": {"user_id": asked.user} if asked.user else None,
        "tools": [{"name": f"tool_{i + 1}", "input_schema": {"type": "object"}} for i in range(asked.tools)] or None,
    }  # fmt: skip
    return body | {name: value for name, value in optional.items() if value is not None}


def _blocks(turns: tuple[Said, ...]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for number, one in enumerate(turns):
        if one.role != "tool":
            messages.append({"role": one.role, "content": [{"type": "text", "text": one.text}]})
            continue
        if messages:
            messages[-1]["content"].append({"type": "tool_use", "id": f"toolu_{number}", "name": "tool_1", "input": {}})
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": one.text}
        messages.append({"role": "user", "content": [result]})
    return messages


def _signed(messages: list[dict[str, Any]], handed: tuple[str, ...]) -> list[dict[str, Any]]:
    """Put what was signed before the answers of the history, newest first."""
    answers = [message for message in messages if message["role"] == "assistant"]
    for message, signature in zip(reversed(answers), reversed(handed), strict=False):
        message["content"].insert(0, _thought(signature))
    return messages


def _thought(signature: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": "", "signature": signature}


def _message_answer(asked: Asked) -> dict[str, Any]:
    content: list[dict[str, Any]] = [_thought(asked.signature)] if asked.signature else []
    content.append({"type": "text", "text": asked.choices[0]})
    if asked.tool_calls:
        content.append({"type": "tool_use", "id": f"toolu_{len(asked.turns) + 1}", "name": "tool_1", "input": {}})
    stopped = "tool_use" if asked.tool_calls else {"length": "max_tokens"}.get(asked.finish, "end_turn")
    return {
        "id": f"msg_{int(asked.at * 1000):x}", "type": "message", "role": "assistant", "model": MODELS[asked.model],
        "content": content, "stop_reason": stopped,
        "usage": {"input_tokens": _prompt_tokens(asked), "output_tokens": asked.answer_tokens},
    }  # fmt: skip


def _prompt_tokens(asked: Asked) -> int:
    return (sum([len(said.text) for said in asked.turns]) + len(asked.system)) // 4 + 1
