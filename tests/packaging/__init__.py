"""What is installed, and what the one command of the checkout does."""
