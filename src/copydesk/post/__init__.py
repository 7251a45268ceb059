"""The post: letters go out to servers, and what comes back is read.

In go finished letters and bytes that strangers sent; out come answers as closed values. The post
knows no readers and keeps nothing.
"""
