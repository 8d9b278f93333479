"""The front of the house: command line, daemon, sandbox; it introduces desk and gateways to each other."""
