"""Benchmarks: what the guard costs, as ratios to anchors measured in the same run. Nothing here is a test."""
