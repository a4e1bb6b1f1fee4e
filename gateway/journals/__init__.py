"""Journals: exchanges on their way from proxies to analysts.

What ``append`` accepted survives the death of any process and is folded once. Nothing here reads the text.
"""
