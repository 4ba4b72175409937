"""What every room may use: clock, working days, htmx, fields, forms, words.

Charter: no models, no words of the field, and a module enters only when a
second room needs it.
"""
