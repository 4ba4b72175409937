"""Who did what, and who opened what, when: append-only, without a word of narrative."""
