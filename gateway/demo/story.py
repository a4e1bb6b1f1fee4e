"""The demo: a simulated model, the whole guard, a cast of clients, and an honest account of who was touched."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from gateway import config
from gateway.clock import monotonic
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Subject
from gateway.demo.cast import ROLES, questions
from gateway.demo.clients import Player
from gateway.demo.table import Row, display, one_in, reason, row
from gateway.demo.watcher import Thought, Watcher, subjects_of
from gateway.dialects.known import Dialects
from gateway.identity import Identity
from gateway.secret import secret
from gateway.supervisor import Supervisor, running
from gateway.upstream import Upstream

POLICY = Path(__file__).with_name("policy.yaml")
_FIRST, _PACE = 0.15, 0.004  # seconds to the simulated model's first piece, and between pieces
_LOOK = 0.5  # seconds between two looks at the guard
_SETTLE = 3.0  # seconds for the analyst to fold what came last
_SLOWED = 3  # severity from which a harvester has not got away: throttled or denied
_PAST = {"watch": "watched", "trim": "trimmed", "throttle": "throttled", "deny": "denied"}


@contextlib.contextmanager
def _model() -> Iterator[str]:
    """Run the simulated model in a process of its own; it ends with us, however we end."""
    command = [sys.executable, "-m", "gateway.demo.model", "--first", str(_FIRST), "--pace", str(_PACE), "--attached"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdin  # noqa: S101 - asked for above
        assert process.stdout  # noqa: S101 - the same
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def settings(model: str, folder: Path) -> config.Config:
    """Return the configuration of a guard on free ports, in front of one model, with the demo's policy."""
    return config.Config.model_validate({
        "listen": {"port": 0, "drain": "2s"},
        "admin": {"port": 0},
        "routes": ({"upstream": model},),
        "data": folder / "var",
        "policies": POLICY,
        "log_level": "error",
    })  # fmt: skip


def _owners(players: Sequence[Player], guard: Supervisor) -> dict[Subject, str]:
    identity = Identity(guard.config.identity, secret(guard.data / "secret"))
    return {
        subject: player.role.name for player in players for subject in subjects_of(player.role, player.users, identity)
    }


def _rows(players: Sequence[Player], watcher: Watcher) -> list[Row]:
    thoughts = watcher.thoughts
    return [row(one.role.name, one.role.honest, one.tally, thoughts.get(one.role.name, Thought())) for one in players]


async def _play(players: Sequence[Player], watcher: Watcher, seconds: float, console: Console, *, plain: bool) -> None:
    began = monotonic()
    until = began + seconds
    with display(console, plain=plain) as shown:
        async with asyncio.TaskGroup() as group:
            for player in players:
                group.create_task(player.play(until))
            while monotonic() < until + _SETTLE:
                await watcher.look()
                shown.show(_rows(players, watcher), monotonic() - began)
                await asyncio.sleep(_LOOK)


def _course(player: Player, watcher: Watcher) -> str:
    """Tell what became of one harvester, in one line."""
    name, tally = player.role.name, player.tally
    steps = [one for one in watcher.of(name) if one.severity >= SEVERITY_TOUCHES_CLIENT]
    told = ", ".join(f"{_PAST.get(one.action, one.action)} after {one.answers:,} answers" for one in steps)
    thought = watcher.thoughts.get(name, Thought())
    doubt = f"{one_in(thought.standing.weight)}: {reason(thought)}" if thought.standing else "nothing held against it"
    took = f"took {tally.tokens:,} tokens in {tally.answered:,} answers to {tally.asked:,} questions"
    return f"The {name} was {told or 'not touched'}; it {took} ({doubt})."


def escaped(player: Player, watcher: Watcher) -> bool:
    """Whether a harvester was neither throttled nor denied."""
    return not player.role.honest and all(one.severity < _SLOWED for one in watcher.of(player.role.name))


def hurt(player: Player, watcher: Watcher) -> bool:
    """Whether an honest client was touched, refused, or left without an answer."""
    return player.role.honest and (watcher.touched(player.role.name) or player.tally.refused + player.tally.failed > 0)


def _account(players: Sequence[Player], watcher: Watcher, console: Console) -> int:
    """Tell the story in five lines and one for the verdict; return the exit code."""
    harmed = [one.role.name for one in players if hurt(one, watcher)]
    free = [one.role.name for one in players if escaped(one, watcher)]
    honest = [one for one in players if one.role.honest]
    answered = sum(one.tally.answered for one in honest)
    untouched = "none of them was touched" if not harmed else f"touched: {', '.join(harmed)}"
    lines = [f"{len(honest)} honest clients took {answered:,} answers; {untouched}."]
    lines += [_course(one, watcher) for one in players if not one.role.honest]
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    if harmed:
        console.print("The guard failed its honest clients.", style="bold red")
    if free:
        console.print(f"Got away: {', '.join(free)}.", style="bold red")
    return 1 if harmed or free else 0


def run(pack: Path | None, seconds: float = 45.0, plain: bool = False) -> int:
    """Play the demo; return 0 if every harvester was slowed or stopped and no honest client was touched, else 1.

    Args:
        pack: folder of the traffic pack, for real text; None plays own-written text.
        seconds: how long the clients ask; ends about 3 seconds later.
        plain: lines instead of a live table.
    """
    console = Console()
    with tempfile.TemporaryDirectory(prefix="stillguard-") as folder, _model() as model:
        given = settings(model, Path(folder))
        with running(given) as guard:
            dialects, to = Dialects(), Upstream(config.Route(upstream=guard.proxy_url))
            players = [Player(role, questions(role, pack), to, dialects) for role in ROLES]
            admin = Upstream(config.Route(upstream=guard.admin_url))
            watcher = Watcher(admin, _owners(players, guard))
            try:
                asyncio.run(_play(players, watcher, seconds, console, plain=plain))
            except KeyboardInterrupt:
                return 130
            return _account(players, watcher, console)
