"""The commands, one module each: `run(args, now)` does it and returns the exit status."""
