"""Stores: cases, decisions and counters that outlive processes.

Synchronous drivers behind one contract suite; drivers' errors become StoreError here and nowhere else.
"""
