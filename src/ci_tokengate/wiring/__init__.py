"""Which adapter stands behind each port.

Two rooms, because post needs only the first, and the second costs it a tenth of a second.
"""
