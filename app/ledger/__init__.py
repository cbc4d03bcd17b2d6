"""From an office's file to the sealed frame."""
