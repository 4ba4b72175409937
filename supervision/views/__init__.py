"""The pages of supervision, by the parts of its story."""
