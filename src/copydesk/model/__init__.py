"""Ask a language model for texts about reports, and check what it wrote before anybody sees it."""
