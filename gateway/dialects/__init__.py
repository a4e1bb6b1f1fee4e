"""Dialects: providers' wire formats to values and back; bytes may be cut anywhere.

Sans-IO and pure: no socket, clock or ``async``. Siblings never import each other; ``base`` is the contract,
``sse`` frames events for all of them.
"""
