"""The built-in stand-in for an image model: vector drawings, picked and coloured by the prompt."""

from inference.backends.placeholder.backend import PlaceholderBackend

__all__ = ["PlaceholderBackend"]
