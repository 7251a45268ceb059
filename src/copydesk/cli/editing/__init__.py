"""What an editor says from the command line: a word on a story, a lasting rule, a page found."""
