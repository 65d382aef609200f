"""From an empty installation to a started experiment: protocol, plan, register, freeze, draw, start."""
