"""Prose checked as a backstop: facts are shown as cards, and what text says must agree with them.

Text is held until a sentence is whole, checked against what this thread's tools returned, and let
out. A sentence that does not agree is withheld.
"""

from agent.claims.checker import WITHHELD, Checker
from agent.claims.evidence import Evidence, offered_numbers

__all__ = ["WITHHELD", "Checker", "Evidence", "offered_numbers"]
