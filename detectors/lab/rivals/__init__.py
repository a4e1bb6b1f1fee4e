"""The literature's detectors, written anew and side by side on one contract, so that they can be compared fairly."""
