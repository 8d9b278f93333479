"""What comes and goes: bytes or text in, meaning out. Nothing here does I/O or reads a clock."""
