"""Evaluations of every sort: exams worked or chosen, votes, interviews, judges, release days."""

from typing import Final

from detectors.lab.grammars import exams
from detectors.lab.habits import RELEASE
from detectors.lab.jobs.items import Shape
from detectors.lab.jobs.labels import grading, preferring
from detectors.lab.jobs.trials import CHOICE, evaluating, interviewing
from detectors.lab.roster.recipe import Recipe, Volume

EXAMS: Final = (
    "Question: {x}\nAnswer:", "{x}\nLet's think step by step. Finish with 'The answer is N'.", "Q: {x}\nA:",
    "Solve, then write ANSWER: and the number.\n\n{x}",
    "{x}\n\nReason inside <think></think>, then put the result in <answer></answer>.",
    "Write your reasoning in <scratchpad> tags and the final answer after it.\n{x}",
)  # fmt: skip
_MARKS: Final = (
    "Score the response from 1 to 5 for helpfulness, with feedback.\n\nQuestion and response:\n{x}",
    "You evaluate our model. Rubric: correct, complete, kind. Give reasons, then [RESULT] n.\n{x}",
    "Rate this reply of candidate-7 (1-10) and explain.\n\n{x}", "Grade: {x}\nFeedback, then a mark.",
)  # fmt: skip
PAIRS: Final = (
    "Which response is better?\n[Query]: {x}\n[Response 1]: {y}\n[Response 2]: {z}\nReasons, then the number.",
    "Compare two replies to '{x}'.\nA: {y}\nB: {z}\nExplain and choose A or B.",
    "You are assessing two responses.\nQuestion: {x}\nFirst: {y}\nSecond: {z}\nVerdict with a critique.",
    "Query: {x}\n(1) {y}\n(2) {z}\nPreferred response and why:",
)
_SUMS: Final = ("eval_gsm8k_test", "eval_bbh")
_WORKED: Final = Shape("worked", EXAMS, temperatures=(0.0, -2.0))
_CHOSEN: Final = Shape("word", options=(CHOICE,), cap=(1, 8, 16), scores=0.4, temperatures=(0.0,))

TRIAL_KINDS: Final = (
    Recipe("evaluation", "evaluation", evaluating(_WORKED), exams.sums, _SUMS, 24, Volume(500, 0.9, 60), pace=4.0,
           hard=True, ordered=True),
    Recipe("puzzle_evaluation", "evaluation", evaluating(_WORKED), exams.puzzles, _SUMS[1:], 10, Volume(700, 0.9, 60),
           pace=4.0, hard=True, ordered=True),
    Recipe("choice_evaluation", "evaluation", evaluating(_CHOSEN, most=14042), exams.quizzes, ("eval_mmlu",), 16,
           Volume(1500, 1.2, 60, 30000), pace=1.0, hard=True, ordered=True),
    Recipe("broad_evaluation", "evaluation", evaluating(Shape("prose"), most=750), exams.broad,
           ("ben_arena_hard_v2",), 16, Volume(750, 0.4, 100, 3000), pace=6.0, hard=True, ordered=True),
    Recipe("tool_evaluation", "evaluation", evaluating(Shape("json"), most=500), exams.functions, (), 8,
           Volume(500, 0.6, 60, 3000), pace=4.0, hard=True, ordered=True),
    Recipe("interview", "evaluation", interviewing(), exams.interviews, ("eval_mt_bench",), 10,
           Volume(320, 0.6, 20), pace=6.0, turns=2.0, hard=True, ordered=True),
    Recipe("examination", "evaluation", evaluating(Shape("worked", longer=2.0, known=False), runs=(1,), most=1300),
           exams.sums, _SUMS, 16, Volume(1100, 0.2, 300, 1300), pace=12.0, hard=True, ordered=True),
    Recipe("long_examination", "evaluation", evaluating(Shape("thinking", EXAMS, known=False), runs=(1, 2), most=600),
           exams.puzzles, _SUMS, 10, Volume(500, 0.4, 100, 1300), pace=15.0, hard=True, ordered=True),
    Recipe("voting", "evaluation", evaluating(Shape("worked", EXAMS), samples=(5, 8, 16, 40)), exams.sums, _SUMS, 12,
           Volume(200, 0.6, 30, 1300), pace=15.0, hard=True, ordered=True),
    Recipe("release_day", "evaluation", evaluating(_WORKED, runs=(1, 2)), exams.puzzles, _SUMS, 14,
           Volume(400, 0.7, 40), pace=3.0, hard=True, ordered=True, began=(RELEASE, RELEASE + 1.0), fate="pivot"),
    Recipe("model_judging", "evaluation", grading(Shape("graded", _MARKS), runs=2), exams.responses,
           ("eval_hhh_judge",), 18, Volume(400, 0.9, 30), pace=6.0, hard=True, ordered=True),
    Recipe("pair_judging", "evaluation", preferring(PAIRS, runs=2), exams.responses, (), 12, Volume(500, 0.7, 40, 3000),
           pace=6.0, turns=1.0, hard=True, ordered=True),
)  # fmt: skip
