"""What distillers ask: instructions over every field, tasks that breed tasks, personas, roles, code as a seed."""

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
_BREED: Final = (
    "Rewrite the task below into a harder one with an extra constraint, then solve the new one in full.\n\nTask: {x}",
    "Invent a rarer task in the field of the one given, then answer it at length.\n\nGiven: {x}",
    "Make the following request more concrete and write a complete reply to it.\n\nRequest: {x}",
    "Deepen the question so that it takes several steps, then answer every step.\n\nQuestion: {x}",
)
_BREED_ONLY: Final = (
    "Rewrite the given prompt into a more complex version. Reply with the new prompt only.\n\n{x}",
    "Draw inspiration from this prompt and create a brand new one of a rarer kind. Prompt only.\n\n{x}",
    "Increase the reasoning that this needs; write the new task only.\n\n{x}",
    "Mutate the instruction below so that fewer people could answer it. Give only the instruction.\n\n{x}",
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
    "Below, a person and an assistant talk about '{x}'. Write the transcript in full, with [Human] and [AI].",
    "Simulate a chat of ten turns on this: {x} Mark the turns [Human] and [AI].",
    "Invent both sides of a dialogue, [Human] asking and [AI] helping, on the topic: {x}",
)
_ROLES: Final = (
    "Never forget you are a {p} and I am a {p2}. We share one task: {x} Give one instruction at a time.",
    "Two agents, a {p} and a {p2}, work on: {x} Stay in your role. Answer with a solution, then 'Next'.",
    "This is a play of roles: {p} orders, {p2} carries out. The matter: {x} Keep to one step in each message.",
    "You and I are {p} and {p2} and must solve this together: {x} Do not end before it is done.",
)
_TOOLS: Final = (
    "Functions: find_{k}(q), book_{k2}(id, date), price(item).\nUser in {c}: {x}\nWrite all calls and their results.",
    "API: get_{k}(id), list_{k2}(city), cancel_{k}(id).\nUser: {x}\nShow Thought, Action, Observation, Response.",
    "tool use: on. tools: {k}(text), {k2}(number), shell(cmd). Task: {x} Give the call and its result.",
    "You can call {k}.find and {k2}.update for a {p} in {c}. Invent a task, then the calls with their results.",
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
    """Ever new instructions over every field."""
    while True:
        yield Conversation((Line(words.say(rng, _TASKS, "task")),))


def evolutions(rng: Random, words: Words) -> Script:
    """Tasks that breed tasks, by several operators in turn; some distillers have the new task only, and ask it next."""
    forms = rng.choice((_BREED, _BREED_ONLY))
    while True:
        yield Conversation((Line(words.pick(rng, forms).replace("{x}", _task(rng, words))),))


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
        yield Conversation((Line("Begin."),), words.fill(rng, form.replace("{x}", _task(rng, words))))


def calls(rng: Random, words: Words) -> Script:
    """Tools that do not exist, and how they are called."""
    form = words.pick(rng, _TOOLS)
    while True:
        first, second = (words.fill(rng, "{t}").replace(" ", "_").lower() for _ in range(2))
        text = form.replace("{k2}", second).replace("{k}", first)
        yield Conversation((Line(words.fill(rng, text.replace("{x}", _task(rng, words)))),))


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
        "Code a command line tool in {l} for a {p} with a {t}.", "Solve in {l}: the most {a} {t} in a list of {n}.",
        "Write a {l} parser for {t} files of {n} lines.", "A web page in {l} where a {p} orders a {a} {t}.",
        "Explain and implement in {l} how a {t} {v} a {t2}.", "Generate test data for {n} {t} and {t2} in {l}.",
        "Build a {l} queue of {n} {t}, then a second one that {v} it.", "A {l} game about a {p} in {c} with a {t}.",
        "Model a {a} {t} as {l} types, with {n} examples.", "{l}: sort {n} {t} by how {a} they are.",
    )  # fmt: skip
    while True:
        language = rng.choice(("Python", "Go", "Java", "C", "Rust", "JavaScript", "Haskell", "R"))
        yield Conversation((Line(words.say(rng, [a.replace("{l}", language) for a in asks])),))


_ORCA: Final = (
    "You are an AI assistant. Provide a detailed answer so the user needs not search outside to understand it.",
    "You should describe the task and explain your answer.",
    "Think like you are answering to a five year old.",
    "While answering, think step by step and justify every step.",
    "You are a teacher. Given a task, say in simple steps what it asks, what it gives, and solve it.",
    "Explain how you used the definition to come up with the answer.",
    "Answer as faithfully as you can, and tell what facts you rely on.",
    "First restate the question, then reason, then conclude.",
)
_FLAN: Final = (
    "{x} Is this true? Options: yes, no, cannot say.", "Read and answer.\n{x}\nWhich thing is {a}?",
    "Premise: {x}\nHypothesis: the {t} is {a}.\nEntailment?", "Make one sentence of: {x}",
    "Write a headline for: {x}", "Given the passage, produce a question on the {t}.\n{x}",
    "Sentence 1: {x}\nSentence 2: the {t} {v} the {t2}.\nSame meaning?", "Which word in this is out of place? {x}",
)  # fmt: skip


def explained(rng: Random, words: Words) -> Script:
    """Small tasks of every kind under system prompts that rotate and ask for explanations."""
    while True:
        task = words.say(rng, [form.replace("{x}", words.passage(rng, rng.randint(1, 3))) for form in _FLAN])
        yield Conversation((Line(task),), words.pick(rng, _ORCA))


def nonsense(rng: Random, words: Words) -> Script:
    """Words at random, for a classifier to be read out."""
    pool = [word for _, thing in words.things() for word in thing.split()]
    while True:
        yield Conversation((Line(" ".join(rng.choices(pool, k=rng.randint(4, 24)))),))
