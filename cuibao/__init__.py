"""cuibao (催报): who owes what by when, the letters that say so, and the ledger of what came back."""

__version__ = "0.1.0"
