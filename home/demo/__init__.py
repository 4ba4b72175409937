"""The demonstration: a believable country, and the mails that it sent."""
