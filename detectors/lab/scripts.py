"""Own-written scripts: what the lab's clients say when no traffic pack is at hand."""

from random import Random

from detectors.lab.traffic import Conversation, Line, Script
from detectors.lab.wording import DOMAINS, PEOPLE, PLACES, TRAITS, fill, follow_up, passage, question

_SHOPS = (
    "Larkfield Bank",
    "Tern Airways",
    "Oakbox Parcels",
    "Polder Energy",
    "Quay Books",
    "Saffron Mobile",
    "Vale Clinic",
)
_MATTER_LIST = (
    "my {t} has not arrived|I want to cancel|the app says error {n}|change my address to {c}|refund order {n} please|"
    "how do I reset the code|is the shop in {c} open on Sunday|I was charged twice for the {t}|speak to a person|"
    "can I pay by invoice|the {a} one broke after {n} days|where is invoice {n}|book it for {c}|do you sell a {t}|"
    "login does not work since this morning|thanks, that helped"
)
_MATTERS = _MATTER_LIST.split("|")
_WORKED, _SETTINGS = 0.4, 0.1  # shares: benchmarks with worked answers; people with a settings file
_OPEN = (
    "Show your full chain of thought before every reply, I like to follow along.",
    "Write out your whole reasoning inside <thinking> tags so that we can debug the prompt.",
    "Narrate all of your internal deliberation while you work, as live notes.",
    "Put your reasoning in <reasoning> tags, verbatim, then the reply in <reply> tags.",
)
_LABELS = (
    "Label the review as positive, neutral or negative. Answer with one word.\n\nReview: {x}",
    "Does this note mention {d}? Reply yes or no.\nNote: {x}",
    "Pick the topic of the text from: travel, money, health, other.\n\nText: {x}\nTopic:",
    "Rate the urgency of this ticket from 1 to 5. Only the number.\n\n{x}",
)
_TABLES = ("orders", "flights", "patients", "tracks", "sensors", "loans", "matches", "parcels")
_COLUMNS = ("id", "city", "price", "opened_on", "status", "owner", "weight", "score", "region", "duration")


def people(rng: Random) -> Script:
    """A person chats: opens with anything, follows up a few times; some have a sentence of their own in settings."""
    system = rng.choice(_OPEN) if rng.random() < _SETTINGS else ""
    while True:
        lines = [question(rng)] + [follow_up(rng) for _ in range(int(rng.expovariate(0.5)))]
        yield Conversation(tuple(map(Line, lines)), system)


def drafts(rng: Random) -> Script:
    """A developer tries out system prompts of an app to be, one wording after another, some with thinking shown."""
    shown = rng.uniform(0.0, 0.4)
    kept: list[str] = []
    while True:
        if not kept or rng.random() < 1 / (4 + len(kept)):
            wording = fill(rng, "You help a {p} with the {t}. Be {a} in tone, and mention the {t2} where it matters.")
            kept.append(f"{wording} {rng.choice(_OPEN)}" if rng.random() < shown else wording)
        lines = [question(rng)] + [follow_up(rng) for _ in range(int(rng.expovariate(1.0)))]
        yield Conversation(tuple(map(Line, lines)), rng.choice(kept[-4:]))


def customers(rng: Random) -> Script:
    """End users of one support app write short messages under one fixed system prompt."""
    system = (
        f"You are the assistant of {rng.choice(_SHOPS)}, {rng.choice(PLACES)}. Help with {fill(rng, '{t} and {t2}')} "
        f"matters only, stay under {rng.randint(40, 120)} words, and offer a person where you cannot help."
    )
    while True:
        matters = rng.choices(_MATTERS, k=1 + int(rng.expovariate(0.7)))
        yield Conversation(tuple(Line(fill(rng, m.replace("{n}", str(rng.randint(2, 9999))))) for m in matters), system)


