"""Take Markdown and HTML that others wrote as drafts. Nothing is replaced."""
