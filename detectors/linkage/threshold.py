"""What two marks must say together for a tie."""

from typing import Final

THRESHOLD: Final = 8.0  # nats
