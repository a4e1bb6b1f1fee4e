"""Who acts together: what a subject leaves of itself, what is rare to share, and what only one hand would do.

Pure: no clock, dice, socket, log or ``gateway``. Subjects are plain strings here, ``scope:value``.
"""
