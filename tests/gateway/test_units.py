import pytest
from pydantic import TypeAdapter, ValidationError

from gateway.units import Duration, Size

DURATION: TypeAdapter[float] = TypeAdapter(Duration)
SIZE: TypeAdapter[int] = TypeAdapter(Size)


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("10s", 10), ("1.5m", 90), ("4h", 14400), ("7d", 604800)]
)
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert DURATION.validate_python(text) == seconds


@pytest.mark.parametrize(("text", "size"), [("512B", 512), ("64KiB", 65536), ("8MiB", 8 << 20), ("1GiB", 1 << 30)])
def test_sizes_are_bytes(text: str, size: int) -> None:
    assert SIZE.validate_python(text) == size


@pytest.mark.parametrize("text", ["10", 10, "10 s", "-1s", "1w", "", None, "1e3s", "٣s"])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="a number and a unit"):
        DURATION.validate_python(text)


@pytest.mark.parametrize("text", ["64", 64, "64KB", "1.5MiB", "-1B", None])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="a whole number and a unit"):
        SIZE.validate_python(text)


def test_both_are_written_as_they_are_read() -> None:
    assert DURATION.validate_python(DURATION.dump_python(0.005)) == 0.005
    assert SIZE.validate_python(SIZE.dump_python(4096)) == 4096
