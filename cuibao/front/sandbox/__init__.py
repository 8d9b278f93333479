"""A rehearsal on loopback: mail servers, a fast clock and units that answer as units do."""
