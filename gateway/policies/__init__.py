"""Policies: evidence and harvest to a verdict.

Pure: no clock, no store. Files are read and faults are placed here; watching them is the shell's work.
"""
