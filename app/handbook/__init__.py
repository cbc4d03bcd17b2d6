"""The handbook for evaluators: chapters written in Markdown, and which of them explains a page."""
