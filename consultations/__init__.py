"""Case consultation: request → consultant → discussion, measures → closing summary.

The case record itself lives in the state register STAR. Here stand a reference
to it and what the consultant needs, and never a child's name.
"""
