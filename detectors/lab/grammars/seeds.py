"""What distillers ask: instructions over every field, tasks that breed tasks, personas, roles, code to be inspired by."""

from random import Random
from typing import Final

from detectors.lab.traffic import Conversation, Line, Script
from detectors.lab.words import Words

_TASKS: Final = (
    "Write a detailed essay on the {a} {t}.", "Give a long tutorial about the {t} and the {t2}.",
    "Explain the {t} in depth with three examples for a {p}.", "Compare the {t} with the {t2} at length.",
    "Write a program that models a {t} and explain each part.", "Draft a thorough report on {d} in {c}.",
    "Compose a dialogue between two experts on the {t}.", "Design a course about {d} for a {p}.",
    "Rewrite this sentence in a formal tone: the {t} {v} the {t2}.", "Generate a list of ten uses of a {t}.",
    "Classify the following as {d} or other: {t}, {t2}.", "Suggest a title for an article on the {a} {t}.",
    "Summarise the history of the {t} in {c}.", "Create a table of {a} things a {p} needs for a {t}.",
    "Describe how a {t} works to a child.", "Name three differences of {t} and {t2}.",
)  # fmt: skip
_ZH: Final = (
    "请写一篇关于“{t}”的短文。", "解释一下{t}是什么，并举三个例子。", "比较{t}和{t2}的异同。", "为{p}设计一个关于{d}的学习计划。",
    "把下面的句子改写得更正式：{t} {v} {t2}。", "列出使用{t}的十个建议。", "用简单的话介绍{c}的{d}。", "写一段关于{a} {t}的对话。",
)  # fmt: skip
_BREED: Final = (
    "Rewrite the task below into a harder one with an extra constraint, then solve the new one in full.\n\nTask: {x}",
    "Invent a rarer task in the field of the one given, then answer it at length.\n\nGiven: {x}",
    "Make the following request more concrete and write a complete reply to it.\n\nRequest: {x}",
    "Deepen the question so that it takes several steps, then answer every step.\n\nQuestion: {x}",
)
_LISTS: Final = (
    "Come up with {k} new tasks unlike these, each with input and output.\n{x}",
    "You are asked to write {k} diverse task instructions. Examples:\n{x}\nContinue the list with worked answers.",
    "Here are tasks for a language model.\n{x}\nAdd {k} more, of other kinds, and solve each of them.",
    "Extend this set of instructions by {k}, vary verbs and lengths, give the output for every one.\n{x}",
)
_PERSONAS: Final = (
    "You are a {a} {p} from {c} who knows {d}. List ten questions that you would ask, each with a full answer.",
    "Persona: {p}, {c}, keeps a {t}. Write a maths problem this persona might face, and its solution.",
    "Take the view of a {p} in {c} with a {a} {t}: invent an instruction and follow it.",
    "As somebody who is a {p} and collects {t}, write a question on {d} and answer it as an expert.",
)
_CHATS: Final = (
    "Write a whole conversation between [Human] and [AI] about: {x} Each line starts with its speaker.",
    "The transcript below is of a person and an assistant who talk about '{x}'. Write it in full, with [Human] and [AI].",
    "Simulate a chat of ten turns on this: {x} Mark the turns [Human] and [AI].",
    "Invent both sides of a dialogue, [Human] asking and [AI] helping, on the topic: {x}",
)
_ROLES: Final = (
    "Never forget you are a {p} and I am a {p2}. We share an interest in finishing the task: {x} Give one instruction at a time.",
    "Two agents, a {p} and a {p2}, work on: {x} Stay in your role and never switch. Answer with a solution, then 'Next'.",
    "This is a play of roles: {p} orders, {p2} carries out. The matter: {x} Keep to one step in each message.",
    "You and I are {p} and {p2} and must solve this together: {x} Do not end before it is done.",
)
_TOOLS: Final = (
    "Functions: search(q), book({k}, date), price({k}).\nWrite ten user requests that need them, and the full transcript of calls for each.",
    "API documentation: get_{k}(id), list_{k2}(city), cancel_{k}(id).\nUser: {x}\nShow Thought, Action, Observation, Response.",
    "tool use: on. tools: {k}(text), {k2}(number), shell(cmd). Task: {x} Give the call and its result.",
    "You can call {k}.find and {k2}.update. Invent a user task, then the sequence of calls with arguments and results.",
)
_SNIPPETS: Final = (
    "Gain inspiration from this snippet and write a programming problem and its solution.\n```\n{s}\n```",
    "Here is code:\n{s}\nCreate a self-contained exercise from it, with [Problem] and [Solution].",
    "Use the fragment as a seed for a new coding task; then solve it with tests.\n\n{s}",
    "Write an original question for programmers that this code brings to mind, and its full answer.\n{s}",
)
_NAMES: Final = ("orders", "rooms", "tickets", "weather", "stocks", "routes", "meals", "songs")


