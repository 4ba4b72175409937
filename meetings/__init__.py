"""Everything that has a date: meetings, their invitees and answers, calendars and feeds."""
