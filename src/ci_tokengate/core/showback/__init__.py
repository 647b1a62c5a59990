"""What finance is told: the four numbers of a month, and how far they can be trusted.

Pure functions over what the ledger holds. USD `Decimal`, unrounded; days are the ledger's local days.
"""