def _task(rng: Random, words: Words) -> str:
    return words.say(rng, _TASKS)


def instructions(rng: Random, words: Words) -> Script:
    """Ever new instructions over every field; some distillers ask in Chinese."""
    forms = _ZH if rng.random() < 0.25 else _TASKS  # noqa: PLR2004 - a quarter
    while True:
        yield Conversation((Line(words.say(rng, forms)),))


def evolutions(rng: Random, words: Words) -> Script:
    """Tasks that breed tasks, by several operators in turn."""
    while True:
        yield Conversation((Line(words.pick(rng, _BREED).replace("{x}", _task(rng, words))),))


def bootstrap(rng: Random, words: Words) -> Script:
    """A list of example tasks, to be continued."""
    form = words.pick(rng, _LISTS).replace("{k}", str(rng.choice((5, 10, 20))))
    while True:
        shown = "\n".join(f"{i + 1}. {_task(rng, words)}" for i in range(rng.randint(3, 8)))
        yield Conversation((Line(form.replace("{x}", shown)),))


def personas(rng: Random, words: Words) -> Script:
    """One persona after another, each with questions and answers of its own."""
    while True:
        yield Conversation((Line(words.say(rng, _PERSONAS)),))


def chats(rng: Random, words: Words) -> Script:
    """Whole conversations in one answer."""
    form = words.pick(rng, _CHATS)
    while True:
        yield Conversation((Line(form.replace("{x}", words.question(rng))),))


def roles(rng: Random, words: Words) -> Script:
    """Two roles and a task."""
    form = words.pick(rng, _ROLES)
    while True:
        other = form.replace("{p2}", words.fill(rng, "{p}")).replace("{x}", _task(rng, words))
        yield Conversation((Line("Begin."),), words.fill(rng, other))


def calls(rng: Random, words: Words) -> Script:
    """Tools that do not exist, and how they are called."""
    form = words.pick(rng, _TOOLS)
    while True:
        text = form.replace("{k2}", rng.choice(_NAMES)).replace("{k}", rng.choice(_NAMES))
        yield Conversation((Line(text.replace("{x}", _task(rng, words))),))


def snippets(rng: Random, words: Words) -> Script:
    """Code to be inspired by."""
    form = words.pick(rng, _SNIPPETS)
    while True:
        lines = [f"{rng.choice(_NAMES)} = {rng.choice(_NAMES)}[{rng.randint(0, 99)}]" for _ in range(rng.randint(3, 9))]
        yield Conversation((Line(form.replace("{s}", "\n".join(lines))),))


def programs(rng: Random, words: Words) -> Script:
    """Programs of every kind and language, to be written in full."""
    asks = (
        "Write a {l} program that simulates a {a} {t}.", "Implement a {t} scheduler in {l}, with comments.",
        "Create a {l} function to convert {t} data into {t2} data.", "Design a {l} class hierarchy for {d}.",
        "Code a command line tool in {l} for a {p}.", "Solve in {l}: find the most {a} {t} in a list of {n}.",
    )  # fmt: skip
    while True:
        language = rng.choice(("Python", "Go", "Java", "C", "Rust", "JavaScript", "Haskell", "R"))
        yield Conversation((Line(words.say(rng, [a.replace("{l}", language) for a in asks])),))


def nonsense(rng: Random, words: Words) -> Script:
    """Words at random, for a classifier to be read out."""
    pool = [word for pair in words.things() for word in pair[1].split()]
    while True:
        yield Conversation((Line(" ".join(rng.choices(pool, k=rng.randint(4, 24)))),))
