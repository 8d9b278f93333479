"""The world outside: files, the ledger's store, mail servers, holiday tables."""
