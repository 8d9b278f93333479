"""The form 完成情况表: made for a letter, and read back whatever became of it. Bytes or rows in, bytes or figures out; no I/O."""
