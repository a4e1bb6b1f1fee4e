"""What a verdict makes of the decision that stands: nothing, a renewal, or another decision. Pure."""

from gateway.decisions import Decision, Standing, Verdict
from gateway.policies.ladder import draw, rank

EARLIER = 0.05  # share of its time by which a decision may lapse earlier: a campaign's keys do not come free at once


def decide(standing: Standing, verdict: Verdict | None, current: Decision | None, name: str) -> Decision | None:
    """Return the decision that a verdict makes necessary, or None if the one that stands is enough.

    Stricter, or of the same rank but different, takes effect at once; the same is renewed when less than half of
    its time is left; for a milder one the old lapses first, unless its policy was edited since. How much of EARLIER
    is taken off its time is the subject's own, and always the same for a rule.
    its time is left; for a milder one the old lapses first, unless its policy was edited since, or it only spares the
    subject.
    """
    if verdict is None:
        return None
    if current is not None and current.until > standing.at and _enough(current, verdict, standing.at):
        return None
    return Decision(
        id=name,
        subject=standing.subject,
        action=verdict.action,
        severity=verdict.severity,
        at=standing.at,
        until=standing.at + verdict.lasts * (1.0 - EARLIER * draw(standing.subject, verdict, "lapse")),
        parameters=verdict.parameters,
        policy=verdict.policy,
        rule=verdict.rule,
        revision=verdict.revision,
        mode=verdict.mode,
        weight=standing.weight,
        families=standing.families,
        evidence=standing.evidence,
        harvest=standing.harvest,
        company=standing.company,
        models=standing.models,
        tags=standing.tags,
        strikes=standing.strikes,
        owners=standing.owners,
        exempt=verdict.exempt,
        members=standing.members,
    )


def _enough(current: Decision, verdict: Verdict, at: float) -> bool:
    if rank(verdict) != rank(current):
        edited = current.policy == verdict.policy and current.revision != verdict.revision
        spared = current.policy == verdict.policy and bool(verdict.exempt) and not current.exempt
        return rank(verdict) < rank(current) and not (edited or spared)
    same = (current.action, current.parameters) == (verdict.action, verdict.parameters)
    return same and current.until - at >= verdict.lasts / 2
