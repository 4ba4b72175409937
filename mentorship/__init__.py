"""Mentorship: request → plan on three blocks → meetings → joint summary.

It is about the worker. No child's data belongs here, and the forms say so.
"""
