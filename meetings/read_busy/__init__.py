"""Busy times out of a foreign calendar file (RFC 5545); a small program of its own.

A file from the internet may be made to hurt: a short rule can mean millions of
days. So `meetings.busy` runs this as a child process that takes little time and
memory before it is ended, and that knows nothing: no Django, no keys, no network.
"""
