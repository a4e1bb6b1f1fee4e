"""The graph of a campaign as SVG: members as dots, each tied to the one that it joined through. Pure.

Dots lie on a spiral in the order in which ties lead away from the first member, so the same campaign always looks
the same, whatever its size, and nothing has to be worked out in rounds.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from detectors.linkage.base import Id, Kind
from gateway.campaign_rows import by_weight, member_state
from gateway.campaigns import Campaign, Member
from gateway.ties import ties

MOST: Final = 1000  # members drawn, the heaviest ties first: more are no picture
STEP: Final = 13.0  # units between neighbours on the spiral
TURN: Final = math.pi * (3.0 - math.sqrt(5.0))  # golden angle: no two dots lie behind one another
MARGIN, LEGEND = 30.0, 26.0  # units around the picture, and of a line of the legend
# Okabe and Ito 2008: eight colours that people with any colour vision tell apart.
COLOURS: Final[Mapping[Kind, str]] = {
    "scaffold": "#0072B2", "paraphrase": "#56B4E9", "opening": "#56B4E9", "payload": "#56B4E9",
    "network": "#D55E00", "asn": "#E69F00", "payment": "#D55E00", "joined": "#E69F00",
    "client": "#009E73", "tls": "#009E73", "habit": "#009E73", "pace": "#CC79A7",
    "reasoning": "#000000", "recirculation": "#000000", "failover": "#CC79A7", "profile": "#F0E442",
}  # fmt: skip


class Dot(NamedTuple):
    """A member at its place."""

    x: float
    y: float
    member: Member


def placed(members: Sequence[Member]) -> dict[Id, Dot]:
    """Return the members that are drawn, each at its place.

    Examples:
        >>> from gateway.decisions import Subject
        >>> one = Member(campaign="camp_a", subject=Subject("key", "a"), since=0.0)
        >>> placed([one])["key:a"][:2]
        (0.0, 0.0)

    """
    drawn = by_weight(members)[:MOST]
    found: dict[Id, Dot] = {}
    for place, member in enumerate(_outwards(drawn)):
        far, angle = STEP * math.sqrt(place), TURN * place
        found[str(member.subject)] = Dot(round(far * math.cos(angle), 1), round(far * math.sin(angle), 1), member)
    return found


def _outwards(members: Sequence[Member]) -> Iterator[Member]:
    """Yield members from those that are tied to nobody outwards, along the ties."""
    names = {str(one.subject) for one in members}
    tied: dict[Id, list[Member]] = {}
    for one in members:
        tied.setdefault(one.to if one.to in names else "", []).append(one)
    waiting, met = list(tied.get("", ())), set[Id]()
    while waiting:
        here = waiting.pop(0)
        if (name := str(here.subject)) not in met:
            met.add(name)
            yield here
            waiting += tied.get(name, ())
    yield from (one for one in members if str(one.subject) not in met)  # ties in a circle


def svg(campaign: Campaign, members: Sequence[Member]) -> str:
    """Return the graph as an SVG document: each dot says on hover who it is, since when, and by what it is tied."""
    dots = placed(members)
    half = max((math.hypot(dot.x, dot.y) for dot in dots.values()), default=0.0) + MARGIN
    kinds = sorted({one.member.reasons[0].kind for one in dots.values() if one.member.reasons})
    height = 2 * half + LEGEND * (2 + len(kinds))
    box = f"{-half:.1f} {-half:.1f} {2 * half:.1f} {height:.1f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(campaign.id)}</title>",
        f'<rect x="{-half:.1f}" y="{-half:.1f}" width="{2 * half:.1f}" height="{height:.1f}" fill="#fff"/>',
        *_edges(dots),
        *map(_dot, dots.values()),
        *_legend(campaign, kinds, len(members) - len(dots), half),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _edges(dots: Mapping[Id, Dot]) -> Iterator[str]:
    for dot in dots.values():
        other = dots.get(dot.member.to)
        if other is not None:
            colour = COLOURS[dot.member.reasons[0].kind] if dot.member.reasons else "#999"
            yield (
                f'<line x1="{dot.x}" y1="{dot.y}" x2="{other.x}" y2="{other.y}" stroke="{colour}" '
                f'stroke-width="{min(2.5, 0.4 + dot.member.weight / 10):.2f}" stroke-opacity="0.5"/>'
            )


def _dot(dot: Dot) -> str:
    member = dot.member
    fill = "#333" if member.bound else "#fff"
    stroke = "#009E73" if member.released else "#333"
    said = "; ".join([str(member.subject), member_state(member), *ties(member.reasons)])
    return (
        f'<circle cx="{dot.x}" cy="{dot.y}" r="4" fill="{fill}" stroke="{stroke}" stroke-width="1.5">'
        f"<title>{escape(said)}</title></circle>"
    )


def _legend(campaign: Campaign, kinds: Sequence[Kind], undrawn: int, half: float) -> Iterator[str]:
    left, line = -half + MARGIN / 2, half + LEGEND / 2
    more = f", {undrawn:,} not drawn" if undrawn > 0 else ""
    head = f"{campaign.id}: {campaign.size:,} bound of {campaign.linked:,} linked{more}"
    yield f'<text x="{left:.1f}" y="{line:.1f}">{escape(head)}</text>'
    yield f'<text x="{left:.1f}" y="{line + LEGEND:.1f}">full: bound; hollow: spared, gone or released</text>'
    for place, kind in enumerate(kinds, start=2):
        y = line + place * LEGEND
        yield f'<line x1="{left:.1f}" y1="{y - 4:.1f}" x2="{left + 24:.1f}" y2="{y - 4:.1f}" stroke="{COLOURS[kind]}"/>'
        yield f'<text x="{left + 32:.1f}" y="{y:.1f}">tied by {kind}</text>'


def html(campaign: Campaign, members: Sequence[Member]) -> str:
    """Return a page with the graph and a table of all members; nothing is loaded from elsewhere."""
    rows = "".join(
        f"<tr><td>{escape(str(one.subject))}<td>{escape(member_state(one))}<td>{one.weight:.1f}"
        f"<td>{escape('; '.join(ties(one.reasons)))}</tr>\n"
        for one in by_weight(members)
    )
    return (
        f"<!doctype html><meta charset=utf-8><title>{escape(campaign.id)}</title>\n"
        "<style>body{font-family:sans-serif;margin:2em}svg{max-height:90vh;max-width:100%}td{padding:0 1em}</style>\n"
        f"{svg(campaign, members)}<table><tr><th>member<th>state<th>nats<th>tie</tr>\n{rows}</table>\n"
    )
