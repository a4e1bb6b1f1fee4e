import subprocess
import sys
from pathlib import Path

import pytest

from gateway.secret import LEAST, SecretError, secret

TELL = """
import sys
from pathlib import Path
from gateway.secret import secret
print("ready", flush=True)
sys.stdin.read(1)
print(secret(Path(sys.argv[1])).decode())
"""


def test_the_first_start_makes_a_secret_that_stays(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret"
    made = secret(file)
    assert len(made) == 64
    assert secret(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_two_secrets_differ(tmp_path: Path) -> None:
    assert secret(tmp_path / "a") != secret(tmp_path / "b")


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", TELL, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("g")
        child.stdin.flush()
    told = {child.communicate(timeout=60)[0].strip() for child in children}
    assert told == {secret(file).decode()}
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_losing_the_race_takes_the_winner_s_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"

    def link(aside: Path, path: Path) -> None:
        path.write_text("w" * LEAST)  # the winner, between our look and our link
        path.chmod(0o600)
        assert aside.read_text().strip() != "w" * LEAST
        raise FileExistsError

    monkeypatch.setattr("gateway.secret.os.link", link)
    assert secret(file) == b"w" * LEAST
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    ("content", "mode", "fault"), [("s" * 31, 0o600, "shorter"), ("", 0o600, "shorter"), ("s" * 64, 0o644, "chmod 600")]
)
def test_a_secret_that_is_no_secret_is_refused_without_telling_it(
    tmp_path: Path, content: str, mode: int, fault: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(SecretError, match=fault) as caught:
        secret(file)
    assert not content or content not in str(caught.value)


def test_a_secret_shared_with_a_group_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s" * 40 + "\n")
    file.chmod(0o440)
    assert secret(file) == b"s" * 40


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretError, match="file"):
        secret(tmp_path / "file" / "secret")
    with pytest.raises(SecretError, match="directory"):
        secret(tmp_path)
