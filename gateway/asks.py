"""What kind of thing a prompt asks for, where recipes for training data ask for it: a set of marks, never a verdict.

Each mark is a cause that public recipes share, whatever their wording: tasks to be written, a task to be made harder,
both sides of a talk to be played, answers to be scored, two answers to be compared, material to be spun further, tools
that are described in the text, an earlier train of thought to be cleaned. Honest prompts carry them too, so a hit is
one trial of a bet, and templates count once.

Cost: some ten substring scans on ordinary text; a pattern runs only where one of its stems is found, in a bounded
input, with bounded gaps.

References:
    Self-Instruct (2212.10560), Evol-Instruct (2304.12244), Baize (2304.01196), Auto-J (2310.05470), Prometheus
    (2310.08491), Magicoder (2312.02120), ToolAlpaca (2306.05301): what each asks its teacher.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from gateway.embedding import edges

EDGE: Final = 700  # characters read at each end of a text: recipes say what they want early or late


class Mark(NamedTuple):
    """One kind of request: its bit, words one of which must be there, and the pattern that says so."""

    bit: int
    stems: tuple[str, ...]
    pattern: re.Pattern[str]


TASKS, HARDER, BOTH_SIDES, SCORE, COMPARE, SPIN, TOOLS, CLEAN, STEPS, LABEL = (1 << i for i in range(10))

_MAKE = r"(?:come up with|generate|create|write|produce|list|design|invent|propose|brainstorm|compose|formulate|pose|draft|make up)"
_TASK = r"(?:tasks?|instructions?|questions?|problems?|prompts?|exercises?|quer(?:y|ies)|scenarios?|personas?)"
_GIVEN = r"(?:given|following|above|below|this|original|#\w+#)"

MARKS: Final = (
    Mark(
        TASKS,
        ("task", "instruction", "question", "problem", "prompt", "exercise", "persona", "pairs", "preguntas", "tareas",
         "ejercicios", "fragen", "aufgaben", "任务", "指令", "问题", "题目"),
        re.compile(
            rf"\b{_MAKE}\b[^.!?\n]{{0,60}}?\b(?:\d+|ten|twenty|several|many|more|new|diverse|series|list|set|high-quality|different)\b"
            rf"[^.!?\n]{{0,50}}?\b{_TASK}\b"
            rf"|\b{_MAKE}\b[^.!?\n]{{0,24}}?\b(?:an?|another|one|your own|the new|similar)\b[^.!?\n]{{0,30}}?"
            r"\b(?:task|instruction|prompt|exercise|(?:coding|programming|math|word) problem)\b"
            r"|\bquestions?\b[^.\n]{0,30}?\b(?:would|might|could) ask\b|\bpersonas?\b[^\n]{0,80}?\b(?:ask|questions?|prompts?|problems?)\b"
            r"|\b(?:question[- ]answer|q ?& ?a|qa|instruction[- ](?:response|answer)|prompt[- ]response) pairs?\b"
            r"|\b(?:guess|infer|reconstruct|what|which)\b[^.\n]{0,30}?\b(?:instruction|prompt)\b[^.\n]{0,40}?"
            r"\b(?:could|would|might|led|produced|answer(?:ed|s)?)\b"
            r"|\bmore (?:tasks|instructions|prompts|examples) like (?:these|this|those)\b"
            r"|\b(?:genera|crea|escribe|inventa)r?\b[^.\n]{0,40}?\b(?:preguntas|tareas|instrucciones|ejercicios)\b"
            r"|\b(?:erstelle|schreibe|erzeuge|erfinde)\b[^.\n]{0,40}?\b(?:fragen|aufgaben|anweisungen|übungen)\b"
            r"|(?:生成|编写|列出|提出|设计|想出)[^。\n]{0,16}(?:任务|指令|问题|题目)"
        ),
    ),
    Mark(
        HARDER,
        ("rewrite", "evolve", "complex", "harder", "difficult", "rarer", "constraint", "increase", "deepen", "brand", "specific",
         "requirement", "twist", "改写", "复杂"),
        re.compile(
            rf"\b(?:rewrite|evolve|transform|make|modify|deepen|upgrade|invent)\b[^.\n]{{0,60}}?\b{_GIVEN}?\b[^.\n]{{0,30}}?\b{_TASK}\b"
            r"[^\n]{0,120}?\b(?:complex|harder|difficult|rarer|deeper|constraints?|challenging|concrete|several steps)\b"
            r"|\b(?:increase|raise|add|deepen)\b[^.\n]{0,40}?\b(?:reasoning|difficulty|complexity|depth|constraints?|steps)\b"
            r"[^\n]{0,80}?\b(?:task|prompt|instruction|version)\b"
            r"|\b(?:make|rewrite|turn)\b[^.\n]{0,30}?\b(?:it|this|that|them|question|task|prompt|problem)\b[^.\n]{0,30}?"
            r"\b(?:harder|more (?:difficult|complex|challenging|specific|demanding))\b|\bbrand[- ]new (?:prompt|task|question|instruction)\b"
            r"|\badd (?:one|another|a further|an extra)(?: more)? (?:constraint|requirement|condition|twist)\b"
            r"|改写[^。\n]{0,30}(?:更复杂|更难)"
        ),
    ),
    Mark(
        BOTH_SIDES,
        ("human", "transcript", "dialog", "conversation", "both", "simulate", "user", "对话"),
        re.compile(
            r"\[(?:human|user|ai|assistant)\]|\b(?:complete|write|continue|simulate|generate|compose)\b[^.\n]{0,60}?"
            r"\b(?:transcripts?|dialogues?|dialogs?|conversations?)\b[^.\n]{0,40}?\b(?:between|format|both|turns)\b"
            r"|\bplay(?:ing)? both (?:roles|sides|parts)\b|\bsimulate (?:a|the|another) (?:user|customer|human)\b"
            r"|\bnext (?:user|human) (?:turn|message)\b"
            r"|\bconversation between (?:a |an )?(?:human|user|two)|(?:生成|编写|模拟)[^。\n]{0,16}对话"
        ),
    ),
    Mark(
        SCORE,
        ("rubric", "score", "rate ", "grade", "feedback", "评分", "打分"),
        re.compile(
            r"\bscor(?:e|ing) rubric|\brubric\b|\b(?:rate|score|grade|evaluate|assess)\b[^.\n]{0,60}?\b(?:response|answer|output|solution|"
            r"completion|reply|trace)s?\b|\binteger (?:number )?between \d|\bon a scale (?:of|from)\b|评分标准|打分"
        ),
    ),
    Mark(
        COMPARE,
        ("response", "answer", "assistant", "better", "prefer", "tie", "回答"),
        re.compile(
            r"\b(?:two|both|pair of)\b[^.\n]{0,40}?\b(?:responses?|answers?|assistants?|outputs?|completions?|replies)\b"
            r"|\b(?:which|whose)\b[^.\n]{0,60}?\b(?:better|preferred|preferable|more helpful)\b"
            r"|\[(?:response|answer|assistant) ?[12ab]\]|\b(?:response|answer|assistant|output) (?:a|1)\b[^.\n]{0,80}?"
            r"\b(?:response|answer|assistant|output)? ?(?:b|2)\b|哪个回答"
        ),
    ),
    Mark(
        SPIN,
        ("inspir", "snippet", "seed", "diverse", "dataset", "training data", "synthetic", "self-contained", "data set", "fragment",
         "passage", "document", "excerpt"),
        re.compile(
            r"\b(?:gain|draw|take|for|as) inspiration\b|\binspired by\b[^.\n]{0,60}?\b(?:snippet|fragment|passage|seed|document)"
            r"|\bseed (?:tasks?|examples?|questions?|topics?)\b|\b(?:as|is) (?:a|the|your) seed\b|\bseed for\b|\bfor (?:a|the|our) data ?set\b"
            r"|\b(?:based on|from|using|around|out of)\b[^.\n]{0,30}?\b(?:snippet|fragment|passage|document|code|excerpt|function)s?\b"
            r"[^.\n]{0,60}?\b(?:write|create|make|design|invent|generate|pose|devise)\b[^.\n]{0,40}?"
            r"\b(?:problem|exercise|questions?|task|puzzle|quiz|instruction)s?\b"
            r"|\b(?:training|fine-?tuning|synthetic|sft) (?:data|examples?|samples?|set)\b"
            r"|\bdiverse\b[^.\n]{0,40}?\b(?:tasks|instructions|questions|examples|topics|set|samples|pairs)\b|\bself-contained\b"
        ),
    ),
    Mark(
        TOOLS,
        ("api", "tool", "function", "access:", "parameters"),
        re.compile(
            r"\bmay call (?:this|these|the following) (?:api|tool|function)|\b(?:tools?|apis?|functions?) (?:you (?:have|can)|available|access)"
            r"|\btoolformer\b|\baccess: ?\w|\bparameters: ?\{|\bsimulat\w+[^.\n]{0,40}?\b(?:api|tool)\b"
        ),
    ),
    Mark(
        CLEAN,
        ("reasoning", "trace", "solution", "thought", "thinking", "clean", "normali", "polish", "推理"),
        re.compile(
            r"\b(?:clean(?: up)?|correct|polish|rewrite|normali[sz]e|verify|check|grade|judge|repair|shorten|condense|filter)\b[^.\n]{0,60}?"
            r"\b(?:reasoning|traces?|solutions?|chains? of thought|thoughts?|thinking|transcripts?)\b"
            r"|\b(?:clean(?: up)?|normali[sz]e|polish)\b[^.\n]{0,30}?\b(?:answer|reply|response|text)\b[^\n]{0,60}?\b(?:data ?set|our format|training)"
        ),
    ),
    Mark(
        STEPS,
        ("step", "boxed", "rationale", "reasoning", "explain", "think", "逐步", "推理", "解释"),
        re.compile(
            r"step[- ]by[- ]step|\\boxed|\brationale\b|\bshow (?:your|all) (?:work|steps|reasoning)|\bexplain (?:your|how|why|each|every)\b"
            r"|\b(?:detailed|thorough) (?:reasoning|explanation|solution)|逐步|推理过程|解释"
        ),
    ),
    Mark(
        LABEL,
        ("classif", "label", "probabilit", "sentiment", "categor", "topic", "intent", "spam", "entail", "分类"),
        re.compile(
            r"\b(?:classify|label|categori[sz]e|assign|predict|determine|decide)\b[^\n]{0,100}?\b(?:label|class|categor|topic|sentiment|intent|"
            r"probabilit|spam|entail|polarity|whether)|\bprobabilit(?:y|ies) (?:of|for)\b|\bsentiment\b|分类"
        ),
    ),
)
_WIDE: Final = tuple((mark, mark.stems) for mark in MARKS)
_PLAIN: Final = tuple((mark, tuple(stem for stem in mark.stems if stem.isascii())) for mark in MARKS)


def marks(text: str) -> int:
    """Return the marks of a text as a set of bits.

    Examples:
        >>> marks("Come up with a series of 20 diverse tasks.") == TASKS | SPIN
        True
        >>> marks("How do I get to Linz?")
        0

    """
    low = edges(text, EDGE).lower()
    found = 0
    for mark, stems in _PLAIN if low.isascii() else _WIDE:
        for stem in stems:
            if stem in low:
                found |= mark.bit if mark.pattern.search(low) else 0
                break
    return found


marks_again = lru_cache(1024)(marks)  # of system prompts, which come again: hand in what ``edges`` leaves of them
