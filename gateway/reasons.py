"""A sentence for each reason: what a detector measured, in words that a customer's lawyer could read. Pure.

A sentence states counts and shares as measured, never a threshold, and says nothing that was not measured. Operators
and appeals see it; errors to clients never do.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from detectors.base import Evidence

Because: TypeAlias = Mapping[str, float]
LEAST: Final = 0.05  # nats: a detector that says less than this gives no reason
NOTABLE: Final = 0.5  # share from which a habit is worth a clause
_MARKS: Final = (
    "ask for new tasks or questions", "ask for a task to be made harder", "ask for both sides of a talk",
    "ask for answers to be scored", "ask which of two answers is better", "ask for material to be spun further",
    "describe tools in the text", "ask for a trace to be cleaned",
)  # fmt: skip


def percent(share: float) -> str:
    """Return a share as people write it.

    Examples:
        >>> percent(0.614), percent(0.004), percent(1.0)
        ('61 %', 'under 1 %', '100 %')

    """
    return "under 1 %" if 0.0 < share < 0.01 else f"{share:.0%}".replace("%", " %")  # noqa: PLR2004 - one per cent


def _of(share: float, n: float) -> str:
    return f"{round(share * n)} of {round(n)}"


def _repetition(why: Because) -> str:
    n, long = why["answers"], why["long_single"]
    return (
        f"{round(long)} of {round(n)} answers were long and given to a single question; "
        f"{_of(why['scaffold_share'], n)} repeat one scaffold with new contents "
        f"({round(why['payloads'])} payloads under {_templates(why)} templates this week)"
    )


def _templates(why: Because) -> int:
    """Return at least one, and never more than there are payloads: both are estimates."""
    return max(1, min(round(why["templates"]), round(why["payloads"])))


def _coverage(why: Because) -> str:
    return (
        f"{round(why['queries'])} prompts fell into {round(why['cells'])} regions of content, "
        f"where honest clients reach about {round(why['expected'])}"
    )


def _departure(why: Because) -> str:
    return (
        f"the contents of {round(why['queries'])} prompts lie {why['apart']:.2f} apart from what clients of this kind "
        f"ask and spread {why['spread']:.2f} wide, where 0 is one content only and 1 is everything"
    )


def _elicitation(why: Because) -> str:
    return (
        f"{round(why['demanding_templates'])} of {round(why['templates'])} different prompt templates demand hidden "
        f"reasoning as output ({percent(why['demanding_share_of_queries'])} of prompts)"
    )


def _generation(why: Because) -> str:
    named = (
        "tasks", "harder", "both_sides", "score", "compare", "spin", "tools", "clean",
    )  # fmt: skip
    parts = [f"{percent(why[key])} {_MARKS[i]}" for i, key in enumerate(named) if why.get(key, 0.0) >= LEAST]
    return f"of {round(why['queries'])} prompts " + ", ".join(parts)


def _likeness(why: Because) -> str:
    n = why["queries"]
    parts = [f"{_of(why['single'], n)} prompts were single questions", f"{percent(why['fresh'])} of them new"]
    if why["scaffolded"] >= NOTABLE:
        parts.append(f"{percent(why['scaffolded'])} under a scaffold used before")
    if why["long"] >= NOTABLE:
        parts.append(f"{percent(why['long'])} of the answers 200 tokens or more")
    if why["demands"] >= LEAST:
        parts.append(f"{percent(why['demands'])} demand reasoning as output")
    parts += [
        f"{percent(why[f'marks.{i}'])} {said}" for i, said in enumerate(_MARKS) if why.get(f"marks.{i}", 0) >= NOTABLE
    ]
    return "; ".join(parts)


def _one_way(why: Because) -> str:
    n = why["queries"]
    parts = [f"{_of(1.0 - why['kept'], n)} prompts went on from an earlier answer"]
    if why["sampled"] >= LEAST:
        parts.append(f"{percent(why['sampled'])} asked for several answers at once")
    if why["again"] >= NOTABLE:
        parts.append(f"{percent(why['again'])} asked the same again")
    if why["scored"] >= LEAST:
        parts.append(f"{percent(why['scored'])} took log-probabilities")
    if why["biased"] >= LEAST:
        parts.append(f"{percent(why['biased'])} set a logit bias")
    return "; ".join(parts)


def _resampling(why: Because) -> str:
    n = why["queries"]
    return (
        f"{_of(why['asked_again_share'], n)} prompts were asked again while answers vary, "
        f"{_of(why['swapped_share'], n)} were a pair in another order, "
        f"{_of(why['many_samples_share'], n)} asked for many samples"
    )


def _interface(why: Because) -> str:
    n = why["queries"]
    return (
        f"{_of(why['bias_with_logprobs_share'], n)} prompts read log-probabilities through a logit bias, "
        f"{_of(why['logprobs_over_long_text_share'], n)} took them over long text"
    )


def _cadence(why: Because) -> str:
    widths = [key.removeprefix("frames_") for key in why if key.startswith("frames_")]
    parts = [f"{round(why[f'even_{w}'])} of {round(why[f'frames_{w}'])} stretches of {w} steps" for w in widths]
    return "long answers were taken more evenly than chance: " + ", ".join(parts)


def _rhythm(why: Because) -> str:
    parts = [f"{round(why['queries'])} prompts, at most {round(2 ** (12 * why['peak']) - 1)} in an hour"]
    if why["even"] >= NOTABLE:
        parts.append("at gaps more even than chance")
    if why["awake"] >= NOTABLE:
        parts.append("without a quiet stretch in the day")
    return ", ".join(parts)


def _consumption(why: Because) -> str:
    return (
        f"{round(why['kept'])} of {round(why['answers'])} answers were kept from single questions, "
        f"{percent(why['fresh'])} of them new"
    )


def _volume(why: Because) -> str:
    return (
        f"of {round(why['answers'])} answers {round(why['taken'])} were long ones to single questions, "
        f"{round(why['different'])} of them to different ones"
    )


def _recirculation(why: Because) -> str:
    return f"{_of(why['handed_in'] / why['queries'], why['queries'])} prompts handed an answer in as a new question"


def _balance(why: Because) -> str:
    return (
        f"{round(why['members'])} accounts ask {_per_day(why['low'])} to {_per_day(why['high'])} questions a day each; "
        f"independent customers differ by a factor of {why['factor']:.0f}"
    )


def _per_day(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 10.0 else f"{rate:.1f}"  # noqa: PLR2004 - two digits tell


def _topics(why: Because) -> str:
    return (
        f"what {round(why['members'])} accounts ask about differs by no more than chance in {percent(why['alike'])} of "
        "comparisons, where people have topics of their own"
    )


def _synchrony(why: Because) -> str:
    return (
        f"two questions share an hour in {why['across']:.2%} of pairs from different accounts and in "
        f"{why['within']:.2%} of pairs from one of {round(why['members'])} accounts, where people come in sittings"
    ).replace("%", " %")


def _shards(why: Because) -> str:
    shared = round(why["shared"])
    return (
        f"{'no two' if not shared else f'{shared} pairs'} of {round(why['payloads'])} questions sampled from "
        f"{round(why['members'])} accounts were the same, where chance makes {round(why['expected'])}"
    )


def _failover(why: Because) -> str:
    return (
        f"after {round(why['refused'])} accounts were refused, others of the group asked {round(why['took'])} "
        "questions within a day, a rise that hours without a refusal do not show"
    )


def _pivot(why: Because) -> str:
    return (
        f"{percent(why['moved'])} of {round(why['members'])} accounts were on the new model within a day of its "
        f"release, and {percent(why['usual'])} of customers of their kind"
    )


def _ties(why: Because) -> str:
    n = round(why["members"])
    parts = [f"{round(why['reasoning'])} of {n} accounts presented encrypted reasoning that others were served"]
    if not why["reasoning"]:
        parts = []
    if why["recirculation"]:
        parts.append(f"{round(why['recirculation'])} of {n} accounts handed in answers that others were served")
    return "; ".join(parts)


def _handed_in(why: Because) -> str:
    return (
        f"{round(why['handed_in'])} of {round(why['questions'])} prompts with sealed reasoning presented some that was "
        f"served to others, in other conversations ({round(why['blobs'])} different pieces)"
    )


_SENTENCES: Final[Mapping[str, Callable[[Because], str]]] = {
    "repetition": _repetition, "coverage": _coverage, "departure": _departure,
    "elicitation": _elicitation, "generation": _generation,
    "likeness": _likeness, "one_way": _one_way, "resampling": _resampling, "interface": _interface,
    "cadence": _cadence, "rhythm": _rhythm, "volume": _volume,
    "consumption": _consumption, "recirculation": _recirculation,
    "balance": _balance, "topics": _topics, "synchrony": _synchrony, "shards": _shards,
    "failover": _failover, "pivot": _pivot, "ties": _ties, "handed_in": _handed_in,
}  # fmt: skip


def reason(name: str, because: Because) -> str:
    """Return the sentence of one detector's reasons; names and numbers as they are, for a detector of your own."""
    try:
        return _SENTENCES[name](because)
    except KeyError:
        return f"{name}: " + ", ".join([f"{key} {value:.3g}" for key, value in because.items()])


def reasons(evidence: Mapping[str, Evidence]) -> list[str]:
    """Return a sentence for each detector that speaks, the strongest first."""
    speaking = sorted(evidence.items(), key=lambda pair: -pair[1].weight)
    return [reason(name, said.because) for name, said in speaking if said.weight >= LEAST and said.because]
