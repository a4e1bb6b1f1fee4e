"""The graph: every member at a place of its own, always the same, and nothing in it that could run."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from detectors.linkage.base import Reason
from gateway.campaigns import Campaign, Member
from gateway.decisions import Subject
from gateway.roll.graph import MOST, html, placed, svg

CAMPAIGN = Campaign(id="camp_a", born=1, at=0.0, size=2, linked=3)
SVG = "{http://www.w3.org/2000/svg}"


def member(name: str, to: str = "", weight: float = 6.0, spared: str = "") -> Member:
    reasons = (Reason("scaffold", 7, weight, 3),) if to else ()
    subject = Subject("key", name)
    return Member(campaign="camp_a", subject=subject, since=0.0, to=to, weight=weight, reasons=reasons, spared=spared)


trees = st.lists(st.integers(0, 30), max_size=30).map(
    lambda parents: [member(str(n), f"key:{p}" if p != n else "") for n, p in enumerate(parents)]
)


@given(trees)
def test_all_are_drawn_once_at_places_of_their_own_whatever_ties_they_have(members: list[Member]) -> None:
    dots = placed(members)
    assert set(dots) == {str(one.subject) for one in members}
    assert len({(dot.x, dot.y) for dot in dots.values()}) == len(members)
    drawn = ET.fromstring(svg(CAMPAIGN, members))  # noqa: S314 - our own
    assert len(drawn.findall(f"{SVG}circle")) == len(members)
    assert svg(CAMPAIGN, members) == svg(CAMPAIGN, list(reversed(members)))


def test_a_tie_is_a_line_to_the_member_that_it_goes_to() -> None:
    drawn = ET.fromstring(svg(CAMPAIGN, [member("a"), member("b", "key:a"), member("c", "key:gone")]))  # noqa: S314
    lines = [line for line in drawn.findall(f"{SVG}line") if line.get("stroke-opacity")]
    assert len(lines) == 1


def test_of_very_many_the_heaviest_are_drawn_and_the_rest_is_told() -> None:
    many = [member(str(n), "key:0" if n else "", float(n)) for n in range(MOST + 5)]
    assert len(placed(many)) == MOST
    assert "5 not drawn" in svg(CAMPAIGN, many)


def test_names_that_clients_could_choose_are_text_and_nothing_else() -> None:
    nasty = member('<script>alert("x")</script>&')
    for page in (svg(CAMPAIGN, [nasty]), html(CAMPAIGN, [nasty])):
        assert "<script" not in page
    ET.fromstring(svg(CAMPAIGN, [nasty]))  # noqa: S314 - our own


def test_who_is_spared_is_hollow() -> None:
    drawn = ET.fromstring(svg(CAMPAIGN, [member("a"), member("b", spared="first")]))  # noqa: S314
    assert sorted(one.get("fill") or "" for one in drawn.findall(f"{SVG}circle")) == ["#333", "#fff"]
