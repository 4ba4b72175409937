"""What mentorship and supervision teach: topic blocks, topics, competences, support materials."""
