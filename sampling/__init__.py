"""The sample: the statutory rule, the sealed frame, sizes, tickets, the draw and its certificate.

Standard library only; values in, frozen dataclasses out; no clock, no environment, no global random state.
"""
