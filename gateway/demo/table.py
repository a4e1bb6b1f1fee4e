"""Shows the demo: a live table on a terminal, plain lines elsewhere. It decides nothing."""

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple, Protocol, Self

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table

from gateway.demo.clients import Tally
from gateway.demo.watcher import Thought

_REASONS = {
    "cadence": "takes long answers evenly, like a machine",
    "consumption": "takes new answers only, and uses none",
    "coverage": "covers topics unlike any honest client",
    "departure": "asks about other things than its class",
    "elicitation": "demands the model's reasoning as output",
    "generation": "asks for training data to be made",
    "handed_in": "presents reasoning that others were served",
    "interface": "draws log-probabilities, with a bias or of whole texts",
    "likeness": "is like known harvesters in many ways",
    "one_way": "never comes back to an answer",
    "recirculation": "hands answers in as new questions",
    "repetition": "one scaffold, ever new contents",
    "resampling": "draws many answers to one question",
    "rhythm": "keeps no hours",
    "volume": "takes more than others of its class",
}
_WIDE = 120  # characters of a line from which on reasons fit; the account at the end has them anyway
_LEAST = math.log(2)  # nats; below it evidence is not worth words
_READABLE, _DIGITS = math.log(1e6), 99  # nats up to which odds are written out; digits beyond which they say no more
_EVERY = 10.0  # seconds between two reports in plain lines


class Row(NamedTuple):
    """One client, in words."""

    client: str
    honest: bool
    asked: int
    answered: int
    tokens: int
    doubt: str  # "one in …": how many honest clients would look like this by chance
    reason: str
    action: str
    refused: int


def one_in(weight: float) -> str:
    """Write a weight as odds: one honest client in so many looks like this.

    >>> one_in(0.0), one_in(math.log(2500)), one_in(40.0), one_in(900.0)
    ('-', 'one in 2,500', 'one in 2e17', 'one in 1e99+')
    """
    if weight < _LEAST:
        return "-"
    digits = weight / math.log(10)
    if digits >= _DIGITS:
        return f"one in 1e{_DIGITS}+"
    return (
        f"one in {math.exp(weight):,.0f}" if weight < _READABLE else f"one in {math.exp(weight):.0e}".replace("+", "")
    )


def reason(thought: Thought) -> str:
    """Return the strongest reason in words; empty if nothing speaks against the client."""
    evidence = thought.standing.evidence if thought.standing else {}
    weights = {name: said.weight for name, said in evidence.items() if said.weight >= _LEAST}
    strongest = max(weights, key=lambda name: weights[name], default="")
    return _REASONS.get(strongest, strongest)


def row(client: str, honest: bool, tally: Tally, thought: Thought) -> Row:
    """Put together what is shown of one client."""
    action = thought.decision.action if thought.decision else "-"
    if tally.left:
        action += ", gave up"
    weight = thought.standing.weight if thought.standing else 0.0
    return Row(
        client,
        honest,
        tally.asked,
        tally.answered,
        tally.tokens,
        one_in(weight),
        reason(thought),
        action,
        tally.refused,
    )


class Display(Protocol):
    """Shows rows as they change."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, rows: Sequence[Row], seconds: float) -> None:
        """Show the state of all clients after so many seconds."""
        ...


class LiveTable:
    """A table that redraws itself."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def show(self, rows: Sequence[Row], seconds: float) -> None:
        """Redraw."""
        self._live.update(_table(rows, seconds, wide=self._live.console.width >= _WIDE), refresh=True)


def _table(rows: Sequence[Row], seconds: float, *, wide: bool) -> Table:
    table = Table(title=f"after {seconds:.0f} s", title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for name in (
        "client",
        "by chance",
        "action",
        "asked",
        "refused",
        "tokens",
        *(("strongest reason",) if wide else ()),
    ):
        table.add_column(name, justify="right" if name in {"asked", "refused", "tokens"} else "left", no_wrap=True)
    for one, following in zip_longest(rows, rows[1:]):
        style = "red" if "deny" in one.action else "yellow" if one.action != "-" else ""
        figures = (f"{figure:,}" for figure in (one.asked, one.refused, one.tokens))
        said = (one.reason,) if wide else ()
        ends = following is not None and one.honest != following.honest
        table.add_row(one.client, one.doubt, one.action, *figures, *said, style=style, end_section=ends)
    return table


class PlainLines:
    """A block of lines every ten seconds, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = _EVERY

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def show(self, rows: Sequence[Row], seconds: float) -> None:
        """Print, if ten seconds have passed."""
        if seconds < self._next:
            return
        self._next += _EVERY
        for one in rows:
            self._console.print(
                f"{seconds:3.0f} s  {one.client:26} asked {one.asked:5,}  answered {one.answered:5,}  "
                f"tokens {one.tokens:8,}  {one.doubt:22} {one.action:18} refused {one.refused:4,}  {one.reason}",
                soft_wrap=True, highlight=False,
            )  # fmt: skip


def display(console: Console, *, plain: bool) -> Display:
    """Return the display that fits where the output goes."""
    return PlainLines(console) if plain or not console.is_terminal else LiveTable(console)
