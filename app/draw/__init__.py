"""From plan to sample: ceremony, seed, draw, certificate, replacements, voids."""
