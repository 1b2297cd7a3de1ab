"""What both teams do about it: playbook, agreements, effects."""
