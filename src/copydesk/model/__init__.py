"""Ask a language model for a short text, and check by rules what it wrote. It needs no other model.

articles > prompt > answer (asking) > draft > gate > sentences that may be shown
"""
