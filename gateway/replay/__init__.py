"""Replay: recorded traffic through the very code that runs live, in shadow, as fast as the machine goes."""
