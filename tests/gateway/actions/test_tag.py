import pytest

from gateway.actions.base import Forward
from gateway.actions.tag import Tag
from gateway.exchange import Glance


def test_the_tag_is_all_that_changes() -> None:
    assert Tag(tag="slow", header="x-lane").admit(Glance(), ()) == Forward(tags=(("x-lane", "slow"),))


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"tag": ""}, "tag"),
        ({"tag": "two words"}, "tag"),
        ({"tag": "a\r\nx: y"}, "tag"),
        ({"tag": "ü"}, "tag"),
        ({"tag": "x" * 65}, "tag"),
        ({"header": "X-Lane"}, "header"),
        ({"header": "x lane"}, "header"),
        ({"header": "x-lane\n"}, "header"),
        ({"header": "authorization"}, "header"),
        ({"header": "content-length"}, "header"),
    ],
)
def test_what_no_header_can_carry_is_refused(parameters: dict[str, str], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Tag(**parameters)
