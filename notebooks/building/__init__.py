"""The steps from a notebook's source to the notebook that people open, and back."""
