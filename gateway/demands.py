"""Does a text demand hidden or prior reasoning *as output*: verbatim, in full, or between tags.

Not meant: "think step by step", "explain your answer", "show your work". Nor the opposite: "do not reveal your
internal reasoning". A hit is one vote of one template, never a verdict; public false alarms of such filters came from
a single sentence in a settings file, so whoever counts hits counts distinct templates.

Cost: one substring scan a stem on ordinary text; patterns run only in short windows around a stem, with bounded gaps,
so time is linear in a bounded input whatever is written there.
"""

import re
from collections.abc import Iterator

from gateway.embedding import edges

EDGE = 4096  # characters read at each end of a text
_BEFORE, _AFTER = 160, 200  # characters of a window around a stem: two ordinary sentences
_WINDOWS = 24  # windows tried a text: a prompt that talks of nothing but thinking says it early or late

_ENGLISH = (
    "reasoning",
    "thinking",
    "thought",
    "think>",
    "chain of",
    "chain-of",
    "deliberat",
    "monologue",
    "scratch",
    "ideas",
    "idea that",
)
_OTHERS = (
    "思考", "思维", "推理", "思路", "razonamiento", "pensamiento", "gedanke", "denkproz", "überlegung", "raisonnement",
    "réflexion", "рассужден", "размышлен",
)  # fmt: skip
_PLAIN = tuple(stem for stem in _OTHERS if stem.isascii())
STEMS = (*_ENGLISH, *_OTHERS)  # without one of these nothing is demanded

_GAP = r"[^.!?\n]"
_KEEP = r"(?:do not|don't|never|must not) (?:omit|skip|hide|remove|shorten|truncate|leave out|summari[sz]e)"
_VERB = (
    r"(?:\b(?:output|print|write|writing|reproduce|reveal|show|return|repeat|transcribe|articulate|narrate|include|"
    r"give|dump|expose|verbali[sz]e|present|provide|emit|recite|reconstruct|put|place|wrap|enclose|display|spell)\b|"
    rf"{_KEEP})"
)
_NOUN = (
    r"(?:reasoning|thinking|thoughts?(?: process(?:es)?)?|chains?[- ]of[- ]thoughts?|deliberations?|"
    r"(?:deliberation|reasoning) process|monologue|scratchpad)\b"
)
_WHOLE = (
    r"\b(?:internal|hidden|private|inner|raw|full|complete|entire|whole|unabridged|unedited|unfiltered|exact|verbatim|"
    r"every|all(?: of)?|prior|previous|earlier|secret|uncut)\b"
)
_FAITHFUL = (
    r"(?:verbatim|word[- ]for[- ]word|token by token|in full\b|unabridged|without (?:omi|leaving|shorten|summar)|"
    rf"{_KEEP}|nothing (?:omitted|left out))"
)
_TAG = (
    r"(?:</?(?:think|thinking|thoughts?|reasoning|scratchpad|cot|deliberation|reflection|inner_monologue)>|"
    r"[\[`*](?:thinking|reasoning|thoughts?)[\]`*]|\b(?:think|thinking|reasoning|scratchpad) tags)"
)
_PREPOSITION = r"(?:\b(?:inside|within|in|between|into|using|with|en|entre|dentro de|zwischen|dans)\b|在|放|写)"

