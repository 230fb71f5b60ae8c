"""What readers of the API see."""
