"""The officers' web page, in the daemon's process: what it shows and does is the desk's, who may is access.py's."""
