"""Statistics that detectors share: tallies by time, bets against a null.

Pure; nothing here knows a detector.
"""