_IN_ENGLISH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_VERB}{_GAP}{{0,40}}?{_WHOLE}\W+(?:[\w'’-]+\W+){{0,3}}?{_NOUN}",
        rf"{_VERB}{_GAP}{{0,60}}?\b{_NOUN}[^\n]{{0,60}}?{_FAITHFUL}",
        rf"{_VERB}{_GAP}{{0,60}}?\b{_NOUN}{_GAP}{{0,24}}?\b(?:behind|(?:that|which) (?:led|produced)|leading to)",
        (
            rf"(?:{_VERB}|\b(?:{_NOUN}|think|reason)\b){_GAP}{{0,80}}?"
            rf"{_PREPOSITION}{_GAP}{{0,24}}?{_TAG}"
        ),
        rf"\b(?:begin|start|open|prefix)\b{_GAP}{{0,40}}?{_TAG}",
        rf"{_VERB}{_GAP}{{0,40}}?\bstream of (?:thoughts?|consciousness)\b",
        (
            rf"\b(?:every|all|each|any)\b{_GAP}{{0,30}}?\b(?:ideas?|thoughts?|doubts?|attempts?|considerations?)\b"
            rf"{_GAP}{{0,60}}?\b(?:inside|within|between|into|in)\b{_GAP}{{0,16}}?</?\w+>"
        ),
    )
)
_IN_OTHERS = tuple(
    re.compile(pattern)
    for pattern in (
        (
            rf"(?:思考|思维|推理|思路|razonamiento|pensamiento|gedanke|denkproz|überlegung|raisonnement|réflexion){_GAP}{{0,80}}?"
            rf"{_PREPOSITION}{_GAP}{{0,24}}?{_TAG}"
        ),
        rf"(?:在|放|写)[^。\n]{{0,12}}?{_TAG}[^。\n]{{0,16}}?(?:思考|思维|推理|思路)",
        (
            r"(?:输出|写出|展示|显示|复述|打印|给出|返回|还原|公开)[^。！？\n]{0,16}?(?:内部|完整|全部|隐藏|原始|逐字|所有|未删减)"
            r"[^。！？\n]{0,8}?(?:思考|思维|推理|思路|独白)"
        ),
        (
            r"(?:把|将)[^。！？\n]{0,10}?(?:内部|完整|全部|隐藏|原始|所有)[^。！？\n]{0,8}?(?:思考|思维|推理|思路)"
            r"[^。！？\n]{0,12}?(?:写|输出|展示|放|返回)"
        ),
        r"(?:思考|思维|推理|思路)(?:过程|链)?[^。！？\n]{0,12}?(?:原样|逐字|一字不漏|不要省略|不得省略|不能省略)",
        (
            r"\b(?:muestra|muéstra|escrib|imprim|reproduc|revel|incluy|devuelv|transcrib)\w*[^.!?\n]{0,50}?"
            r"(?:razonamiento|pensamientos?|cadena de pensamiento)[^.!?\n]{0,30}?"
            r"(?:intern|complet|ocult|íntegr|enter|literal|sin omitir)"
        ),
        (
            r"\b(?:muestra|escrib|imprim|reproduc|revel|incluy|devuelv|transcrib)\w*[^.!?\n]{0,40}?(?:todo|complet|intern|ocult)\w*"
            r"[^.!?\n]{0,20}?(?:razonamiento|pensamientos?)"
        ),
        (
            r"\b(?:gib|gebe|schreib|zeig|wiederhol|leg|offenbar|protokollier)\w*[^.!?\n]{0,40}?"
            r"(?:vollständig|komplett|intern|verborgen|gesamt|ganz|wörtlich|alle)\w*[^.!?\n]{0,30}?"
            r"(?:gedanke|denkproz|überlegung|denkschritt)"
        ),
        (
            r"\b(?:montr|affich|écri|reprodui|révèl|inclu|retranscri)\w*[^.!?\n]{0,50}?(?:raisonnement|réflexions?)"
            r"[^.!?\n]{0,30}?(?:intern|compl[eè]t|caché|intégral|entier|mot à mot|sans rien omettre)"
        ),
        r"(?:покажи|выведи|напиши|приведи)[^.!?\n]{0,40}?(?:полн|внутренн|скрыт|дословн|вс[её])[^.!?\n]{0,24}?(?:рассужден|размышлен)",
    )
)
_ORDER_WORDS = (
    "output print write writing reproduce reveal show return repeat transcribe articulate narrate include give dump "
    "expose verbalize verbalise present provide emit recite reconstruct put place wrap enclose display spell omit "
    "skip hide remove shorten truncate leave summarize summarise think thinking reasoning reason begin start open "
    "prefix goes go into"
)
_TELLING_WORDS = (
    "internal hidden private inner raw full complete entire whole unabridged unedited unfiltered exact verbatim every "
    "all prior previous earlier secret uncut word token without omit skip hide remove shorten truncate leave summarize "
    "summarise nothing behind led produced leading think> thinking> thought> thoughts> reasoning> scratchpad> cot> "
    "deliberation> reflection> inner_monologue> tags thinking] reasoning] thought] thoughts] thinking` reasoning` "
    "thinking* reasoning*"
)
_ORDERS = frozenset(_ORDER_WORDS.split())
_TELLING = frozenset(_TELLING_WORDS.split())
_TO_SPACE = {ord(mark): " " for mark in ".,;:!?()\"'</-[\n"}
_PLAIN_TO_SPACE = bytes([32 if code in _TO_SPACE else code for code in range(256)])  # the same of ASCII bytes
_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:do not|don't|not|never|without|avoid|refrain from|remove|strip|ignore|drop|exclude|omit|hide|no|nunca|"
    r"sin|nicht|kein\w*|ne|не)\b|不要|请勿|不得|不能|别|勿)\W*(?:[\w'’]+\W+){0,2}$"
)
_NEGATED_INSIDE = re.compile(r"\b(?:not|never|without|nicht|niemals|instead of|rather than)\b")
_KEPT = re.compile(rf"{_KEEP}|{_FAITHFUL}")
_TRACE = re.compile(
    rf"\b(?:internal|hidden|private|inner|raw|unabridged|unedited|unfiltered|uncut|secret|prior|previous|earlier)\b|"
    rf"{_FAITHFUL}|\b(?:full|complete|entire|whole|every)\b{_GAP}{{0,24}}?\b(?:thoughts?|chains?|trace|mind|deliberation)|"
    r"内部|隐藏|原始|逐字|未删减|一字不漏|原样|省略|"
    r"intern|ocult|íntegr|literal|omitir|verborgen|wörtlich|gesamt|caché|intégral|mot à mot|omettre|"
    r"внутренн|скрыт|дословн"
)


