"""Who plays in the demo: seven kinds of honest client and four harvesters, each with its own key and dialect."""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import msgspec

from detectors.lab import adversaries, benign
from detectors.lab.pack import Pack
from detectors.lab.traffic import Asked, Client, Kind, Said


class Role(NamedTuple):
    """One client of the demo.

    Attributes:
        name: as the table shows it.
        honest: it must not be touched.
        kind: of the lab's kinds.
        source: of the traffic pack, if one is there.
        dialect: in which it speaks.
        every: seconds between two questions of one lane; 0 asks again as soon as it is answered.
        lanes: questions under way at once.
        streams: its answers are streamed.
        reasons: it asks for reasoning by parameter.
        frame: put before each question.
        soft_labels: it takes log-probabilities along, and bans some tokens with a logit bias.
        own_scaffold: it keeps its own-written system prompts when the pack gives the questions.
    """

    name: str
    honest: bool
    kind: str
    source: str
    dialect: str
    every: float
    lanes: int = 1
    streams: bool = False
    reasons: bool = False
    frame: str = ""
    soft_labels: bool = False
    own_scaffold: bool = False

    @property
    def key(self) -> str:
        """Its API key: made up, and valid nowhere."""
        return f"sk-demo-{self.name.replace(' ', '-')}"


_EXAMPLE = "Write the complete answer that belongs into this training example: "
_ITEM = "Continue the data set with one more item of this kind: "
# Honest pace: what such clients do at a busy moment, a person somewhat hurried so that a minute shows anything.
ROLES: Sequence[Role] = (
    Role("person in a chat", True, "chat", "ben_arena_hard_v2", "anthropic", every=4.0, streams=True),
    Role("support desk", True, "app", "ben_clinc150", "openai", every=2.0, lanes=3),
    Role("document search", True, "retrieval", "ben_medquad", "gemini", every=1.5),
    Role("coding agent", True, "agent", "ben_agent_tau_airline", "anthropic", every=1.0, streams=True),
    Role("bulk labelling", True, "labelling", "ben_sms_spam", "openai", every=0.3),
    Role("evaluation run", True, "evaluation", "eval_gsm8k_test", "openai", every=3.0, lanes=6),
    Role("translation job", True, "batch", "ben_tatoeba", "gemini", every=1.2),
    Role(
        "instruction harvester", False, "instructions", "dist_oss_instruct", "openai", 0.0, lanes=6, streams=True,
        frame=_EXAMPLE, soft_labels=True,
    ),
    Role(
        "reasoning harvester", False, "reasoning_paraphrased", "dist_reasoning_teacher", "anthropic", 0.0, lanes=3,
        reasons=True, own_scaffold=True,
    ),
    Role("log-prob harvester", False, "logits", "", "openai", 0.0, lanes=3),
    Role(
        "data generator", False, "synthetic", "dist_baize_selfchat", "gemini", 0.0, lanes=3,
        frame=_ITEM,
    ),
)  # fmt: skip
_MOST = 1500  # questions of one client; then it begins again
_ALTERNATIVES = 5  # log-probabilities a token: enough for soft labels
_BANNED = 2  # tokens that would end an answer early
_DAYS = 30  # of the lab's time, so that a slow kind has something to say; the demo sets its own pace


def _kind(role: Role) -> Kind:
    return (benign.KINDS if role.honest else adversaries.KINDS)[role.kind][0]


def _own(role: Role) -> Client:
    kinds = benign.KINDS if role.honest else adversaries.KINDS
    return Client(role.kind, "own", 1, *kinds[role.kind])


def questions(role: Role, pack: Path | None) -> list[Asked]:
    """Return what a client asks, in order: from the traffic pack if it has the source, else own-written."""
    own = _own(role).exchanges(days=_DAYS, most=_MOST)
    if pack is None or not role.source:
        return [_habits(role, asked) for asked in own]
    held = Pack(pack)
    client = held.client(role.source, _kind(role), held.conversations(role.source), 1)
    real = client.exchanges(days=_DAYS, most=_MOST)
    if role.own_scaffold:
        real = [
            msgspec.structs.replace(asked, system=mine.system) for asked, mine in zip(real, cycle(own), strict=False)
        ]
    return [_habits(role, asked) for asked in real]


def _habits(role: Role, asked: Asked) -> Asked:
    """Return a question as this client puts it."""
    if role.frame:
        newest = asked.turns[-1]
        framed = Said(newest.role, role.frame + newest.text)
        asked = msgspec.structs.replace(asked, turns=(*asked.turns[:-1], framed))
    if role.soft_labels:
        asked = msgspec.structs.replace(asked, logprobs=_ALTERNATIVES, logit_bias=_BANNED)
    return msgspec.structs.replace(asked, stream=role.streams)
