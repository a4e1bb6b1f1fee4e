"""The composition root: one file a process, the only ones that know every other room.

``proxying``, ``analysing`` and ``administering`` are what the supervisor starts; each imports only what its process
needs, so that a proxy's memory holds no web framework and no numerics.
"""
