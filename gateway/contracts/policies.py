"""What every policy promises.

@pytest.mark.parametrize("policy", [Quorum()], ids=["quorum"])
class TestQuorum(PolicyContract):
    guilty = Standing(...)  # one that it must decide on
"""

import copy
import math
from typing import ClassVar, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.base import Evidence, Family, Harvest
from gateway.decisions import Policy, Scope, Standing, Subject, Verdict
from gateway.plugins import action_parameters, plugin

tried = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])
nats = st.floats(0, 1e6)
counts = st.integers(0, 2**53)
standings = st.builds(
    Standing,
    subject=st.builds(Subject, st.sampled_from(get_args(Scope)), st.text()),
    at=st.floats(0, 4e9),
    weight=nats,
    families=st.dictionaries(st.sampled_from(get_args(Family)), nats),
    evidence=st.dictionaries(st.text(), st.builds(Evidence, nats, st.dictionaries(st.text(), st.floats(-1e9, 1e9)))),
    harvest=st.builds(Harvest, counts, counts, counts, counts, st.floats(0, 1e12)),
    company=st.dictionaries(st.text(), st.floats(0, 1)),
)
NOBODY = Standing(
    subject=Subject("key", "k"), at=1_800_000_000.0, weight=0.0, families={}, evidence={}, harvest=Harvest()
)


class PolicyContract:
    """The promises; ``guilty`` is a standing on which the policy must decide."""

    guilty: ClassVar[Standing]

    def test_says_nothing_of_somebody_of_whom_nothing_is_known(self, policy: Policy) -> None:
        assert policy.judge(NOBODY) is None

    def test_decides_on_who_has_earned_it(self, policy: Policy) -> None:
        assert policy.judge(self.guilty) is not None

    @tried
    @given(standings)
    def test_its_verdicts_can_be_carried_out(self, policy: Policy, standing: Standing) -> None:
        verdict = policy.judge(standing)
        if verdict is None:
            return
        assert isinstance(verdict, Verdict)
        assert issubclass(plugin("action", verdict.action), object)
        action_parameters(verdict.action, verdict.parameters)
        assert 0 < verdict.lasts < math.inf
        assert verdict.rule

    @tried
    @given(standings)
    def test_is_pure(self, policy: Policy, standing: Standing) -> None:
        before, said = copy.deepcopy(standing), repr(policy)
        assert policy.judge(standing) == policy.judge(standing)
        assert standing == before
        assert repr(policy) == said

    def test_more_evidence_is_no_excuse(self, policy: Policy) -> None:
        verdict = policy.judge(self.guilty)
        surer = {name: Evidence(2 * said.weight, said.because) for name, said in self.guilty.evidence.items()}
        families = {family: 2 * weight for family, weight in self.guilty.families.items()}
        again = policy.judge(
            Standing(
                subject=self.guilty.subject, at=self.guilty.at, weight=2 * self.guilty.weight, families=families,
                evidence=surer, harvest=self.guilty.harvest, company=self.guilty.company,
            )
        )  # fmt: skip
        assert verdict is not None
        assert again is not None
        assert plugin("action", again.action).severity >= plugin("action", verdict.action).severity
