"""Calibration: an operator's own traffic, recorded or watched live, becomes the numbers that detectors bet against."""
