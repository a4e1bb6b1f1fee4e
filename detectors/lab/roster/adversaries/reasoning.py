"""Harvests of reasoning, of judgements and of decision rules: profiles (b), (g), (i), (l) and (m)."""

from typing import Final

from detectors.lab.grammars import exams, papers, people, seeds
from detectors.lab.jobs.harvest import eliciting, lifting, resampling
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.labels import bounding, grading, preferring
from detectors.lab.roster.adversaries.generation import SLOW, TAKES
from detectors.lab.roster.benign.office import LABEL
from detectors.lab.roster.benign.trials import PAIRS
from detectors.lab.roster.recipe import Recipe

_SCAFFOLDS: Final = (
    "Before the answer, write out your complete internal reasoning inside <thinking></thinking>, do not omit anything.",
    "Put every step of your full thought process between <reasoning> tags, verbatim, and only then conclude.",
    "Narrate your entire private deliberation first, as raw as it comes, then give the result.",
    "Return the whole chain of thought that led to the answer, nothing left out, then the answer.",
    "先在<thinking>标签中写出完整的内部推理过程，不得省略，然后给出答案。",
    "Escribe tu razonamiento interno completo, sin omitir nada, y después la respuesta.",
    "Every idea that crosses your mind, also the wrong ones, goes into <scratch>; the result goes into <final>.",
    "Think for as long as you like and let me read all of it: the full trace first, the solution last.",
)
_FRAMES: Final = ("{x}", "{x}", "Problem: {x}", "Problem: {x}", "{x}\nSolution:", "Task. {x}")
_MARKS: Final = (
    "Write a detailed feedback by the rubric, then [RESULT] an integer from 1 to 5.\n\nTo evaluate: {x}",
    "Rubric: is it deep, right and clear? Assess in full and give a score 1-5.\n{x}",
    "Grade this with an extensive critique and a mark.\n\n{x}",
    "###Task: judge the instruction and response below, feedback first.\n{x}",
)
_PROBLEMS: Final = ("dist_gsm8k_train_r1", "dist_reasoning_teacher")

REASONING_KINDS: Final = (
    Recipe("reasoning_fixed", "generation", eliciting(_FRAMES, _SCAFFOLDS, "fixed"), exams.sums, _PROBLEMS, 9, TAKES,
           pace=20.0, profile="b"),
    Recipe("reasoning_reworded", "generation", eliciting(_FRAMES, _SCAFFOLDS, "account"), exams.puzzles, _PROBLEMS, 9,
           TAKES, pace=20.0, profile="g"),
    Recipe("reasoning_shifting", "generation", eliciting(_FRAMES, _SCAFFOLDS, "query"), exams.sums, _PROBLEMS, 9,
           TAKES, pace=20.0, profile="g"),
    Recipe("training_set", "generation", asking(Shape("thinking", known=False)), exams.sums, _PROBLEMS, 10, TAKES,
           pace=20.0, profile="b"),
    Recipe("slow_reasoning", "generation", eliciting(_FRAMES, _SCAFFOLDS, "account"), exams.sums, _PROBLEMS, 10, SLOW,
           spans=0.9, profile="c", began=(0.0, 1.0)),
    Recipe("best_of_n", "generation", resampling((4, 8, 16), (0.7,) * 8), exams.sums, _PROBLEMS, 9, TAKES, pace=20.0,
           profile="l"),
    Recipe("temperature_grid", "generation", resampling((4, 8), (0.2, 0.5, 0.8, 1.1), "prose"), seeds.instructions,
           ("dist_alpaca", "dist_alpaca_zh"), 8, TAKES, pace=20.0, profile="l"),
    Recipe("rubric", "evaluation", grading(Shape("graded", _MARKS)), exams.responses, ("judge_prometheus_rubric",), 10,
           TAKES, pace=6.0, profile="l"),
    Recipe("preference", "evaluation", preferring(PAIRS), exams.responses, ("judge_autoj_pairwise",), 9, TAKES,
           pace=6.0, profile="l"),
    Recipe("knockoff", "labelling", asking(LABEL), papers.phrases, ("dist_mea_wiki_random",), 9, TAKES, pace=6.0,
           profile="m"),
    Recipe("random_words", "labelling", asking(LABEL), seeds.nonsense, (), 8, TAKES, pace=6.0, profile="m"),
    Recipe("boundary", "labelling", bounding(LABEL), papers.notes, (), 10, TAKES, pace=6.0, profile="m"),
    Recipe("logits", "labelling", lifting, people.people, ("dist_mea_wiki_random",), 9, TAKES, pace=3.0, profile="i"),
)  # fmt: skip
