"""Runs template.yaml on one machine: HTTP in, streams, queues, schedules, an outbox.

Nothing about routes, mappings, environment or timing is written here a second time: all of it is read from
the transformed template, so what works on a laptop is what is deployed.
"""
