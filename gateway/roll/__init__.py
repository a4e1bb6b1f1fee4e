"""``stillguard campaigns``: who acts together, what joins them, and how an operator sets some or all of them free."""
