"""What the lab's model says: own-written filler of the right shape and length, deterministic, and hardly ever the same.

A detector may ask whether an answer came back, so answers must not share long runs of words by chance: sentences are
put together from pools of fragments so large that eight words in a row practically never repeat.
"""

import re
from collections.abc import Callable
from itertools import product
from random import Random
from typing import Final

_ADJECTIVES = (
    "careful|plain|recent|modest|shared|steady|early|hidden|practical|broad|narrow|patient|reliable|common|rare|"
    "local|gradual|direct|simple|useful|costly|formal|open|quiet|strict|flexible|first|second|final|typical"
)
_NOUNS = (
    "approach|reason|habit|measure|estimate|plan|example|question|pattern|exception|detail|routine|choice|limit|"
    "outcome|record|method|margin|draft|schedule|source|signal|source text|trade-off|constraint|summary|checklist|"
    "comparison|baseline|assumption|budget|boundary|procedure|principle|variation|account|guideline|result|step"
)
_OPENINGS = (
    "In most cases|As a rule|To begin with|On closer inspection|By contrast|For that reason|In practice|Over time|"
    "More often than not|Once that is settled|Under normal conditions|If time allows|Broadly speaking|At first sight|"
    "Where it matters|Compared with last year|Put differently|For a beginner|Seen from outside|Without much effort|"
    "After a short trial|In the long run|Given the circumstances|For the sake of clarity|On the other hand|"
    "With some luck|Before anything else|As several people noted|At the same time|In a few words|Even so|"
    "Whenever possible|By the same token|Step by step|When in doubt|Quite often|On balance|As expected"
)
_VERBS = (
    "leads to|depends on|makes room for|rules out|points towards|takes over from|is easier than|works well with|"
    "builds upon|says little about|replaces|clarifies|competes with|explains|follows from|adds weight to|"
    "stands in for|benefits from|stays close to|comes before|gives way to|outweighs|sharpens|hides|softens|"
    "keeps up with|relies on|calls for|settles|improves|complicates|separates itself from|reflects|touches on"
)
_TAILS = (
    "as long as nobody is in a hurry|which is why it is worth writing down|although opinions differ|"
    "and that saves a good deal of work|so a second look does no harm|at least for the time being|"
    "provided that the numbers are right|even when the weather turns|which few people expect|"
    "and it can be undone later|unless the budget says otherwise|without changing anything else|"
    "because small errors add up|as the table below would show|and nothing more is needed|"
    "while the rest stays as it was|if only for the first week|whatever the size of the group|"
    "which keeps the whole thing honest|and everybody knows where to look|until better evidence turns up|"
    "before the next review|in about half of the situations|with little to lose|as experience suggests|"
    "and the effect is easy to check|though the cost is not zero|no matter who is asked|for reasons of safety|"
    "so that the next person understands it"
)
_ZH_WHO = "这个方法|整体方案|第一步|常见做法|实际情况|主要原因|基本思路|关键问题|日常习惯|具体细节|最终结果|初步估计|不同选择|相关记录|合理安排"
_ZH_DO = "取决于|有助于|可以改善|往往影响|通常包括|并不等于|能够减少|需要结合|应当考虑|逐渐形成|直接关系到|很难替代"
_ZH_WHAT = "时间和成本|个人需要|长期效果|周围环境|使用频率|团队经验|数据质量|安全要求|当地条件|后续维护|学习过程|资源分配|身体状况|市场变化"
_ZH_TAIL = "因此值得记录下来|不过因人而异|这样更容易坚持|所以应当提前准备|至少目前是这样|并且可以随时调整|但也有例外|从而避免重复劳动"
_NAMES = "total|items|result|index|value|count|left|right|cache|queue|node|path|row|state|limit|offset|buffer|score|key"
_CALLS = "update|append|merge|filter|load|parse|check|format|visit|reduce|insert|find|split|sort|push|read|reset|scale"


