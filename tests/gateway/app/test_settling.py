from pathlib import Path

import pytest
import trustme

from gateway.app.settling import load_config
from gateway.faults import Faults
from tests.gateway.mmdb import written

WRITTEN = """
listen: {tls_certificate: tls/cert.pem, tls_key: tls/key.pem}
routes: [{upstream: 'https://model.example', ca_file: ca.pem}, {upstream: 'http://127.0.0.1:9'}]
identity: {accounts_file: accounts.yaml, asn_file: asn.mmdb, secret_file: /etc/stillguard/secret}
analysis: {baseline: baseline.json}
data: state
policies: rules
"""


def _write_files(beside: Path) -> None:
    """Write the configuration and every file that it names: what cannot be opened is a fault."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    (beside / "tls").mkdir()
    issued.cert_chain_pems[0].write_to_path(beside / "tls" / "cert.pem")
    issued.private_key_pem.write_to_path(beside / "tls" / "key.pem")
    authority.cert_pem.write_to_path(beside / "ca.pem")
    (beside / "accounts.yaml").write_text("accounts: {}\n")
    (beside / "asn.mmdb").write_bytes(written({"203.0.113.0/24": {"asn": "AS64496"}}))
    (beside / "baseline.json").write_text("{}")
    (beside / "gateway.yaml").write_text(WRITTEN)


def test_files_beside_the_configuration_are_found_from_there_and_data_from_where_we_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, here = tmp_path / "etc", tmp_path / "here"
    beside.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    _write_files(beside)
    config = load_config(Path("..") / "etc" / "gateway.yaml")
    assert config.data == here / "state"
    assert config.policies == beside / "rules"
    assert config.listen.tls_certificate == beside / "tls" / "cert.pem"
    assert config.listen.tls_key == beside / "tls" / "key.pem"
    assert [route.ca_file for route in config.routes] == [beside / "ca.pem", None]
    assert config.identity.accounts_file == beside / "accounts.yaml"
    assert config.identity.asn_file == beside / "asn.mmdb"
    assert config.identity.secret_file == Path("/etc/stillguard/secret")
    assert config.analysis.baseline == beside / "baseline.json"


def test_what_is_not_given_stays_not_given(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("routes: [{upstream: 'http://127.0.0.1:9'}]\n")
    config = load_config(tmp_path / "gateway.yaml")
    assert (config.listen.tls_key, config.identity.secret_file, config.analysis.baseline) == (None, None, None)


def test_faults_come_through_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text("routes: []\nwhat: 1\n")
    with pytest.raises(Faults, match=r"gateway\.yaml:2:1: what"):
        load_config(tmp_path / "gateway.yaml")
