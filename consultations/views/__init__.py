"""Pages of the consultations: lists, the way in, the case, and what is done to it."""