def _parts(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


_OPEN, _VERB, _TAIL = _parts(_OPENINGS), _parts(_VERBS), _parts(_TAILS)
_WHO, _DO, _WHAT, _END = _parts(_ZH_WHO), _parts(_ZH_DO), _parts(_ZH_WHAT), _parts(_ZH_TAIL)
_IDENTIFIERS = _parts(_NAMES)
_SUBJECTS: Final = tuple(f"the {a} {n}" for a, n in product(_parts(_ADJECTIVES), _parts(_NOUNS)))
_OBJECTS: Final = tuple(f"a {a} {n}" for a, n in product(_parts(_ADJECTIVES), _parts(_NOUNS)))
_LINES: Final = tuple(
    form.format(a=a, b=b, c=c)
    for form in (
        "    {a} = {c}({b})", "    {a}.{c}({b})", "    if {a} > {b}: {c}({a})", "    for {a} in {b}: {c}({a})",
        "    return {c}({a}, {b})", "    {b}[{a}] = {c}({b})", "    while {a} < {b}: {a} = {c}({a})",
    )
    for a, b, c in product(_IDENTIFIERS, _IDENTIFIERS, _parts(_CALLS))
)  # fmt: skip
_ASCII = re.compile(r"[A-Za-z]{5,14}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")
_SENTENCE, _ZH_SENTENCE, _CODE_LINE = 92, 24, 24  # characters of a typical one, drawn short so that enough are made
_LOOKED_AT = 500  # last characters of the prompt whose words the answer takes up


def _topics(rng: Random, prompt: str, han: bool) -> list[str]:
    found = (_HAN if han else _ASCII).findall(prompt[-_LOOKED_AT:])
    return rng.choices(found, k=6) if found else []


def essay(rng: Random, prompt: str, chars: int) -> str:
    """Return running prose that takes up words of the prompt, in Chinese where the prompt is."""
    if _HAN.search(prompt[-_LOOKED_AT:]):
        return _zh(rng, prompt, chars)
    n = chars // _SENTENCE + 1
    topics = [f"the {word.lower()}" for word in _topics(rng, prompt, han=False)]
    subjects = rng.choices(_SUBJECTS, k=n)
    for i, topic in enumerate(topics):
        subjects[(i * 3) % n] = topic
    pools = (_OPEN, _VERB, _OBJECTS, _TAIL)
    opening, verbs, objects, tails = (rng.choices(pool, k=n) for pool in pools)
    said = [f"{a}, {b} {c} {d}, {e}." for a, b, c, d, e in zip(opening, subjects, verbs, objects, tails, strict=True)]
    return _paragraphs(said, " ")[:chars]


def _zh(rng: Random, prompt: str, chars: int) -> str:
    n = chars // _ZH_SENTENCE + 1
    who = rng.choices(_WHO, k=n)
    for i, topic in enumerate(_topics(rng, prompt, han=True)):
        who[(i * 2) % n] = topic
    rest = (rng.choices(pool, k=n) for pool in (_DO, _WHAT, _DO, _WHAT, _END))
    return _paragraphs([f"{a}{b}{c}，也{d}{e}，{f}。" for a, b, c, d, e, f in zip(who, *rest, strict=True)], "")[:chars]


def _paragraphs(said: list[str], gap: str) -> str:
    return "\n\n".join(gap.join(said[i : i + 5]) for i in range(0, len(said), 5))


def code(rng: Random, prompt: str, chars: int) -> str:
    """Return a program with a sentence before it."""
    name = "_".join(word.lower() for word in _topics(rng, prompt, han=False)[:2]) or "solve"
    lines = rng.choices(_LINES, k=max(1, chars // _CODE_LINE))
    body = "\n".join(lines)
    return f"```python\ndef {name}(items, limit):\n{body}"[: max(1, chars - 4)] + "\n```"


def worked(rng: Random, prompt: str, chars: int) -> str:
    """Return reasoning with sums in it, and an answer at its end."""
    text = essay(rng, prompt, max(20, chars - 90))
    a, b = rng.randint(2, 99), rng.randint(2, 99)
    return f"{text} So {a} times {b} is {a * b}, and with {b} more it is {a * b + b}. The answer is {a * b + b}."


def listed(rng: Random, prompt: str, chars: int) -> str:
    """Return a numbered list."""
    said = essay(rng, prompt, chars).replace("\n\n", " ").split(". ")
    return "\n".join(f"{i}. {one}" for i, one in enumerate(said, 1))[:chars]


def dialogue(rng: Random, prompt: str, chars: int) -> str:
    """Return an invented conversation of two."""
    said = essay(rng, prompt, chars).replace("\n\n", " ").split(". ")
    return "\n".join(f"[{('Human', 'AI')[i % 2]}] {one}." for i, one in enumerate(said))[:chars]


def graded(rng: Random, prompt: str, chars: int) -> str:
    """Return feedback and a mark."""
    return f"Feedback: {essay(rng, prompt, max(20, chars - 22))} [RESULT] {rng.randint(1, 5)}"


def record(rng: Random, prompt: str, chars: int) -> str:
    """Return one small JSON object."""
    topic = (_topics(rng, prompt, han=False) or ["none"])[0].lower()
    return f'{{"label": "{topic}", "confidence": {rng.uniform(0.4, 1.0):.2f}, "note": "{chars % 7}"}}'


def statement(rng: Random, prompt: str, chars: int) -> str:
    """Return one SQL statement."""
    topic = (_topics(rng, prompt, han=False) or ["item"])[0].lower()
    first, second = rng.sample(_IDENTIFIERS, 2)
    return f"SELECT {first}, {topic} FROM {second} WHERE {topic} > {chars} ORDER BY {first} LIMIT {rng.randint(1, 50)};"


FORMS: Final[dict[str, Callable[[Random, str, int], str]]] = {
    "prose": essay,
    "code": code,
    "worked": worked,
    "list": listed,
    "dialogue": dialogue,
    "graded": graded,
    "json": record,
    "sql": statement,
}
