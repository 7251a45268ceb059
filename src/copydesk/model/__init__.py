"""Ask a language model for a short text, and check by rules what it wrote. It needs no other model.

articles > prompt (asking) > client > draft > gate > sentences that may be shown
"""
