"""Agents: public harnesses with one prompt over many accounts, tool loops, audits by several at once."""

from typing import Final

from detectors.lab.grammars import papers
from detectors.lab.jobs.tools import errands
from detectors.lab.roster.recipe import PEOPLE, Recipe, Volume

_HARNESSES: Final = (
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
_DESKS: Final = (
    "You are the booking agent of a {c} airline. Use the tools, confirm before you change anything.",
    "Act for a {p}: read mail, look things up, fill in forms with the tools given.",
    "Research agent for {d}. Search, read, take notes, then write a short answer with sources.",
    "You manage the stock of a {d} shop with tools. One step at a time.",
)

AGENT_KINDS: Final = (
    Recipe("harness", "agent", errands(_HARNESSES), papers.repairs, (), 34, Volume(120, 1.5), PEOPLE, turns=10.0,
           hard=True),
    Recipe("desk_agent", "agent", errands(_DESKS), papers.repairs, ("ben_agent_tau_airline",), 18, Volume(120, 1.4),
           turns=10.0, hard=True),
    Recipe("audit", "agent", errands(_AUDITS, "long"), papers.repairs, (), 12, Volume(300, 0.8), pace=60.0,
           turns=10.0, hard=True),
)  # fmt: skip