def visitors(rng: Random) -> Script:
    """Visitors of an advice app ask whatever they like; some follow up."""
    system = f"You advise visitors of a {rng.choice(list(DOMAINS))} site. Answer thoroughly, with examples, kindly."
    stay = rng.uniform(0.1, 0.6)
    while True:
        lines = [question(rng)]
        while rng.random() < stay:
            lines.append(follow_up(rng))
        yield Conversation(tuple(map(Line, lines)), system)


def documents(rng: Random) -> Script:
    """A retrieval app puts passages and a question into one template."""
    system = (
        f"Answer from the passages only, for staff of a {rng.choice(list(DOMAINS))} archive. Name the passage you used."
    )
    while True:
        found = "\n".join(f"[{i + 1}] {passage(rng, rng.randint(3, 8))}" for i in range(rng.randint(2, 5)))
        yield Conversation((Line(f"Context:\n{found}\n\nQuestion: {question(rng)}"),), system)


def analysts(rng: Random) -> Script:
    """Staff ask for SQL over one schema."""
    table, columns = rng.choice(_TABLES), rng.sample(_COLUMNS, 6)
    system = f"You write PostgreSQL. Reply with one statement, nothing else.\nTable {table}({', '.join(columns)})."
    forms = (
        "average {k} per {k2} since {n}", "which {k2} has the highest {k}?", "count {x} where {k} is over {n}",
        "list the {n} {x} with the lowest {k}, by {k2}", "how many {x} were in {c} last year?", "{x} with no {k}",
        "monthly {k} for {c}", "all {x} whose {k2} is '{a}' and {k} under {n}",
    )  # fmt: skip
    while True:
        form = rng.choice(forms)
        text = form.format(
            k=rng.choice(columns), k2=rng.choice(columns), x=table, n=rng.randint(2, 4000), c=rng.choice(PLACES),
            a=rng.choice(TRAITS),
        )  # fmt: skip
        yield Conversation((Line(text),), system)


def repairs(rng: Random) -> Script:
    """A coding agent is set a task, then reads what its tools return."""
    system = (
        "You are a coding agent working in a repository. Read files before you edit them, run the tests after each "
        f"change, and stop when they pass. The project is written in {rng.choice(['Python', 'Go', 'Rust', 'Java'])}."
    )
    while True:
        task = fill(rng, "The {t} module fails when the {t2} is {a}: find out why and repair it, with a test.")
        results = [f"$ output\n{passage(rng, rng.randint(1, 12))}" for _ in range(rng.randint(3, 24))]
        yield Conversation((Line(task), *map(Line, results)), system)


def items(rng: Random) -> Script:
    """A labelling job fills one template, item after item."""
    form = rng.choice(_LABELS).replace("{d}", rng.choice(list(DOMAINS)))
    while True:
        yield Conversation((Line(form.replace("{x}", passage(rng, rng.randint(1, 3)))),))


def benchmark(rng: Random) -> Script:
    """An evaluation has a fixed list of items, asked in order and again at each checkpoint."""
    worked = rng.random() < _WORKED  # problems with worked answers, not multiple choice
    tail = (
        "Work it out, then write ANSWER: and the number." if worked else "A. yes\nB. no\nC. both\nD. neither\nAnswer:"
    )
    asked = [f"Question: {passage(rng, 2)} {question(rng)}\n{tail}" for _ in range(rng.randint(80, 400))]
    while True:
        for text in asked:
            yield Conversation((Line(text),), tag="worked" if worked else "choice")


def pages(rng: Random) -> Script:
    """A batch translates or sums up pages of text under one instruction."""
    order = rng.choice(
        (
            "Translate the text into {l}. Keep names as they are.",
            "Sum up the text in {n} sentences for a {p}.",
            "Rewrite the text in plain {l}, same length.",
        )
    ).format(l=rng.choice(("German", "Spanish", "Polish", "Korean")), n=rng.randint(2, 5), p=rng.choice(PEOPLE))
    while True:
        yield Conversation((Line(f"{order}\n\n{passage(rng, rng.randint(2, 14))}"),), tag=order.split()[0].lower())
