"""Run a build from end to end: read all, plan, make, prove, publish."""
