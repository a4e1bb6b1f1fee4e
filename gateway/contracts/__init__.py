"""What every plug-in promises, one file a kind: suites that its author runs too.

Each is a class of tests for pytest. A package subclasses it in its own tests and names what is to be tried; the
repository's tests do the same with what is shipped. They need pytest and hypothesis: ``pip install
stillguard[contracts]``. For readable failures, ``pytest.register_assert_rewrite("gateway.contracts")`` in conftest.py.
"""
