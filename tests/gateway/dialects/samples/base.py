"""What a sample is: one exchange as the wire has it, and what the dialect must make of it."""

from gateway.contracts.dialects import Sample

__all__ = ["Sample"]
