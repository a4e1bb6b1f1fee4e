"""The gateway: proxies carry exchanges to the model, analysts weigh them.

The pure middle (decisions, engine, policies, actions, dialects) knows no clock, dice, socket, log or ``async``.
The shell (proxy, upstream, analyst, link, stores, journals, console, cli) waits; ``app`` alone knows everybody.
"""
