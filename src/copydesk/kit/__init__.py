"""Helpers that know nothing of news: urls, dates, text, files, players, embeds, lengths."""