def demanded(text: str) -> str:
    """Return the words that demand reasoning as output, in lower case; empty if none do.

    Examples:
        >>> demanded("Write out your complete internal reasoning between <thinking> tags, then answer.")
        'write out your complete internal reasoning'
        >>> demanded("Think step by step and explain your answer.")
        ''

    """
    low = edges(text, EDGE).lower()
    return _search(low, _ENGLISH, _IN_ENGLISH) or _search(low, _PLAIN if low.isascii() else _OTHERS, _IN_OTHERS)


def insists(demand: str) -> bool:
    """Return whether a demand's own words ask for what was not meant to be shown, or for every word of it.

    Reasoning between tags is what evaluations of reasoning models ask for too; "internal", "verbatim", "omit nothing"
    say that the trace itself is wanted, and not the care that it takes.

    Args:
        demand: what ``demanded`` returned.

    Examples:
        >>> insists("write out your complete internal reasoning"), insists("write your reasoning in <scratchpad>")
        (True, False)

    """
    return bool(demand and _TRACE.search(demand.lower()))


def _search(low: str, stems: tuple[str, ...], patterns: tuple[re.Pattern[str], ...]) -> str:
    found = [stem for stem in stems if stem in low]
    for window in _around(low, found) if found else ():
        if stems is _ENGLISH and _harmless(window):
            continue
        for pattern in patterns:
            for match in pattern.finditer(window):
                if not _negated(window, match):
                    return match[0]
    return ""


def _harmless(window: str) -> bool:
    # Most talk of reasoning has no word here that a demand cannot do without: this is what keeps honest text cheap.
    words = set(window.translate(_TO_SPACE).split() if not window.isascii() else _plain_words(window))
    return words.isdisjoint(_TELLING) or words.isdisjoint(_ORDERS)


def _plain_words(window: str) -> list[str]:
    return window.encode().translate(_PLAIN_TO_SPACE).decode().split()


def _around(low: str, stems: list[str]) -> Iterator[str]:
    places = [place for stem in stems for place in _places(low, stem)]
    tried, last = 0, -_AFTER
    for place in sorted(places):
        if place - last < _BEFORE // 2:
            continue  # the window before covers this one
        if tried == _WINDOWS:
            return
        last, tried = place, tried + 1
        yield low[max(0, place - _BEFORE) : place + _AFTER]


def _places(low: str, stem: str) -> Iterator[int]:
    place = low.find(stem)
    while place >= 0:
        yield place
        place = low.find(stem, place + _BEFORE // 2)


def _negated(window: str, match: re.Match[str]) -> bool:
    before = window[max(0, match.start() - 40) : match.start()]
    return bool(_NEGATED_BEFORE.search(before) or _NEGATED_INSIDE.search(_KEPT.sub(" ", match[0])))
