"""What proves and shows the product: attacks, benches, demo. Nothing outside imports it."""
