"""What pages have in common: how they look, and what a browser may do on them."""
