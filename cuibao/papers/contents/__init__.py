"""What attachments hold: text out of sheets, documents, pdf and archives. Bytes in, text out; run only in the reading room."""
