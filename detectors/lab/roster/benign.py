"""Honest kinds: every traffic class, and every hard negative that is known."""

from typing import Final

from detectors.lab.grammars import papers, people, tests
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.talk import switching, talking
from detectors.lab.jobs.tools import errands
from detectors.lab.jobs.trials import CHOICE, evaluating, interviewing
from detectors.lab.roster.recipe import PEOPLE, Recipe, Volume

DELIBERATIONS: Final = (
    "Show your full chain of thought before every reply, I like to follow along.",
    "Write out your whole reasoning inside <thinking> tags so that we can debug the prompt.",
    "Narrate all of your internal deliberation while you work, as live notes.",
    "Put your reasoning in <reasoning> tags, verbatim, then the reply in <reply> tags.",
    "Always think aloud, hide nothing, then answer.",
    "Show all your deliberation. Then the code.",
)
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
_RAG: Final = (
    "Answer from the passages only. Name the passage you used.",
    "Use the sources below and nothing else. If they do not say, answer 'not in the sources'.",
    "You answer staff of a {d} archive from documents found. Two or three sentences.",
    "Reply from the context. Be brief and cite by number.",
)
_SUMS_UP: Final = (
    "Sum up the text in three sentences for a {p}.\n\n{x}", "Short minutes of the following, as bullets:\n{x}",
    "TL;DR for a {p}:\n\n{x}", "What was decided here? Five lines at most.\n{x}",
)  # fmt: skip
_LABELS: Final = (
    "Label the text as positive, neutral or negative. Answer with one word.\n\nText: {x}",
    "Is this message spam? Answer spam or ham.\n\nMessage: {x}",
    "Does this break our rules? Reply yes or no.\n{x}",
    "Pick the topic: travel, money, health, other.\n\n{x}\nTopic:",
    "Rate the urgency from 1 to 5. Only the number.\n\n{x}",
    "Which team should get this: sales, billing, technical?\n{x}",
)
_YES_NO: Final = ("yes", "no")
OPTIONS: Final = (
    ("positive", "neutral", "negative"),
    ("spam", "ham", "ham", "ham"),
    _YES_NO,
    ("1", "2", "3", "4", "5"),
)
_EXTRACTS: Final = (
    "Extract intent and confidence as JSON.\n{x}", "Return {{'label', 'confidence'}} for: {x}",
    "Fill the slots date, place, people from the message, as JSON only.\n\n{x}", "JSON with the entities of: {x}",
)  # fmt: skip
_FAQ: Final = (
    "Write the FAQ entry for our site (120-180 words, plain language): {x}",
    "Draft a help-centre article answering: {x}", "Answer for our handbook, three paragraphs: {x}",
    "Question of a visitor: {x}\nWrite the answer that we will publish.",
)  # fmt: skip
_COPY: Final = (
    "Write the product page of our shop in {c} for: {x}", "Product text, 150 words, friendly, no lies. Product: {x}",
    "Turn this data sheet into a description that sells: {x}", "Catalogue entry with three headings for {x}",
)  # fmt: skip
_TRANSLATE: Final = (
    "Translate into English: {x}", "Translate to English, keep names as they are.\n{x}",
    "Give the German of: {x}", "Into plain Spanish, same tone: {x}",
)  # fmt: skip
_EXAMS: Final = (
    "Question: {x}\nAnswer:", "{x}\nLet's think step by step. Finish with 'The answer is N'.",
    "Q: {x}\nA:", "Solve, then write ANSWER: and the number.\n\n{x}",
)  # fmt: skip
_JUDGES: Final = (
    "Score the response from 1 to 5 for helpfulness, with feedback.\n\nQuestion and response:\n{x}",
    "You evaluate our model. Rubric: correct, complete, kind. Give reasons, then [RESULT] n.\n{x}",
    "Rate this reply of candidate-7 (1-10) and explain.\n\n{x}", "Grade: {x}\nFeedback, then a mark.",
)  # fmt: skip
HARNESSES: Final = (
    "You are a coding agent working in a repository. Read files before you edit them, run the tests after each change.",
    "You are an interactive CLI tool that helps users with software engineering tasks. Be concise. Use the tools.",
    "You are an autonomous software engineer. Plan, then act with tools, then verify. Never push without asking.",
    "You are a terminal assistant. Prefer small edits. Explain what you did in one line.",
)
_AUDITS: Final = (
    "You are reviewer {n} of a multi-agent audit. Report every finding with file, line, severity and a patch.",
    "Audit agent. Go through the files handed to you; write a full report of flaws and how to mend them.",
    "Security review of our own repository: threat, evidence, fix, for each file, as a structured report.",
    "You are one of eight auditors. Long-form notes on each file; the lead will merge them.",
)
_COMPLETES: Final = (
    "Complete the code. Return only what comes next.\n{x}", "<prefix>{x}<suffix></suffix><middle>",
    "Fill in after the cursor:\n{x}", "Continue:\n```\n{x}",
)  # fmt: skip
_DRAFTS: Final = (
    "You help a {p} with the {t}. Be {a} in tone, and mention the {t2} where it matters.",
    "You are a {a} bot for {d}. Think aloud in <thinking> tags, then answer.",
    "Answer as a {p} from {c} would. Short.", "Be {a}. Use tables when comparing {t} with {t2}.",
)  # fmt: skip
_STARTERS: Final = (
    "You are the helper of a workshop on {d}. Guide the student, do not give everything away.",
    "Hackathon starter: you are the brain of a {a} app about the {t}.",
    "Course assistant for beginners in {d}. Explain each step.", "You power our team's demo for the {c} challenge on {d}.",
)  # fmt: skip

