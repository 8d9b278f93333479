"""The fingerprint: by which a second delivery of the same mail under other bytes is known."""

import hashlib

from cuibao.papers.mail import Mail


def fingerprint(mail: Mail) -> str:
    """sha256 (hex) over Message-ID, sender, subject and decoded body with attachments; empty without a Message-ID, for such a
    mail has no identity but its bytes."""
    if not mail.message_id:
        return ""
    parts = [mail.message_id, mail.sender.lower(), mail.subject, mail.text]
    parts += [f"{attachment.name}\t{attachment.sha256}" for attachment in mail.attachments]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
