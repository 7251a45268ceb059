"""Mail transport: messages go in; what became of each, and what came back, comes out.

message, dkim     write and sign a message
smtp, answers     send it, and read the server's answer
services          hand an issue over to a newsletter service
returns, mailbox  read bounces and complaints
checks            check whether mail would arrive

It stores nothing: the caller remembers who gets mail and what came of it.
"""
