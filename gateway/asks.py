"""What kind of thing a prompt asks for, where recipes for training data ask for it: a set of marks, never a verdict.

Each mark is a cause that public recipes share, whatever their wording: tasks to be written, a task to be made harder,
both sides of a talk to be played, answers to be scored, two answers to be compared, material to be spun further, tools
that are described in the text, an earlier train of thought to be cleaned. Honest prompts carry them too, so a hit is
one trial of a bet, and templates count once.

Cost: one look for all words at once, some eight nanoseconds a letter; a pattern is searched only where the words stand
that it needs, in a bounded input, with bounded gaps.

References:
    Self-Instruct (2212.10560), Evol-Instruct (2304.12244), Baize (2304.01196), Auto-J (2310.05470), Prometheus
    (2310.08491), Magicoder (2312.02120), ToolAlpaca (2306.05301): what each asks its teacher.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from gateway.demands import STEMS
from gateway.embedding import edges
from gateway.ways import Lookout, Way, found, ways

EDGE: Final = 500  # characters read at each end of a text: recipes say what they want early or late


class Mark(NamedTuple):
    """One kind of request: its bit, words one of which must be there, and the wordings that say so.

    Where ``ordered``, a word that orders something made must be there too: most talk of questions orders none.
    """

    bit: int
    stems: tuple[str, ...]
    wordings: tuple[Way, ...]
    ordered: bool = True


TASKS, HARDER, BOTH_SIDES, SCORE, COMPARE, SPIN, TOOLS, CLEAN = (1 << i for i in range(8))

_MAKE = r"(?:come up with|generate|create|write|produce|list|design|invent|propose|brainstorm|compose|formulate|pose|draft|make up)"
_TASK = r"(?:tasks?|instructions?|questions?|problems?|prompts?|exercises?|quer(?:y|ies)|scenarios?|personas?)"
_ORDERS: Final = (
    "come up", "generat", "creat", "writ", "produc", "list", "design", "invent", "propos", "brainstorm",
    "compos", "formulat", "pose", "draft", "make", "rewrit", "evolv", "transform", "modif", "deepen",
    "increas", "raise", "add ", "turn", "complet", "simulat", "play", "inspir", "seed", "clean", "correct",
    "polish", "normali", "verify", "check", "judge", "repair", "condense", "guess", "infer", "devise",
    "genera", "escrib", "invent", "erstell", "schreib", "erzeug", "erfind", "would ask", "pairs", "human]",
    "生成", "编写", "列出", "提出", "设计", "想出", "改写", "模拟",
)  # fmt: skip
_GIVEN = r"(?:given|following|above|below|this|original|#\w+#)"

# fmt: off
MARKS: Final = (
    Mark(
        TASKS,
        ("task", "instruction", "question", "problem", "prompt", "exercise", "persona", "pairs", "preguntas",
         "tareas", "ejercicios", "fragen", "aufgaben", "任务", "指令", "问题", "题目"),
        ways(
            rf"\b{_MAKE}\b[^.!?\n]{{0,60}}?\b(?:\d+|ten|twenty|several|many|more|new|diverse|series|list|set|high-quality|different)\b[^.!?\n]{{0,50}}?\b{_TASK}\b",
            rf"\b{_MAKE}\b[^.!?\n]{{0,24}}?\b(?:an?|another|one|your own|the new|similar)\b[^.!?\n]{{0,30}}?\b(?:task|instruction|prompt|exercise|(?:coding|programming|math|word) problem)\b",
            r"\bquestions?\b[^.\n]{0,30}?\b(?:would|might|could) ask\b",
            r"\bpersonas?\b[^\n]{0,80}?\b(?:ask|questions?|prompts?|problems?)\b",
            r"\b(?:question[- ]answer|q ?& ?a|qa|instruction[- ](?:response|answer)|prompt[- ]response) pairs?\b",
            r"\b(?:guess|infer|reconstruct|what|which)\b[^.\n]{0,30}?\b(?:instruction|prompt)\b[^.\n]{0,40}?\b(?:could|would|might|led|produced|answer(?:ed|s)?)\b",
            r"\bmore (?:tasks|instructions|prompts|examples) like (?:these|this|those)\b",
            r"\b(?:genera|crea|escribe|inventa)r?\b[^.\n]{0,40}?\b(?:preguntas|tareas|instrucciones|ejercicios)\b",
            r"\b(?:erstelle|schreibe|erzeuge|erfinde)\b[^.\n]{0,40}?\b(?:fragen|aufgaben|anweisungen|übungen)\b",
            r"(?:生成|编写|列出|提出|设计|想出)[^。\n]{0,16}(?:任务|指令|问题|题目)",
        ),
    ),
    Mark(
        HARDER,
        ("rewrite", "evolve", "complex", "harder", "difficult", "rarer", "constraint", "increase", "deepen", "brand",
         "specific", "requirement", "twist", "改写", "复杂"),
        ways(
            rf"\b(?:rewrite|evolve|transform|make|modify|deepen|upgrade|invent)\b[^.\n]{{0,60}}?\b{_GIVEN}?\b[^.\n]{{0,30}}?\b{_TASK}\b[^\n]{{0,120}}?\b(?:complex|harder|difficult|rarer|deeper|constraints?|challenging|concrete|several steps)\b",
            r"\b(?:increase|raise|add|deepen)\b[^.\n]{0,40}?\b(?:reasoning|difficulty|complexity|depth|constraints?|steps)\b[^\n]{0,80}?\b(?:task|prompt|instruction|version)\b",
            r"\b(?:make|rewrite|turn)\b[^.\n]{0,30}?\b(?:it|this|that|them|question|task|prompt|problem)\b[^.\n]{0,30}?\b(?:harder|more (?:difficult|complex|challenging|specific|demanding))\b",
            r"\bbrand[- ]new (?:prompt|task|question|instruction)\b",
            r"\badd (?:one|another|a further|an extra)(?: more)? (?:constraint|requirement|condition|twist)\b",
            r"改写[^。\n]{0,30}(?:更复杂|更难)",
        ),
    ),
    Mark(
        BOTH_SIDES,
        ("human", "transcript", "dialog", "conversation", "both", "simulate", "user", "对话"),
        ways(
            r"\[(?:human|user|ai|assistant)\]",
            r"\b(?:complete|write|continue|simulate|generate|compose)\b[^.\n]{0,60}?\b(?:transcripts?|dialogues?|dialogs?|conversations?)\b[^.\n]{0,40}?\b(?:between|format|both|turns)\b",
            r"\bplay(?:ing)? both (?:roles|sides|parts)\b",
            r"\bsimulate (?:a|the|another) (?:user|customer|human)\b",
            r"\bnext (?:user|human) (?:turn|message)\b",
            r"\bconversation between (?:a |an )?(?:human|user|two)",
            r"(?:生成|编写|模拟)[^。\n]{0,16}对话",
        ),
    ),
    Mark(
        SCORE,
        ("rubric", "score", "rate ", "grade", "feedback", "评分", "打分"),
        ways(
            r"\bscor(?:e|ing) rubric",
            r"\brubric\b",
            r"\b(?:rate|score|grade|evaluate|assess)\b[^.\n]{0,60}?\b(?:response|answer|output|solution|completion|reply|trace)s?\b",
            r"\binteger (?:number )?between \d",
            r"\bon a scale (?:of|from)\b",
            "评分标准",
            "打分",
        ),
        ordered=False,
    ),
    Mark(
        COMPARE,
        ("response", "answer", "assistant", "better", "prefer", "tie", "回答"),
        ways(
            r"\b(?:two|both|pair of)\b[^.\n]{0,40}?\b(?:responses?|answers?|assistants?|outputs?|completions?|replies)\b",
            r"\b(?:which|whose)\b[^.\n]{0,60}?\b(?:better|preferred|preferable|more helpful)\b",
            r"\[(?:response|answer|assistant) ?[12ab]\]",
            r"\b(?:response|answer|assistant|output) (?:a|1)\b[^.\n]{0,80}?\b(?:response|answer|assistant|output)? ?(?:b|2)\b",
            "哪个回答",
        ),
        ordered=False,
    ),
    Mark(
        SPIN,
        ("inspir", "snippet", "seed", "diverse", "dataset", "training data", "synthetic", "self-contained",
         "data set", "fragment", "passage", "document", "excerpt"),
        ways(
            r"\b(?:gain|draw|take|for|as) inspiration\b",
            r"\binspired by\b[^.\n]{0,60}?\b(?:snippet|fragment|passage|seed|document)",
            r"\bseed (?:tasks?|examples?|questions?|topics?)\b",
            r"\b(?:as|is) (?:a|the|your) seed\b",
            r"\bseed for\b",
            r"\bfor (?:a|the|our) data ?set\b",
            r"\b(?:based on|from|using|around|out of)\b[^.\n]{0,30}?\b(?:snippet|fragment|passage|document|code|excerpt|function)s?\b[^.\n]{0,60}?\b(?:write|create|make|design|invent|generate|pose|devise)\b[^.\n]{0,40}?\b(?:problem|exercise|questions?|task|puzzle|quiz|instruction)s?\b",
            r"\b(?:training|fine-?tuning|synthetic|sft) (?:data|examples?|samples?|set)\b",
            r"\bdiverse\b[^.\n]{0,40}?\b(?:tasks|instructions|questions|examples|topics|set|samples|pairs)\b",
            r"\bself-contained\b",
        ),
    ),
    Mark(
        TOOLS,
        ("api", "tool", "function", "access:", "parameters"),
        ways(
            r"\bmay call (?:this|these|the following) (?:api|tool|function)",
            r"\b(?:tools?|apis?|functions?) (?:you (?:have|can)|available|access)",
            r"\btoolformer\b",
            r"\baccess: ?\w",
            r"\bparameters: ?\{",
            r"\bsimulat\w+[^.\n]{0,40}?\b(?:api|tool)\b",
        ),
        ordered=False,
    ),
    Mark(
        CLEAN,
        ("reasoning", "trace", "solution", "thought", "thinking", "clean", "normali", "polish", "推理"),
        ways(
            r"\b(?:clean(?: up)?|correct|polish|rewrite|normali[sz]e|verify|check|grade|judge|repair|shorten|condense|filter)\b[^.\n]{0,60}?\b(?:reasoning|traces?|solutions?|chains? of thought|thoughts?|thinking|transcripts?)\b",
            r"\b(?:clean(?: up)?|normali[sz]e|polish)\b[^.\n]{0,30}?\b(?:answer|reply|response|text)\b[^\n]{0,60}?\b(?:data ?set|our format|training)",
        ),
    ),
)
# fmt: on
_LOOKOUT: Final = Lookout(
    [
        *STEMS,
        *_ORDERS,
        *(stem for mark in MARKS for stem in mark.stems),
        *(word for mark in MARKS for way in mark.wordings for group in way.groups for word in group),
    ]
)
_DEMANDING: Final = _LOOKOUT.bits(STEMS)
_STEMS: Final = _LOOKOUT.bits({stem for mark in MARKS for stem in mark.stems})
_ORDERED: Final = _LOOKOUT.bits(_ORDERS)
_WATCHED: Final = tuple(
    [(mark.bit, _LOOKOUT.bits(mark.stems), mark.ordered, _LOOKOUT.watched(mark.wordings)) for mark in MARKS]
)


class Look(NamedTuple):
    """What one look at a text told: its marks, and whether it may demand reasoning; if unsure, it may."""

    marks: int
    may_demand: bool


def look(text: str) -> Look:
    """Return the marks of a text, and whether a word stands there that no demand for reasoning can do without."""
    low = edges(text, EDGE).lower()
    seen = _LOOKOUT.seen(low)
    may_demand = bool(seen & _DEMANDING) or len(text) > 2 * EDGE
    if not seen & _STEMS:
        return Look(0, may_demand)
    orders = seen & _ORDERED
    bits = 0
    for bit, stems, ordered, wordings in _WATCHED:
        if seen & stems and (orders or not ordered) and found(wordings, low, seen):
            bits |= bit
    return Look(bits, may_demand)


def marks(text: str) -> int:
    """Return the marks of a text as a set of bits.

    Examples:
        >>> marks("Come up with a series of 20 diverse tasks.") == TASKS | SPIN
        True
        >>> marks("How do I get to Linz?")
        0

    """
    return look(text).marks


marks_again = lru_cache(1024)(marks)  # of system prompts, which come again: hand in what ``edges`` leaves of them
