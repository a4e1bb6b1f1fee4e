"""The admin side: metrics, health, decisions. FastAPI, on a port of its own.

Readers of what others keep; it decides nothing.
"""
