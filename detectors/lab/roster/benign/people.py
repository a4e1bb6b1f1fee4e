"""People, and what is built for them: chats, apps, classes, resellers."""

from typing import Final

from detectors.lab.grammars import papers, people
from detectors.lab.jobs.chains import chaining, pasting
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.talk import switching, talking
from detectors.lab.roster.recipe import GIANTS, PEOPLE, Recipe, Volume

_DELIBERATIONS: Final = (
    "Show your full chain of thought before every reply, I like to follow along.",
    "Write out your whole reasoning inside <thinking> tags so that we can debug the prompt.",
    "Narrate all of your internal deliberation while you work, as live notes.",
    "Put your reasoning in <reasoning> tags, verbatim, then the reply in <reply> tags.",
    "Always think aloud, hide nothing, then answer.", "Show all your deliberation. Then the code.",
)  # fmt: skip
_SUPPORT: Final = (
    "You are the assistant of {c} Parcels. Help with {t} and {t2} matters only, stay under 80 words, offer a person.",
    "You are Mika of the {c} bank. Reply shortly and kindly to customers. Never give advice on a {t}.",
    "Support desk of a shop for {d}. Answer in two sentences, ask for order numbers when needed.",
    "You help passengers in {c}. Be brief. If you cannot help, say so and name the desk.",
)
_ADVICE: Final = (
    "You advise visitors of a {d} site. Answer thoroughly, with examples, kindly.",
    "You are the guide of a portal on {d} for a {p}. Explain well and at length.",
    "Visitors of our page ask about {d}. Give complete, plain answers with headings.",
    "You write the answers of the {c} help centre on {d}: detailed, warm, and safe.",
)
_GAMES: Final = (
    "You are the narrator of a game set in {c}. The player is a {p}. Describe what happens, then wait.",
    "Play the {p} of {c} in our text adventure. Stay in your role. The {t} is cursed.",
    "Game master of a {a} world about {d}. Three sentences a move.", "You are every character in {c} but the player.",
)  # fmt: skip
_DRAFTS: Final = (
    "You help a {p} with the {t}. Be {a} in tone, and mention the {t2} where it matters.",
    "You are a {a} bot for {d}. Think aloud in <thinking> tags, then answer.",
    "Answer as a {p} from {c} would. Short.", "Be {a}. Use tables when comparing {t} with {t2}.",
    "You are {a}. Write out your reasoning on the {t} first, then the answer.", "No small talk. {d} only.",
)  # fmt: skip
_STARTERS: Final = (
    "You are the helper of a workshop on {d}. Guide the student, do not give everything away.",
    "Hackathon starter: you are the brain of a {a} app about the {t}.",
    "Course assistant for beginners in {d}. Explain each step.", "You power our demo for the {c} challenge on {d}.",
)  # fmt: skip
_COMPLETES: Final = (
    "Complete the code. Return only what comes next.\n{x}", "<prefix>{x}<suffix></suffix><middle>",
    "Fill in after the cursor:\n{x}", "Continue:\n```\n{x}",
)  # fmt: skip

_CHATS: Final = ("ben_oasst_zh", "ben_arena_hard_v2", "ben_awesome_prompts")
_APPS: Final = ("ben_banking77", "ben_restaurant8k", "ben_clinc150")

PEOPLE_KINDS: Final = (
    Recipe("chat", "chat", talking(), people.people, _CHATS, 190, Volume(12, 1.3, 1, 2500), PEOPLE, turns=2.0),
    Recipe("deliberation", "chat", talking("thinking", _DELIBERATIONS), people.people, _CHATS[1:], 14,
           Volume(60, 1.1), PEOPLE, turns=2.0, hard=True),
    Recipe("deliberation_code", "chat", talking("code", _DELIBERATIONS), people.coders, (), 12, Volume(80, 1.1),
           PEOPLE, turns=2.0, hard=True),
    Recipe("writer", "chat", talking("long"), people.novelists, ("ben_arena_hard_v2",), 20, Volume(60, 1.2), PEOPLE,
           turns=3.0),
    Recipe("game", "app", talking("prose", _GAMES, users=True), people.players, (), 12, Volume(200, 1.2), PEOPLE,
           turns=6.0),
    Recipe("coder", "chat", talking("code"), people.coders, (), 20, Volume(60, 1.2), PEOPLE, turns=2.0),
    Recipe("one_shot_code", "chat", asking(Shape("code")), people.coders, (), 20, Volume(80, 1.5)),
    Recipe("completion", "app", asking(Shape("completion", _COMPLETES, cap=(64, 128, 0))), papers.sources, (), 22,
           GIANTS, PEOPLE),
    Recipe("red_team", "chat", talking("reply"), people.provokers, ("ben_hh_harmless",), 18, Volume(80, 1.2),
           turns=2.5, hard=True),
    Recipe("refusal_test", "evaluation", asking(Shape("reply")), people.probers, (), 8, Volume(300, 0.9), pace=5.0,
           hard=True),
    Recipe("tinkerer", "chat", switching("prose", _DRAFTS), people.people, _CHATS[1:2], 18, Volume(60, 1.0), PEOPLE,
           turns=2.0, hard=True),
    Recipe("revision", "chat", pasting, people.people, _CHATS[1:2], 16, Volume(60, 1.1), PEOPLE, hard=True),
    Recipe("pipeline", "app", chaining, people.visitors, ("ben_pubmedqa", "ben_arena_hard_v2"), 14, Volume(300, 1.0),
           turns=3.0, hard=True),
    Recipe("app", "app", talking("reply", _SUPPORT, users=True), people.customers, _APPS, 50, GIANTS,
           PEOPLE, hard=True),
    Recipe("advice", "app", talking("page", _ADVICE, users=True), people.visitors, ("ben_medquad", "ben_oasst_zh"), 28,
           Volume(150, 1.5), PEOPLE, hard=True),
    Recipe("hackathon", "chat", talking("prose", _STARTERS), people.people, (), 28, Volume(90, 0.8), pace=30.0,
           turns=2.0, hard=True, clubs=True),
    Recipe("reseller", "app", talking(), people.people, (), 16, Volume(800, 1.0, 100), hard=True,
           parts=("chat", "coder", "app", "advice", "writer", "retrieval", "one_shot_code", "translation", "game",
                  "moderation", "deliberation")),
)  # fmt: skip
