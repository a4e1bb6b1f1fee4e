"""The lab: benign and adversary traffic, and what the detectors say of it.

Seeded; reads the traffic pack from a folder that it is given, and works without it.
"""
