"""Attack programs on the promise to those who answer; `tribometer attack` runs them."""
