"""The rules of calling people: whom, when and why. Values in, frozen dataclasses out.

Moments are arguments. A moment without a zone is read as a clock in Guangzhou shows it; one with a zone is converted,
and what is computed from it comes back in the same zone.
"""
