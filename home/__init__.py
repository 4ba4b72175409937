"""The rooms everybody enters: start page, desk, find your consultant, help."""
