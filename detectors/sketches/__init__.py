"""Fixed-size summaries: add, merge, estimate, bytes.

Pure; nothing here knows a detector.
"""
