"""The pages of mentorship, one module per part of the story."""
