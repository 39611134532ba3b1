"""What happened, and what to do next: events, actions, and the pure functions between them."""
