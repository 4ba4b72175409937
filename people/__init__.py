"""Who there is: people, municipalities, regions; posts, roles and service areas as periods;
absences with their stand-ins; invitations to join; drafts of what people are writing.
"""
