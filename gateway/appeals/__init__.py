"""What operators do for clients: exempt them, pardon them, and say which decisions were wrong. Command line only."""
