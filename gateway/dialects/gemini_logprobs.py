"""Log-probabilities in Gemini's answers: fewer alternatives, coarser numbers.

Source: https://ai.google.dev/api/generate-content (LogprobsResult)
"""

from typing import Any

from gateway.actions.base import Trimming
from gateway.dialects.blurring import blur_entries
from gateway.dialects.gemini_query import many, snake
from gateway.dialects.wire import items, members

_TOKEN = ("token", "tokenId", snake("tokenId"))


def coarsen(candidate: dict[str, Any], trimming: Trimming) -> bool:
    """Apply a trimming to the log-probabilities of a candidate, in place; True if anything changed."""
    if not (trimming.blur or trimming.alternatives):
        return False
    changed = False
    for name in ("logprobsResult", snake("logprobsResult")):
        changed |= _result(members(candidate.get(name)), trimming)
    for name in ("avgLogprobs", snake("avgLogprobs")):
        if trimming.blur:
            changed |= blur_entries([candidate], name, (), trimming.blur)
    return changed


def _result(result: dict[str, Any], trimming: Trimming) -> bool:
    tops = [top for name in _spellings("topCandidates") for top in many(result.get(name))]
    chosen = [one for name in _spellings("chosenCandidates") for one in many(result.get(name))]
    changed = False
    for place in range(max(len(tops), len(chosen))):
        top = items(tops[place].get("candidates")) if place < len(tops) else []
        if trimming.alternatives and len(top) > trimming.alternatives:
            del top[trimming.alternatives :]
            changed = True
        if trimming.blur:
            here = top + chosen[place : place + 1]
            for name in _spellings("logProbability"):
                changed |= blur_entries(here, name, _TOKEN, trimming.blur)
    return changed


def _spellings(name: str) -> tuple[str, str]:
    return name, snake(name)
