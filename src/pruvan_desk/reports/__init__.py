"""What leaves the office on paper or in files, and comes back in them."""
