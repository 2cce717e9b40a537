"""Shops kept in step: history once, then what changed, by webhook and by asking; and the proof of it.

``shops`` opens a connection, ``intake`` brings records through the door, ``history`` and ``pulling`` say what
is read, ``hooks`` takes webhooks, ``audit`` compares, ``statuses`` keeps the map, ``tasks`` are the jobs.
"""
