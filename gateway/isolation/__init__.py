"""What stands between the guard and the plug-ins of other packages: nothing that they do wrong ends a process.

Each file wraps one kind. A call that raises, or returns what its contract does not allow, is told
(``gateway.isolation.telling``) and answered by a stated rule. What Stillguard ships is not wrapped: it is held to its
contracts by the tests, and pays nothing here.
"""
