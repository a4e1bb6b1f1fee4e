import dataclasses
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from gateway import plugins
from gateway.actions.throttle import Throttle
from gateway.actions.trim import Trim
from gateway.decisions import Decision, Subject
from gateway.plugins import PluginError, action_of, build, installed, panel, plugin
from gateway.slips import MisplacedError


@dataclass(frozen=True)
class Sample:
    rate: float = 0.1
    window: int = 5
    strict: bool = False

    def __post_init__(self) -> None:
        if self.rate > 1:
            raise ValueError("rate: at most 1")


NO_DATACLASS = 7


@pytest.fixture
def more(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a few detectors that only this test knows."""
    group = "stillguard.detectors"
    planted = {
        "sample": EntryPoint("sample", f"{__name__}:Sample", group),
        "gone": EntryPoint("gone", "stillguard_never_installed:Gone", group),
        "torn": EntryPoint("torn", f"{__name__}:Torn", group),
        "plain": EntryPoint("plain", f"{__name__}:NO_DATACLASS", group),
    }
    monkeypatch.setattr(plugins, "installed", lambda _: planted)
    monkeypatch.setattr(EntryPoint, "load", _load)
    plugins.plugin.cache_clear()
    plugins._schema.cache_clear()
    yield
    plugins.plugin.cache_clear()
    plugins._schema.cache_clear()


def _load(entry: EntryPoint) -> object:
    if entry.name == "gone":
        raise ModuleNotFoundError("No module named 'stillguard_never_installed'")
    return {"sample": Sample, "plain": NO_DATACLASS}[entry.name] if entry.name != "torn" else _torn()


def _torn() -> object:
    raise AttributeError("no attribute 'Torn'")


def decision(action: str, **parameters: object) -> Decision:
    return Decision(
        id="d-1", subject=Subject("key", "k"), action=action, severity=1, at=0, until=1, parameters=parameters
    )


def test_the_shipped_plug_ins_are_installed() -> None:
    assert set(installed("action")) >= {"watch", "trim", "throttle", "deny"}
    assert set(installed("detector")) >= {"repetition", "coverage", "elicitation", "interface", "cadence"}


def test_no_settings_run_every_detector_with_its_defaults() -> None:
    found = panel({})
    assert set(found) == set(installed("detector"))
    assert len({detector.family for detector in found.values()}) >= 2


def test_settings_name_the_whole_panel() -> None:
    assert list(panel({"repetition": {}})) == ["repetition"]


def test_an_instance_is_the_plain_class_s_own_and_can_be_pickled() -> None:
    action = build("action", "trim", {"samples": 2})
    assert type(action) is Trim
    assert pickle.loads(pickle.dumps(action)) == Trim(samples=2)  # noqa: S301 - just written


def test_a_decision_names_its_action() -> None:
    assert action_of(decision("throttle", requests_per_minute=6)) == Throttle(requests_per_minute=6)


@pytest.mark.parametrize("action", [decision("melt"), decision("trim", samples="two"), decision("throttle")])
def test_a_decision_that_cannot_be_carried_out_says_so(action: Decision) -> None:
    with pytest.raises(PluginError, match=action.action):
        action_of(action)


@pytest.mark.usefixtures("more")
def test_numbers_of_a_file_become_the_fields_types() -> None:
    found = build("detector", "sample", {"rate": 1.0, "window": 7.0, "strict": 1.0}, strict=False)
    assert found == Sample(1.0, 7, strict=True)
    assert [type(value) for value in dataclasses.astuple(found)] == [float, int, bool]


@pytest.mark.usefixtures("more")
def test_all_faults_of_a_panel_come_at_once_and_at_their_keys() -> None:
    with pytest.raises(MisplacedError) as caught:
        panel({"sample": {"rate": 2.0}, "gone": {}, "torn": {}, "plain": {}, "smaple": {}})
    told = {slip.loc: slip.message for slip in caught.value.slips}
    assert told["panel", "sample", "rate"] == "at most 1"
    assert "cannot be imported" in told["panel", "gone"]
    assert "cannot be imported" in told["panel", "torn"]
    assert "is no dataclass" in told["panel", "plain"]
    assert "did you mean sample?" in told["panel", "smaple"]


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize("parameters", [{"rate": float("nan")}, {"window": 1.5}, {"rat": 1.0}])
def test_numbers_that_mean_nothing_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(MisplacedError):
        build("detector", "sample", parameters, strict=False)


def test_what_is_not_installed_is_named_with_what_is() -> None:
    with pytest.raises(PluginError, match=r"no action is called throtle \(did you mean throttle\?\)"):
        plugin("action", "throtle")
