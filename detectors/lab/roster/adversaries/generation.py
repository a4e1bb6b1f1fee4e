"""Harvests of instructions, conversations, code and tool calls: profile (a), and its slow and evasive relatives."""

from typing import Final

from detectors.lab.grammars import people, seeds
from detectors.lab.habits import RELEASE
from detectors.lab.jobs.harvest import bootstrapping, breeding, societies
from detectors.lab.jobs.items import Shape, asking
from detectors.lab.jobs.reuse import recirculating, replaying, resigning
from detectors.lab.roster.recipe import Recipe, Volume

# A thousand traces make a first student (s1K), Alpaca took 52,000, the accounts of a narrow and fast campaign 12,454
# each in 17 days (Zhipu): who has one key takes as many from it. The most is what a run can play in minutes.
TAKES: Final = Volume(6000.0, 0.7, 1500, 20000)
SLOW: Final = Volume(170.0, 0.5, 70, 420)  # 5 to 30 a day
_ALPACA: Final = ("dist_alpaca", "dist_alpaca_zh")
_SESSIONS: Final = ("ben_hh_harmless", "ben_oasst_zh", "ben_arena_hard_v2", "ben_awesome_prompts")
_PLAIN, _PAGES, _CODE = asking(Shape("prose")), asking(Shape("long")), asking(Shape("code"))

GENERATION_KINDS: Final = (
    Recipe("self_instruct", "generation", bootstrapping, seeds.bootstrap, ("dist_selfinstruct_bootstrap",), 9, TAKES,
           pace=20.0, profile="a"),
    Recipe("instruct_harvest", "generation", _PLAIN, seeds.instructions, _ALPACA, 18, TAKES, pace=20.0, profile="a"),
    Recipe("evolve", "generation", breeding(), seeds.evolutions, (), 9, TAKES, pace=20.0, profile="a"),
    Recipe("personas", "generation", asking(Shape("list")), seeds.personas, (), 9, TAKES, pace=20.0, profile="a"),
    Recipe("self_chat", "generation", asking(Shape("dialogue")), seeds.chats, ("dist_baize_selfchat",), 10, TAKES,
           pace=20.0, profile="a"),
    Recipe("society", "generation", societies, seeds.roles, ("dist_camel_society",), 9, TAKES, pace=60.0, turns=8.0,
           profile="a"),
    Recipe("explanations", "generation", asking(Shape("worked")), seeds.explained, ("dist_orca_explain",), 10, TAKES,
           pace=20.0, profile="a"),
    Recipe("code_harvest", "generation", _CODE, seeds.programs, ("dist_gpteacher_codegen",), 10, TAKES, pace=20.0,
           profile="a"),
    Recipe("code_seeds", "generation", asking(Shape("code", longer=2.0)), seeds.snippets, ("dist_oss_instruct",), 10,
           TAKES, pace=20.0, profile="a"),
    Recipe("tool_harvest", "generation", asking(Shape("dialogue")), seeds.calls,
           ("dist_gpteacher_toolformer", "dist_toolalpaca"), 10, TAKES, pace=20.0, profile="a"),
    Recipe("slow_instructions", "generation", _PLAIN, seeds.instructions, _ALPACA, 10, SLOW, spans=0.9, profile="c",
           began=(0.0, 1.0)),
    Recipe("slow_code", "generation", _CODE, seeds.programs, ("dist_gpteacher_codegen", "dist_oss_instruct"), 8, SLOW,
           spans=0.9, profile="c", began=(0.0, 1.0)),
    Recipe("session_replay", "chat", replaying, people.people, _SESSIONS, 9, TAKES, pace=15.0,
           profile="d"),
    Recipe("recirculation", "generation", recirculating, seeds.instructions, _ALPACA, 9, TAKES, pace=20.0,
           profile="e", borrows=True),
    Recipe("signature_replay", "generation", resigning, seeds.instructions, _ALPACA, 8, TAKES, pace=20.0, profile="f",
           signs=True),
    Recipe("failover", "generation", _PAGES, seeds.instructions, _ALPACA, 8, TAKES, pace=60.0, profile="j",
           fate="failover"),
    Recipe("release_pivot", "generation", _PAGES, seeds.instructions, _ALPACA, 8, TAKES, pace=600.0, profile="k",
           began=(RELEASE - 4.0, RELEASE - 0.5), fate="pivot"),
)  # fmt: skip