_CHATS = ("ben_oasst_zh", "ben_arena_hard_v2", "ben_awesome_prompts")
_APPS = ("ben_banking77", "ben_restaurant8k", "ben_clinc150")
_LABELLED = ("ben_sms_spam", "ben_banking77", "ben_clinc150")

BENIGN: Final = (
    Recipe("chat", "chat", talking(), people.people, _CHATS, 150, Volume(14, 1.3, 1, 2500), PEOPLE),
    Recipe("deliberation", "chat", talking("worked", DELIBERATIONS), people.people, (), 14, Volume(60, 1.1), PEOPLE, hard=True),
    Recipe("deliberation_code", "chat", talking("code", DELIBERATIONS), people.coders, (), 12, Volume(80, 1.1), PEOPLE, hard=True),
    Recipe("writer", "chat", talking("long"), people.novelists, ("ben_arena_hard_v2",), 22, Volume(60, 1.2), PEOPLE),
    Recipe("coder", "chat", talking("code"), people.coders, (), 22, Volume(60, 1.2), PEOPLE),
    Recipe("red_team", "chat", talking("reply"), people.provokers, ("ben_hh_harmless",), 20, Volume(80, 1.2), hard=True),
    Recipe("tinkerer", "chat", switching("prose", _DRAFTS), people.people, (), 18, Volume(60, 1.0), PEOPLE, hard=True),
    Recipe("app", "app", talking("reply", _SUPPORT, users=True), people.customers, _APPS, 50, Volume(300, 1.2), PEOPLE, hard=True),
    Recipe("advice", "app", talking("page", _ADVICE, users=True), people.visitors, ("ben_medquad",), 28, Volume(250, 1.2), PEOPLE, hard=True),
    Recipe("retrieval", "retrieval", talking("summary", _RAG), papers.documents, ("ben_pubmedqa", "ben_qmsum"), 36, Volume(130, 1.2), hard=True),
    Recipe("summaries", "retrieval", asking(Shape("summary", _SUMS_UP)), papers.pages, ("ben_qmsum",), 18, Volume(150, 1.1), pace=25.0),
    Recipe("sql", "app", asking(Shape("sql")), papers.tables, ("ben_sql_wikisql",), 24, Volume(120, 1.2), PEOPLE),
    Recipe("moderation", "labelling", asking(Shape("word", _LABELS, options=OPTIONS, cap=(0, 1, 4, 16), scores=0.3, temperatures=(0.0, -2.0))), papers.notes, _LABELLED, 34, Volume(600, 1.2), pace=8.0, hard=True),
    Recipe("extraction", "labelling", asking(Shape("json", _EXTRACTS)), papers.notes, ("ben_restaurant8k", "ben_clinc150"), 20, Volume(400, 1.2), pace=10.0, hard=True),
    Recipe("faq_batch", "generation", asking(Shape("page", _FAQ)), papers.entries, ("ben_medquad",), 24, Volume(1000, 0.7, 300, 5000), pace=20.0, hard=True),
    Recipe("product_copy", "generation", asking(Shape("page", _COPY)), papers.goods, (), 16, Volume(900, 0.7, 300, 5000), pace=20.0, hard=True),
    Recipe("translation", "labelling", asking(Shape("echo", _TRANSLATE)), papers.phrases, ("ben_tatoeba",), 20, Volume(500, 1.1), pace=10.0, hard=True),
    Recipe("backfill", "labelling", asking(Shape("summary", _SUMS_UP), twice=0.3), papers.pages, ("ben_pubmedqa",), 12, Volume(500, 0.8), pace=12.0, hard=True),
    Recipe("evaluation", "evaluation", evaluating(Shape("worked", _EXAMS, temperatures=(0.0, -2.0))), tests.sums, ("eval_gsm8k_test", "eval_bbh"), 26, Volume(700, 0.9, 60), pace=4.0, hard=True, ordered=True),
    Recipe("choice_evaluation", "evaluation", evaluating(Shape("word", options=(CHOICE,), cap=(1, 8, 16), scores=0.4, temperatures=(0.0,))), tests.quizzes, ("eval_mmlu",), 16, Volume(900, 0.9, 60), pace=1.0, hard=True, ordered=True),
    Recipe("broad_evaluation", "evaluation", evaluating(Shape("prose"), most=750), tests.broad, ("ben_arena_hard_v2",), 16, Volume(750, 0.4, 100, 3000), pace=6.0, hard=True, ordered=True),
    Recipe("interview", "evaluation", interviewing(), tests.interviews, ("eval_mt_bench",), 10, Volume(320, 0.6, 20), pace=6.0, hard=True, ordered=True),
    Recipe("examination", "evaluation", evaluating(Shape("worked", longer=2.0, known=False), runs=(1,), most=1300), tests.sums, ("eval_gsm8k_test", "eval_bbh"), 16, Volume(1100, 0.2, 300, 1300), pace=12.0, hard=True, ordered=True),
    Recipe("voting", "evaluation", evaluating(Shape("worked", _EXAMS), samples=(5, 8, 16, 40)), tests.sums, ("eval_gsm8k_test", "eval_bbh"), 12, Volume(200, 0.6, 30, 1300), pace=15.0, hard=True, ordered=True),
    Recipe("model_judging", "evaluation", asking(Shape("graded", _JUDGES)), tests.broad, ("eval_hhh_judge",), 20, Volume(400, 0.9, 30), pace=6.0, hard=True),
    Recipe("agent", "agent", errands(HARNESSES), papers.repairs, ("ben_agent_tau_airline",), 36, Volume(200, 1.1), PEOPLE, hard=True),
    Recipe("audit", "agent", errands(_AUDITS, "long"), papers.repairs, (), 12, Volume(300, 0.8), hard=True, pace=60.0),
    Recipe("completion", "app", asking(Shape("completion", _COMPLETES, cap=(64, 128, 0))), papers.sources, (), 24, Volume(300, 1.2), PEOPLE),
    Recipe("one_shot_code", "chat", asking(Shape("code")), people.coders, (), 20, Volume(80, 1.2), PEOPLE),
    Recipe("hackathon", "chat", talking("prose", _STARTERS), people.people, (), 30, Volume(90, 0.8), hard=True, pace=30.0, clubs=True),
    Recipe("load_test", "evaluation", asking(Shape("prose"), twice=0.93), people.visitors, (), 10, Volume(600, 0.8), pace=2.0, hard=True),
)  # fmt: skip
