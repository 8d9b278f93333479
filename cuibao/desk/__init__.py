"""The office's acts, one module each. They need the world only through ports.py."""
