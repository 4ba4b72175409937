"""Supervision (support, never control): season → registrations → groups → three meetings →
feedback; and network supervision.

What is said in a group is never recorded: only dates, attendance, hours, and feedback in sum.
"""
