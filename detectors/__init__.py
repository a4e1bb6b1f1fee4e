"""Detectors: pure folds over observations that hold no words, each speaking in nats.

No clock, dice, socket, log or ``async`` may live here, and nothing of the gateway; see ``detectors.base``.
Siblings never import each other; ``stats`` and ``sketches`` serve them all; ``lab`` plays traffic at them.
"""
