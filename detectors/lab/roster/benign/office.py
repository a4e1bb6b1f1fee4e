"""Programs at work: documents, tables, labels, translations, texts by the hundred."""

from typing import Final

from detectors.lab.grammars import papers, people, seeds
from detectors.lab.jobs.harvest import breeding
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.labels import bounding
from detectors.lab.jobs.talk import talking
from detectors.lab.roster.recipe import GIANTS, PEOPLE, Recipe, Volume

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
LABELS: Final = (
    "Label the text as positive, neutral or negative. Answer with one word.\n\nText: {x}",
    "Is this message spam? Answer spam or ham.\n\nMessage: {x}",
    "Does this break our rules? Reply yes or no.\n{x}", "Pick the topic: travel, money, health, other.\n\n{x}\nTopic:",
    "Rate the urgency from 1 to 5. Only the number.\n\n{x}",
    "Which team should get this: sales, billing, technical?\n{x}",
    "Is the following sentence toxic? Reply yes or no.\n\n{x}", "Give the label for this input, one word.\n{x}",
)  # fmt: skip
OPTIONS: Final = (("yes", "no"), ("spam", "ham", "ham", "ham"), ("low", "medium", "high"), ("1", "2", "3", "4", "5"))
_EXTRACTS: Final = (
    "Extract intent and confidence as JSON.\n{x}", "Return label and confidence, JSON only: {x}",
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
LABEL: Final = Shape("word", LABELS, options=OPTIONS, cap=(0, 1, 4, 16), scores=0.3, temperatures=(0.0, -2.0))
_LABELLED: Final = ("ben_sms_spam", "ben_banking77", "ben_clinc150")
_MADE: Final = Volume(900, 0.8, 300, 9000)

OFFICE_KINDS: Final = (
    Recipe("retrieval", "retrieval", talking("summary", _RAG), papers.documents, ("ben_pubmedqa", "ben_qmsum"), 36,
           Volume(80, 1.4), hard=True),
    Recipe("summaries", "retrieval", asking(Shape("summary", _SUMS_UP)), papers.pages, ("ben_qmsum",), 18,
           Volume(150, 1.1), pace=25.0),
    Recipe("sql", "app", asking(Shape("sql")), papers.tables, ("ben_sql_wikisql",), 22, Volume(80, 1.4), PEOPLE),
    Recipe("moderation", "labelling", asking(LABEL), papers.notes, _LABELLED, 34, GIANTS, pace=6.0,
           hard=True),
    Recipe("robustness", "labelling", bounding(LABEL), papers.notes, ("ben_sms_spam", "ben_clinc150"), 8,
           Volume(400, 0.8, 50, 3000), pace=6.0, hard=True),
    Recipe("extraction", "labelling", asking(Shape("json", _EXTRACTS)), papers.notes,
           ("ben_restaurant8k", "ben_clinc150"), 20, GIANTS, pace=10.0, hard=True),
    Recipe("faq_batch", "generation", asking(Shape("page", _FAQ)), papers.entries, ("ben_medquad",), 24, _MADE,
           pace=20.0, hard=True),
    Recipe("product_copy", "generation", asking(Shape("page", _COPY)), papers.goods, (), 16, _MADE, pace=20.0,
           hard=True),
    Recipe("translation", "labelling", asking(Shape("echo", _TRANSLATE)), papers.phrases, ("ben_tatoeba",), 20,
           GIANTS, pace=10.0, hard=True),
    Recipe("page_translation", "labelling", asking(Shape("echo", _TRANSLATE)), papers.pages, (), 10, Volume(400, 1.0),
           pace=20.0, hard=True),
    Recipe("backfill", "labelling", asking(Shape("summary", _SUMS_UP), twice=0.3), papers.pages, ("ben_pubmedqa",), 12,
           Volume(500, 0.8), pace=12.0, hard=True),
    Recipe("load_test", "evaluation", asking(Shape("prose"), twice=0.93), people.visitors, (), 10, Volume(600, 0.8),
           pace=2.0, hard=True),
    Recipe("contracted_tasks", "generation", breeding(), seeds.evolutions, (), 6, _MADE, pace=20.0, contracted=True),
    Recipe("contracted_texts", "generation", asking(Shape("long")), seeds.instructions, (), 6, _MADE, pace=20.0,
           contracted=True),
)  # fmt: skip
