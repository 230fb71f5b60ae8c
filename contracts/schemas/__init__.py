"""The JSON Schemas of every event, generated from the models and committed beside this file.

Published schemas are open: readers ignore what they do not know. Writers are held to their own
fields by the models. ``examples/<consumer>/<Event>.json`` are golden messages.
"""
