"""Documents that go up: the ledger sheet, the summary, drafts of letters and bulletins, the picture of a quarter."""
