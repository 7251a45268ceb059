"""Helpers that know nothing of news: urls, dates, text, files, tables, git, players, lengths."""
