"""What an official notice says: lines and tables in, a draft of the configuration out; every doubt is a question to a person."""
