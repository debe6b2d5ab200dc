"""Checkpoint savers that check the turn's fence in the same write as each checkpoint."""
