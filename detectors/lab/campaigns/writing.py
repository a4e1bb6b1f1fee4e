"""How software writes a request: which members it has, in an order of its own."""

from functools import lru_cache
from random import Random

from detectors.lab.traffic import Asked


def shape(agent: str, asked: Asked) -> str:
    """Return the members of a request's body in the order in which that software writes them."""
    there = {
        "max_tokens": asked.max_tokens, "temperature": asked.temperature >= 0.0, "n": asked.samples > 1,
        "stream": asked.stream, "logprobs": asked.logprobs, "logit_bias": asked.logit_bias, "tools": asked.tools,
        "user": asked.user, "system": asked.system,
    }  # fmt: skip
    return _ordered(agent.partition("/")[0], tuple(name for name, value in there.items() if value))


@lru_cache(4096)
def _ordered(software: str, members: tuple[str, ...]) -> str:
    names = ["messages", "model", *members]
    ranks = {name: Random(f"order/{software}/{name}").random() for name in names}
    return " ".join(sorted(names, key=ranks.__getitem__))
