"""What is asked, what the answers say, and what they are worth. Values in, frozen dataclasses out."""
