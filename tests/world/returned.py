"""Messages that come back, as servers write them: reports, complaints, what machines answer."""

from __future__ import annotations

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"
OTHER = "zyxwvutsrqponmlkjihgfedcba765432"
READER = "joe.reader@inbox.example"


def make_recipient(
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "",
    recipient: str = READER,
) -> str:
    """Return the block of one recipient in a delivery report."""
    lines = [f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}"]
    if diagnostic:
        lines.append(f"Diagnostic-Code: smtp; {diagnostic}")
    return "\n".join(lines)


def make_report(
    *recipients: str, to: str = f"bounces+{TOKEN}@letters.example", enclosed: str = ""
) -> bytes:
    """Return a delivery report as Postfix writes one, with a letter in it."""
    blocks = "\n\n".join(recipients or (make_recipient(),))
    letter = (
        enclosed or f"Return-Path: <bounces+{TOKEN}@letters.example>\nSubject: The Daily\n\nHi\n"
    )
    return (
        "Return-Path: <>\n"
        "From: MAILER-DAEMON@mx.inbox.example (Mail Delivery System)\n"
        f"To: {to}\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B/1"\n'
        "\n"
        "--B/1\nContent-Type: text/plain; charset=us-ascii\n\nThis is the mail system.\n"
        "--B/1\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.inbox.example\nArrival-Date: Sat, 28 Nov 2026 08:00:00 +0000\n"
        f"\n{blocks}\n\n"
        f"--B/1\nContent-Type: message/rfc822\n\n{letter}\n--B/1--\n"
    ).encode()


def make_complaint(
    feedback_type: str = "abuse", *, to: str = "abuse@letters.example", headers: str = ""
) -> bytes:
    """Return a feedback report (RFC 5965), with the headers of the letter that it is about."""
    enclosed = headers or f"Return-Path: <bounces+{TOKEN}@letters.example>\n"
    return (
        f"From: <feedback@provider.example>\nTo: <{to}>\nSubject: FW: The Daily\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="C"\n\n'
        "--C\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        "--C\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {feedback_type}\nUser-Agent: SomeLoop/1.0\nVersion: 1\n"
        f"Original-Rcpt-To: <{READER}>\n\n"
        f"--C\nContent-Type: message/rfc822\n\n{enclosed}Subject: The Daily\n\nHi\n--C--\n"
    ).encode()


def make_qmail_bounce(reason: str = "Sorry, no mailbox here by that name. (#5.1.1)") -> bytes:
    """Return a bounce in qmail's own form (QSBMF)."""
    return (
        f"From: MAILER-DAEMON@qmail.example\nTo: bounces+{TOKEN}@letters.example\n"
        "Subject: failure notice\n\n"
        "Hi. This is the qmail-send program at qmail.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{READER}>:\n{reason}\n\n"
        "--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <bounces+{TOKEN}@letters.example>\nSubject: The Daily\n\nHi\n"
    ).encode()


def make_mail(headers: str = "", body: str = "Thank you!") -> bytes:
    """Return a mail that somebody, or something, wrote to the box."""
    return (
        f"From: Joe <{READER}>\nTo: bounces+{TOKEN}@letters.example\nSubject: Re: The Daily\n"
        f"{headers}\n{body}\n"
    ).encode()
