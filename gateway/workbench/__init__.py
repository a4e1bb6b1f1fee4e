"""The policy workbench: test a policy, hold two side by side, explain a decision, try the guard that runs."""
