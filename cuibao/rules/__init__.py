"""The rules of the work: pure decisions over plain data. Nothing here does I/O or reads a clock."""
