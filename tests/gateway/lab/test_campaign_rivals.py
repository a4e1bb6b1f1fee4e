"""What others make of the same traffic."""

from itertools import chain, islice

import pytest

from detectors.lab.campaigns.company import company
from detectors.linkage.base import Imprint, Mark
from gateway.features import Features
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_reading import SALT, read
from gateway.lab.campaign_rivals import POOLS, compared
from gateway.lab.campaign_trial import Alone
from gateway.lab.campaign_witness import Witness, unpacked
from tests.gateway.lab.campaigns import trial


def _imprint(**marks: int) -> Imprint:
    return Imprint(exchanges=9, single=9, **{name: (Mark(value, 9, 0.0, 9.0),) for name, value in marks.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("network", "networks"), ("scaffold", "scaffolds"), ("software", "clients"), ("software and habit", "habits")],
)
def test_a_pool_is_as_large_as_those_who_show_one_mark(name: str, kind: str) -> None:
    sizes = POOLS[name]({f"a{n}": _imprint(**{kind: 7 if n < 5 else n + 100}) for n in range(9)})

    assert [sizes[f"a{n}"] for n in range(9)] == [5.0] * 5 + [1.0] * 4


def test_address_and_prompt_cluster_only_together() -> None:
    imprints = {f"a{n}": _imprint(networks=7, openings=n % 2 + 1) for n in range(6)}

    assert set(POOLS["network and prompt (AegisGate)"](imprints).values()) == {3.0}


def test_signed_bytes_come_back_as_rows_of_length_one_and_nothing_as_zero() -> None:
    rows = unpacked([bytes([100, 0, 156, 0]), b""])

    assert rows.shape == (2, 4)
    assert float((rows[0] ** 2).sum()) == pytest.approx(1.0)
    assert not rows[1].any()


def test_no_rival_alarms_more_honest_accounts_than_it_may() -> None:
    everybody = company(None, "judge", 0, "small")
    witness = Witness(everybody)
    witness.take(chain.from_iterable(islice(read(everybody.acts(), Features(SALT)), 4)))
    alone = {one: Alone(float(number)) for number, one in enumerate(sorted(witness.shown))}
    played = trial()._replace(company=everybody, served={}, alone=alone, imprints={})

    found = list(compared(Ledger(played), witness, (), 0.05))

    assert found[0].honest[0] > 0
    for one in found:
        assert one.honest[0] <= 0.05 * one.honest[1]
        assert one.groups[0] <= one.groups[1]
