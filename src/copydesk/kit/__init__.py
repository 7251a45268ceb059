"""Helpers that know nothing of news: urls, dates, text, files, git, players, embeds, lengths."""
