"""Exemptions: who may take much home because somebody allowed it, how much, until when, and on whose word.

Pure, but for ``sparing``, which is the analyst's memory of them. A file is read and its faults are placed here;
watching it is the shell's work.
"""
