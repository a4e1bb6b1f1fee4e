"""How the outcome of policy tests is printed: for people, as JSON, and as JUnit's XML for build servers."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from gateway.workbench.trying import Outcome, Tried


def human(tried: Sequence[Tried]) -> str:
    """Return the failures with their reasons, then the coverage of each policy, then one line of all."""
    lines = [line for one in tried for line in _file(one)]
    outcomes = [outcome for one in tried for outcome in one.outcomes]
    failed = sum(not outcome.passed for outcome in outcomes)
    lines.append(f"{len(outcomes)} cases, {failed} failed; {percent(coverage(tried))} of rules decided in some case")
    return "\n".join(lines)


def _file(one: Tried) -> Iterator[str]:
    failed = [outcome for outcome in one.outcomes if not outcome.passed]
    if one.file:
        yield f"{one.file}: {len(one.outcomes) - len(failed)} of {len(one.outcomes)} cases pass"
    else:
        yield f"{one.policy}: no test file beside it"
    for outcome in failed:
        yield f"  FAILED  {outcome.name}"
        yield from (f"    {line}" for line in _failure(outcome))
    if one.silent:
        yield f"  no case makes these rules decide: {', '.join(one.silent)}"


def _failure(outcome: Outcome) -> Iterator[str]:
    yield f"expected: {outcome.expected}"
    yield f"got:      {outcome.got}"
    for why in outcome.why:
        yield f"rule {why.rule} ({why.action}) {'is met' if why.met else 'is not met'}:"
        yield from (f"  {condition}" for condition in why.conditions)


def json(tried: Sequence[Tried]) -> str:
    """Return all of it as one JSON object."""
    rows = [_row(one) for one in tried]
    failed = sum(not outcome.passed for one in tried for outcome in one.outcomes)
    cases = sum(len(one.outcomes) for one in tried)
    return msgspec.json.encode(
        {"cases": cases, "failed": failed, "coverage": coverage(tried), "files": rows}
    ).decode()  # fmt: skip


def _row(one: Tried) -> dict[str, Any]:
    return {
        "file": one.file,
        "policy": one.policy,
        "coverage": one.coverage,
        "never_fired": one.silent,
        "cases": [
            outcome._asdict()
            | {"passed": outcome.passed, "why": [why._asdict() | {"met": why.met} for why in outcome.why]}
            for outcome in one.outcomes
        ],
    }


def junit(tried: Sequence[Tried]) -> str:
    """Return the outcome as JUnit's XML: a suite a file, a test case a case."""
    root = ET.Element("testsuites")
    for one in tried:
        failed = sum(not outcome.passed for outcome in one.outcomes)
        counts = {"tests": str(len(one.outcomes)), "failures": str(failed)}
        suite = ET.SubElement(root, "testsuite", {"name": one.file or one.policy, **counts})
        for outcome in one.outcomes:
            case = ET.SubElement(suite, "testcase", {"name": _plain(outcome.name), "classname": one.policy})
            if not outcome.passed:
                failure = ET.SubElement(case, "failure", {"message": _plain("; ".join(outcome.wrong))})
                failure.text = _plain("\n".join(_failure(outcome)))
        if one.silent:
            ET.SubElement(suite, "system-out").text = f"never fired: {', '.join(one.silent)}"
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _plain(text: str) -> str:
    """Return text without the control characters that XML has no way to write."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)


def coverage(tried: Sequence[Tried]) -> float:
    """Return the share of all rules that decided in some case; 0 of no rules: nothing was shown."""
    rules = {(one.policy, rule) for one in tried for rule in one.rules}
    silent = rules - {(one.policy, rule) for one in tried for rule in one.fired}
    return 1.0 - len(silent) / len(rules) if rules else 0.0


def percent(share: float) -> str:
    """Return a share in per cent, never rounded up to all.

    Examples:
        >>> percent(1.0), percent(0.9999), percent(0.5)
        ('100 %', '99 %', '50 %')

    """
    return f"{int(share * 100 + 1e-9)} %"


PRINTERS: Final[Mapping[str, Callable[[Sequence[Tried]], str]]] = {"human": human, "json": json, "junit": junit}
