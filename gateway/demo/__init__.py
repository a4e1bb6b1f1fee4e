"""The demo: a simulated model, honest clients and harvesters, and a live table.

Own-written text, or the traffic pack's when it is there. Nothing else imports this.
"""
